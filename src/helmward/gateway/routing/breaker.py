"""A circuit breaker: an upstream that fails is left alone for a while, then asked by one call.

States as in Nygard, "Release It!", and the Circuit Breaker pattern (learn.microsoft.com/azure/architecture/patterns):
closed, open, half-open.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Literal, NamedTuple

State = Literal["closed", "open", "half-open"]

LATEST = 20
"""Of so many of the latest outcomes the share of failures is taken."""
WINDOW = 30.0
"""Seconds; older outcomes say nothing."""
FEWEST = 5
"""So many failures open it, if they are half of the outcomes or more."""
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 120.0
"""Seconds it stays open; twice as long after each probe that fails."""
LONGEST_OBEYED = 300.0
"""Seconds; an upstream that asks to be left alone for longer (Retry-After) is asked again all the same."""


class Health(NamedTuple):
    """How an upstream does. `reopens` in seconds (0: it may be asked now), `last` the sentence of its last failure."""

    state: State
    failures: int
    outcomes: int
    reopens: float
    last: str


class Breaker:
    """The breaker of one upstream. `clock` gives seconds that only grow."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._outcomes: deque[tuple[float, bool]] = deque(maxlen=LATEST)
        self._until = 0.0
        self._opened = False
        self._probing = False
        self._pause = FIRST_PAUSE
        self._last = ""

    @property
    def state(self) -> State:
        """Closed: calls pass. Open: none does. Half-open: one does, and its outcome decides."""
        if not self._opened:
            return "closed"
        return "open" if self._clock() < self._until else "half-open"

    @property
    def reopens(self) -> float:
        """Seconds until a call may pass; 0 where one may now."""
        return max(0.0, self._until - self._clock()) if self._opened else 0.0

    def may_pass(self) -> bool:
        """Whether a call would pass now. Claims nothing."""
        return not self._opened or (not self._probing and self._clock() >= self._until)

    def enter(self) -> bool:
        """Whether this call passes. Where it does, `succeeded`, `failed` or `left` must follow, once."""
        if not self._opened:
            return True
        if self._probing or self._clock() < self._until:
            return False
        self._probing = True
        return True

    def succeeded(self) -> None:
        """The upstream answered."""
        if self._opened:
            if not self._probing:
                return  # a call from before it opened; the probe decides
            self._close()
        self._outcomes.append((self._clock(), False))

    def failed(self, sentence: str, retry_after: float | None = None) -> None:
        """It did not, or could not (5xx), or is limited (429). `retry_after`: the seconds for which it asks to be left alone."""
        now = self._clock()
        self._last = sentence
        self._outcomes.append((now, True))
        if self._opened and self._probing:
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
            self._open(now, self._pause)
        elif not self._opened and self._too_many(now):
            self._open(now, self._pause)
        if retry_after is not None and retry_after > 0:
            self._open(now, min(retry_after, LONGEST_OBEYED))

    def left(self) -> None:
        """The call ended without an outcome that says anything (its caller is gone)."""
        self._probing = False

    def health(self) -> Health:
        """How it does, for people to see."""
        recent = self._recent(self._clock())
        return Health(self.state, sum(recent), len(recent), round(self.reopens, 1), self._last)

    def _recent(self, now: float) -> list[bool]:
        return [failed for moment, failed in self._outcomes if now - moment <= WINDOW]

    def _too_many(self, now: float) -> bool:
        recent = self._recent(now)
        return sum(recent) >= FEWEST and 2 * sum(recent) >= len(recent)

    def _open(self, now: float, seconds: float) -> None:
        self._until = max(self._until, now + seconds)
        self._opened, self._probing = True, False

    def _close(self) -> None:
        self._opened = self._probing = False
        self._pause = FIRST_PAUSE
        self._outcomes.clear()
