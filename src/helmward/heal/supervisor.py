"""The supervisor: each incident gets the plan that fits its first cause. Policy decides whether it runs by itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from helmward.core.bus import Subscription
from helmward.core.errors import HelmwardError
from helmward.core.nouns import Actor
from helmward.core.plans import ENDED, Plan
from helmward.core.settings_changes import ChangeSettings
from helmward.core.times import format_time, parse_time
from helmward.door.door import Door
from helmward.door.places import mode_of, windows
from helmward.door.propose import About
from helmward.door.store import Stored
from helmward.heal.playbook import Choice, Playbook
from helmward.world.book import Tracked, Transition
from helmward.world.store import World

HEAL = Actor(name="heal", kind="service", roles=("requester",))
"""Healing, as an actor: it may propose like anybody; what it does by itself is policy's business."""

_OPENING = ("opened", "reopened", "worsened", "changed")
_LATER = 1.0  # seconds between two looks at incidents that have to wait
_log = logging.getLogger(__name__)


class NothingFits(HelmwardError):
    """No plan can be made for an incident."""

    http_status = 409


class Fit(NamedTuple):
    """What fits an incident, and why that; or None, and in a sentence why nothing does."""

    choice: Choice | None
    why: str


class View(NamedTuple):
    """What healing would do for an incident, or why it does nothing; for `heal show` and the screen."""

    incident: str
    mode: str
    playbook: str
    text: str


class Supervisor:
    """Follows the incidents. `find` gives an incident by its id, as it is now (None: it is gone)."""

    def __init__(
        self,
        door: Door,
        world: World,
        settings: ChangeSettings,
        playbooks: Sequence[Playbook],
        find: Callable[[str], Tracked | None],
        clock: Callable[[], datetime],
    ) -> None:
        self._door, self._world, self._settings, self._find, self._clock = door, world, settings, find, clock
        self.playbooks = [
            one for one in sorted(playbooks, key=lambda one: one.order) if one.name in settings.heal.workflows
        ]
        self._pending: set[str] = set()
        self.refused: dict[str, str] = {}
        """Incidents for which no plan could be made, and why."""

    async def follow(self, subscription: Subscription[Transition]) -> None:
        """For as long as it is not cancelled."""
        while True:
            try:
                transition = await asyncio.wait_for(subscription.get(), _LATER if self._pending else None)
            except TimeoutError:
                pass
            else:
                self._note(transition)
            for incident in sorted(self._pending):
                await self._look(incident)

    def choose(self, tracked: Tracked) -> Choice | None:
        """What fits the incident's first cause; the causes after it are not tried: they are guesses."""
        first = tracked.incident.causes[0].finding if tracked.incident.causes else ""
        cause = next((finding for finding in tracked.findings if finding.id == first), None)
        if cause is None:
            return None
        chosen = (one.choose(tracked, cause, self._world) for one in self.playbooks)
        return next((choice for choice in chosen if choice is not None), None)

    def fit(self, tracked: Tracked) -> Fit:
        """Whether there is something to propose; it looks at nothing outside, and tries nothing."""
        if tracked.state == "resolved":
            return Fit(None, "It is over; there is nothing to mend.")
        choice = self.choose(tracked)
        if choice is not None:
            return Fit(choice, choice.reason)
        known = bool(tracked.incident.causes)
        return Fit(None, "No playbook fits its first cause." if known else "No first cause is known.")

    async def propose(self, tracked: Tracked, by: Actor = HEAL) -> Stored:
        """A plan for the incident. Raises NothingFits, or HelmwardError where it cannot be made."""
        choice, why = self.fit(tracked)
        if choice is None:
            raise NothingFits(why)
        about = About(
            title=choice.title,
            reason=choice.reason,
            incident=tracked.id,
            severity=str(tracked.incident.severity),
            cures=choice.cures,
        )
        return await self._door.propose(by, choice.wishes, about)

    def view(self, tracked: Tracked) -> View:
        """What would be done for it now, and why."""
        choice, why = self.fit(tracked)
        text = self._held(tracked, []) or self.refused.get(tracked.id) or why
        return View(tracked.id, self.mode(tracked), choice.playbook if choice else "", text)

    # ---- inside ----

    def _note(self, transition: Transition) -> None:
        tracked = transition.tracked
        if transition.what in _OPENING and tracked.state == "open" and not tracked.baseline:
            self._pending.add(tracked.id)
        elif transition.what == "resolved":
            self._pending.add(tracked.id)  # its waiting plans are void

    async def _look(self, incident: str) -> None:
        tracked = self._find(incident)
        try:
            if tracked is None or tracked.state == "resolved":
                self._pending.discard(incident)
                await self._void(incident, "the incident is over")
            elif tracked.state == "suppressed" or self.mode(tracked) == "observe":
                self._pending.discard(incident)
            else:
                await self._heal(tracked)
        except HelmwardError as error:
            self.refused[incident] = str(error)
            self._pending.discard(incident)
        except Exception as error:  # noqa: BLE001 - the next incident must still be looked at; this one waits for a change
            _log.exception("healing of %s failed", incident)
            self.refused[incident] = f"an error of our own: {error!r}"
            self._pending.discard(incident)

    async def _heal(self, tracked: Tracked) -> None:
        plans = await self._door.plans(incident=tracked.id)
        held = self._held(tracked, plans)
        if held is None and not self._is_due(tracked):
            return  # it stays pending
        if held is None:
            self.refused.pop(tracked.id, None)
            await self.propose(tracked)
        elif held:
            self.refused[tracked.id] = held
            if held == _COOLING:
                return
        self._pending.discard(tracked.id)

    def _held(self, tracked: Tracked, plans: Sequence[Stored]) -> str | None:
        """Why no plan is made now; None where one is to be made, "" where one is under way or waits."""
        ledger, heal = self._door.means.ledger, self._settings.heal
        if tracked.id in ledger.paused:
            paused = ledger.paused[tracked.id]
            return f"paused by {paused.by}: {paused.reason}"
        own = [found for found in plans if found.plan.requester == HEAL and found.plan.undo_of is None]
        if any(found.state not in ENDED for found in plans):
            return ""
        denied = next((found for found in own if found.state == "denied"), None)
        if denied is not None:
            return f"{denied.plan.id} was denied"
        tried = [found for found in own if found.state in ("done", "failed", "undone") and self.wrote(found.plan)]
        if len(tried) >= heal.attempts:
            return f"it was tried {len(tried)} times"
        newest = max((parse_time(found.changed) or self._clock() for found in tried), default=None)
        by_itself = self.mode(tracked) == "auto"  # where a person approves, a plan may be looked at right away
        if by_itself and newest is not None and self._clock() < newest + timedelta(seconds=heal.cooldown_seconds):
            return _COOLING
        refused = [found for found in own if found.state == "refused"]
        return refused[0].text if refused and refused[0].plan.policy == self._door.judge.policy.hash else None

    def wrote(self, plan: Plan) -> bool:
        """Whether it changed anything: a plan that failed before it did was no try."""
        intents = self._door.means.ledger.intents
        actions = (plan.action_id(number) for number in range(len(plan.steps)))
        return any(intents[action].outcome == "done" for action in actions if action in intents)

    def _is_due(self, tracked: Tracked) -> bool:
        opened = parse_time(tracked.opened)
        patience = timedelta(seconds=self._settings.heal.patience_seconds)
        return opened is None or self._clock() >= opened + patience

    def mode(self, tracked: Tracked) -> str:
        """Whether changes for it are observed, asked for or made."""
        environment = self._door.judge.environment(tracked.incident.resource.namespace)
        return mode_of(self._settings, environment, str(tracked.incident.severity))

    async def _void(self, incident: str, why: str) -> None:
        self.refused.pop(incident, None)
        for found in await self._door.plans(incident=incident, states=("waiting",)):
            await self._door.ended(found.plan, "void", why)


_COOLING = "it was changed a moment ago; the next try waits"


def overview(supervisor: Supervisor, settings: ChangeSettings) -> dict[str, Any]:
    """What heals by itself, where and why: one screen."""
    rules = [
        {"mode": rule.mode, "environments": list(rule.environments), "severities": list(rule.severities) or ["any"]}
        for rule in settings.modes
    ]
    return {
        "modes": [*rules, {"mode": settings.mode, "environments": ["everywhere else"], "severities": ["any"]}],
        "playbooks": [{"name": one.name, "title": one.title, "when": one.when} for one in supervisor.playbooks],
        "attempts": settings.heal.attempts,
        "cooldownSeconds": settings.heal.cooldown_seconds,
        "patienceSeconds": settings.heal.patience_seconds,
        "time": format_time(supervisor._clock()),
        "windows": windows(settings, supervisor._clock()),
    }
