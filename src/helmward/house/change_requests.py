"""What people ask of changes: the plan behind an id, what they decide on it, and what is under way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from helmward.core.errors import HelmwardError
from helmward.core.nouns import Actor
from helmward.core.plans import Action
from helmward.core.times import format_time, parse_time
from helmward.door.check import patience
from helmward.door.propose import About, Proposer, Wish
from helmward.door.store import Stored
from helmward.explain.reports import present
from helmward.house import ending, mending, notices, present_changes, timeline
from helmward.house.house import House
from helmward.house.incident_search import Search
from helmward.house.meant import Meant
from helmward.world.book import Tracked, Transition

Sees = Callable[[str], bool]
"""Whether a caller may see a namespace."""


def everything(_namespace: str) -> bool:
    """For who is bounded to no scope."""
    return True


_TOLD = 20
"""Plans of an incident whose steps its timeline tells, the newest."""


class ChangeRequests:
    """An incident's id stands for its latest plan, or its last finished act."""

    def __init__(self, house: House) -> None:
        self._house, self._door = house, house.door
        self._meant = Meant(house.door, lambda identity: house.incident(identity).id)

    # ---- what there is ----

    async def incidents(self, state: str, namespace: str | None, sees: Sees = everything) -> list[dict[str, Any]]:
        """The rows of `incidents`, with what each waits for. `acting`: something is being done about it."""
        rows, _ = await self.incident_page(Search(state, namespace), sees)
        return rows

    async def incident_page(self, search: Search, sees: Sees = everything) -> tuple[list[dict[str, Any]], int]:
        """One page of those rows, of namespaces that `sees` holds, in the order of `Search`; and how many there are in all."""
        now = await self.under_way(sees)
        found = search.among(self._house.incidents(search.kept, search.namespace), now, sees)
        rows = [present_changes.incident(present.summary(entry), now) for entry in search.page(found)]
        return rows, len(found)

    async def summary(self, entry: Tracked, sees: Sees = everything) -> dict[str, Any]:
        """One row of `incidents`."""
        return present_changes.incident(present.summary(entry), await self.under_way(sees))

    async def incident(self, identity: str, sees: Sees = everything) -> dict[str, Any]:
        """`explain`, with what it waits for, what can be done and what was, of plans within `sees`. Raises UnknownIncident."""
        entry, ledger = self._house.incident(identity), self._door.means.ledger
        shown = present_changes.incident(present.detail(entry), await self.under_way(sees))
        found = [one for one in await self._door.plans(incident=entry.id) if _lies_in(one, sees)][:_TOLD]
        actions = {one.plan.id: await self._door.actions(one.plan.id) for one in found}
        done = timeline.moments(found, actions, ledger.approvals)
        unseen = mending.unseen(entry, self._house.world)
        mended = None if unseen else mending.mended(entry, found, actions, ledger.approvals)
        last = None if unseen or mended else ending.last_change(entry, self._house.world)
        return shown | {
            "timeline": timeline.merged(shown["timeline"], [*done, *timeline.told(entry, last, unseen)]),
            "healing": mending.healing(self._house.healing, entry, ledger.paused.get(entry.id), found),
            "mended": mended,
            "endedAfter": {**present.change(last), "text": timeline.of_change(last)} if last else None,
            "unseen": unseen,
        }

    async def under_way(self, sees: Sees = everything) -> present_changes.UnderWay:
        """By incident: what waits for somebody, of plans that `sees` holds, and where something is being done.

        Where plans cannot be read, a notice says so: what is wrong in the cluster is shown all the same."""
        overriding = self._house.loaded.settings.changes.overrides
        try:
            found = await self._door.plans(states=("waiting", *present_changes.RUNNING))
            found = [one for one in found if one.state != "waiting" or _lies_in(one, sees)]
            return present_changes.under_way(found, await self.notices() if overriding else self._notices(()))
        except HelmwardError as error:
            return present_changes.under_way((), (*self._notices(()), str(error)))

    async def notices(self) -> tuple[str, ...]:
        """What stands until somebody sees to it, in sentences."""
        return self._notices(await self._door.overrides())

    def _notices(self, temporary: Sequence[Stored]) -> tuple[str, ...]:
        means = self._door.means
        return tuple(notices.notices(means.ledger, means.kills.filed, temporary))

    async def ended(self, after: int) -> list[Stored]:
        """The plans that have ended since so many had, in that order; without those whose row is gone."""
        found = []
        for identity in list(self._door.means.ledger.closed)[after:]:
            with suppress(HelmwardError):
                found.append(await self._door.plan(identity))
        return found

    @property
    def count_ended(self) -> int:
        """How many plans have ended."""
        return len(self._door.means.ledger.closed)

    async def rows(self, incident: str | None, waiting: bool, by: Actor | None = None) -> list[dict[str, Any]]:
        """Plans, the newest first. `by`: who looks."""
        known = self._house.incident(incident).id if incident else None
        found = await self._door.plans(known, ("waiting",) if waiting else None)
        return [self.row_of(one, (), by) for one in found]

    async def row(self, found: Stored, by: Actor | None = None) -> dict[str, Any]:
        """A plan with what has been done of it, and what who looks may do with it."""
        return self.row_of(found, await self._door.actions(found.plan.id), by)

    def row_of(self, found: Stored, actions: Sequence[Action], by: Actor | None = None) -> dict[str, Any]:
        """The same, of actions that were read already."""
        row = present_changes.plan(found, actions, self._door.means.ledger.approvals.get(found.plan.id))
        may = self._door.may(by, found) if by is not None and found.state == "waiting" else None
        for action in actions:
            row["actions"][action.number]["watchedUntil"] = self._watched(found, action)
        return row | {"incidentTitle": self._title(found), "may": present_changes.may(may) if may else None}

    def _watched(self, found: Stored, action: Action) -> str | None:
        """Until when an act that was written is looked at for whether it helped; None where that is over."""
        acted = parse_time(action.acted) if action.state == "acted" else None
        if acted is None:
            return None
        return format_time(
            acted + timedelta(seconds=patience(self._door.means.settings, found.plan.steps[action.number]))
        )

    def _title(self, found: Stored) -> str | None:
        """The title of a plan's incident; None where that is forgotten, or lies where the plan changes nothing: who may see
        the plan need not be one who may see that."""
        entries = self._house.book.find(found.plan.incident) if found.plan.incident else []
        reached = {step.resource.namespace for step in found.plan.steps}
        return next((one.incident.title for one in entries if one.incident.resource.namespace in reached), None)

    async def actions(self, identity: str | None) -> list[dict[str, Any]]:
        """Actions, the newest first: all, of a plan, of an incident, or the one of this id."""
        if identity is None:
            return [present_changes.action(one) for one in await self._door.actions()]
        if identity.startswith("inc-"):
            plans = await self._door.plans(incident=self._house.incident(identity).id)
        else:
            plans = [await self._meant.plan(identity)]
        found = [one for plan in plans for one in await self._door.actions(plan.plan.id)]
        if identity.startswith("act-"):
            found = [one for one in found if one.id.startswith(identity)]
        return [present_changes.action(one) for one in found]

    async def plan(self, by: Actor, identity: str) -> Stored:
        """The plan, now before this actor's eyes."""
        return await self._door.show(by, (await self._meant.plan(identity)).plan.id)

    async def plan_for(self, by: Actor, identity: str, anew: bool = False, shown: bool = True) -> Stored:
        """An incident's latest plan, made if there is none (`anew`: none that runs), now before this actor's eyes (`shown`)."""
        found = await self._house.plan_for(identity, by, anew)
        self._tell(found)
        return await self._door.show(by, found.plan.id) if shown else found

    async def find(self, identity: str) -> Stored:
        """The one plan that an id of a plan, an action or an incident stands for. Raises UsageError."""
        return await self._meant.plan(identity)

    # ---- what is decided ----

    async def propose(
        self, by: Actor, wishes: Sequence[Wish], reason: str, incident: str | None, shown: bool = True
    ) -> Stored:
        """A plan for these calls, shown to who asked for it; not where a program asks, who shows it to nobody."""
        found = await self._door.propose(by, wishes, self._about(reason, incident))
        self._tell(found)
        return await self._door.show(by, found.plan.id) if shown else found

    async def dry_run(self, by: Actor, wishes: Sequence[Wish], reason: str, incident: str | None) -> dict[str, Any]:
        """The row of the plan that `propose` would make, with all that it would say; without an id, for nothing is kept."""
        await self._door.kills.notice()
        plan = await Proposer(self._door.means).dry_run(by, wishes, self._about(reason, incident))
        return present_changes.dry_run(plan)

    def _about(self, reason: str, incident: str | None) -> About:
        """Raises UnknownIncident."""
        if incident is None:
            return About(reason=reason)
        entry = self._house.incident(incident)
        return About(reason=reason, incident=entry.id, severity=str(entry.incident.severity))

    async def approve(
        self, by: Actor, identity: str, digest: str, reason: str, break_glass: bool, approver: Actor | None = None
    ) -> Stored:
        """Yes to what was shown; by `approver`, where somebody else typed a password at this actor's terminal."""
        plan = (await self._meant.plan(identity)).plan.id
        if approver is not None:
            self._door.hand_on(by, approver, plan)
        found = await self._door.approve(approver or by, plan, digest, reason, break_glass)
        self._tell(found)
        return found

    async def deny(self, by: Actor, identity: str, reason: str) -> Stored:
        """No."""
        found = await self._door.deny(by, (await self._meant.plan(identity)).plan.id, reason)
        self._tell(found)
        return found

    async def review(self, by: Actor, identity: str, reason: str) -> Stored:
        """Somebody has looked at a broken glass."""
        found = await self._meant.plan(identity)
        await self._door.review(by, found.plan.id, reason)
        return found

    async def undo(self, by: Actor, identity: str, reason: str, shown: bool = True) -> Stored:
        """The plan that takes back an action, the one of a plan, or the last finished one of an incident."""
        found = await self._door.undo(by, await self._meant.done(identity), reason)
        self._tell(found)
        return await self._door.show(by, found.plan.id) if shown else found

    async def pause_healing(self, by: Actor, identity: str, reason: str) -> str:
        """Nothing heals an incident by itself until somebody resumes it; its id."""
        incident = self._house.incident(identity).id
        await self._door.pause(by, incident, reason)
        return incident

    async def resume_healing(self, by: Actor, identity: str, reason: str) -> str:
        """It may be healed again; its id. Raises UsageError where that is not paused."""
        incident = self._house.incident(identity).id
        await self._door.resume(by, incident, reason)
        return incident

    def _tell(self, found: Stored) -> None:
        """Those who watch the incident see that it waits, or no longer does."""
        entries = self._house.book.find(found.plan.incident) if found.plan.incident else []
        for entry in entries[:1]:
            self._house.bus.publish(Transition("changed", entry))


def _lies_in(found: Stored, sees: Sees) -> bool:
    """Whether all that a plan changes may be seen: its title and its steps name objects."""
    return all(sees(step.resource.namespace) for step in found.plan.steps)
