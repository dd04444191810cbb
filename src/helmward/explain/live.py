"""The explainer of a live world: after each change, findings → incidents → the book → the bus."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from helmward.core.bus import Bus
from helmward.core.memory import long_lived
from helmward.core.nouns import Finding
from helmward.core.text import one_line
from helmward.explain.analyzer import Analyzer
from helmward.explain.causes.incidents import Incidents
from helmward.explain.engine import Changed, Engine
from helmward.explain.standing import MOMENT, Standing
from helmward.world.book import Book, Transition
from helmward.world.store import World

_STALLED = 0.5
_CATCH_UP = 0.25


class Explainer:
    """Keeps the book of incidents true to the world. One event loop owns it; `poke` after each change of the world.

    Every transition is published on `bus`; `after()` runs after each pass (logs may be wanted now). `gap` (seconds)
    is the least time between two passes: under a storm of changes they are examined together. What is found is told
    once it has stood for a `moment`.
    """

    def __init__(
        self,
        world: World,
        analyzers: Sequence[Analyzer],
        book: Book,
        bus: Bus[Transition],
        clock: Callable[[], datetime],
        after: Callable[[], None] = lambda: None,
        gap: float = 0.005,
        moment: timedelta = MOMENT,
    ) -> None:
        self._world = world
        self._engine = Engine(world, analyzers)
        self._book = book
        self._bus = bus
        self._clock = clock
        self._after = after
        self._gap = gap
        self._timer: asyncio.TimerHandle | None = None
        self._at = 0.0
        self._due = 0.0
        self._caught_up = False
        self._incidents = Incidents(world)
        self._standing = Standing(moment)
        self._findings: dict[str, Finding] = {}
        self.failure: str | None = None
        """Why nothing is explained now: an error of our own in the last pass."""

    @property
    def findings(self) -> list[Finding]:
        """Everything found now."""
        return self._engine.findings

    def start(self, baseline: bool) -> list[Transition]:
        """The first full pass. What it opens is marked as standing before we came, if `baseline`."""
        now = self._clock()
        with long_lived():  # the look-ups of a large cluster: walked by the collector, they would hold up later passes
            transitions = self._settle(self._engine.full(now), now, baseline, True)
        self.poke()
        return transitions

    def poke(self) -> None:
        """The world changed: look soon (at once, unless a pass has only just been made)."""
        self._schedule(0.0)

    def step(self) -> list[Transition]:
        """One pass now. After one that failed it is a full one: what that had taken in is lost."""
        now = self._clock()
        broken, self.failure = self.failure is not None, "it has not come to an end"
        transitions = self._settle(self._anew(now) if broken else self._engine.update(now), now, False)
        self.failure = None
        return transitions

    def close(self) -> None:
        """No more passes."""
        if self._timer is not None:
            self._timer.cancel()

    # ---- inside ----

    def _anew(self, now: datetime) -> Changed:
        """Everything examined and joined from nothing."""
        self._engine.full(now)
        self._incidents, self._findings = Incidents(self._world), {}
        return {finding.id: finding for finding in self._engine.findings}

    def _settle(self, changed: Changed, now: datetime, baseline: bool, at_once: bool = False) -> list[Transition]:
        for identity, finding in changed.items():
            if finding is None:
                self._findings.pop(identity, None)
            else:
                self._findings[identity] = finding
        joined = self._incidents.update(changed, self._engine.touched, now)
        standing = self._standing.of(joined, now, at_once)
        transitions = self._book.update(standing, self._findings, now, baseline)
        for transition in transitions:
            self._bus.publish(transition)
        self._after()
        return transitions

    def _pass(self) -> None:
        late = self._timer is not None and asyncio.get_running_loop().time() - self._at > _STALLED
        self._timer = None
        if late and not self._caught_up:
            # The process was held up: time has passed, but what the cluster said meanwhile has not been read yet.
            self._caught_up = True
            self._schedule(_CATCH_UP)
            return
        self._caught_up = False
        try:
            self.step()
        except Exception as error:  # the loop logs it; the next change is a new try
            self.failure = one_line(f"{type(error).__name__}: {error}", 200)
            raise
        finally:
            self._due = asyncio.get_running_loop().time() + self._gap
        nexts = (self._engine.next_wake, self._standing.next_wake, self._book.next_wake)
        if wakes := [wake for wake in nexts if wake is not None]:
            self._schedule(max(0.0, (min(wakes) - self._clock()).total_seconds()))

    def _schedule(self, delay: float) -> None:
        loop = asyncio.get_running_loop()
        when = max(loop.time() + delay, self._due)
        if self._timer is not None:
            if self._at <= when:
                return
            self._timer.cancel()
        # Kept beside the handle: uvloop's does not know its time where that has come already.
        self._timer, self._at = loop.call_at(when, self._pass), when
