"""Which plan or action is meant: by its id or the beginning of it, or by the id of an incident."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from helmward.core.errors import UsageError
from helmward.core.plans import Action
from helmward.core.text import one_line
from helmward.door.door import Door
from helmward.door.ledger import Intent
from helmward.door.store import Stored


class UnknownPlan(UsageError):
    """No plan or action, or more than one, has this id."""

    http_status = 404


class Meant:
    """`incident` gives the whole id of an incident from its beginning, or raises UsageError."""

    def __init__(self, door: Door, incident: Callable[[str], str]) -> None:
        self._door, self._incident = door, incident

    async def plan(self, identity: str) -> Stored:
        """The one plan that an id of a plan, an action or an incident stands for. Raises UsageError."""
        if identity.startswith("plan-"):
            return await self._door.plan(identity)
        if identity.startswith("act-"):
            return await self._door.plan(self._plan_of(identity))
        if not identity.startswith("inc-"):
            raise UnknownPlan(f"'{one_line(identity, 40)}' is no id: those begin with plan-, act- or inc-.")
        incident = self._incident(identity)
        found = await self._door.plans(incident=incident)
        waiting = [one for one in found if one.state == "waiting"]
        if len(waiting) > 1:
            raise UnknownPlan(_ambiguous(incident, [one.plan.id for one in waiting]))
        if not found:
            raise UnknownPlan(f"{incident} has no plan yet; `helmward plan {incident}` makes one.")
        return waiting[0] if waiting else found[0]

    async def done(self, identity: str) -> str:
        """The action that can be undone: the one of this id, that of a plan, or the last finished one of an incident.

        Raises UsageError where there is none, or where a plan has several."""
        if identity.startswith("act-"):
            return self._intent(identity)[0]
        if identity.startswith("plan-"):
            return await self._of_plan(identity)
        if identity.startswith("inc-"):
            return await self._of_incident(self._incident(identity))
        raise UnknownPlan(f"'{one_line(identity, 40)}' is no id: those begin with act-, plan- or inc-.")

    async def _of_plan(self, identity: str) -> str:
        plan = (await self._door.plan(identity)).plan.id
        found = [one.id for one in await self._standing(plan)]
        if len(found) > 1:
            raise UnknownPlan(_ambiguous(plan, found))
        if not found:
            raise UsageError(f"Nothing of {plan} was done; there is nothing to undo.")
        return found[0]

    async def _of_incident(self, incident: str) -> str:
        plans = [one.plan for one in await self._door.plans(incident=incident) if one.plan.undo_of is None]
        found = [one for plan in plans for one in await self._standing(plan.id)]
        if not found:
            raise UsageError(f"Nothing was done for {incident}; there is nothing to undo.")
        return max(found, key=lambda one: one.acted or "").id

    async def _standing(self, plan: str) -> list[Action]:
        """The actions of a plan whose write stands."""
        intents = self._door.means.ledger.intents
        return [
            one
            for one in await self._door.actions(plan)
            if one.id in intents and intents[one.id].outcome == "done" and one.state != "undone"
        ]

    def _plan_of(self, action: str) -> str:
        """The plan of an action, which may not have begun yet: the ids of both say the same (Plan.action_id)."""
        proposed, name = self._door.means.ledger.proposed, plan_of(action)
        return name if name in proposed else self._intent(action)[1].plan

    def _intent(self, identity: str) -> tuple[str, Intent]:
        intents = self._door.means.ledger.intents
        known = [identity] if identity in intents else [one for one in intents if one.startswith(identity)]
        if len(known) > 1:
            raise UnknownPlan(_ambiguous(identity, known))
        if not known:
            raise UnknownPlan(f"There is no action '{one_line(identity, 40)}' that was done; see `helmward actions`.")
        return known[0], intents[known[0]]


def plan_of(action: str) -> str:
    """The id of the plan that an action's id says it is of (Plan.action_id)."""
    return "plan-" + action.removeprefix("act-").partition("-")[0]


def _ambiguous(identity: str, known: Sequence[str]) -> str:
    return f"'{one_line(identity, 40)}' could be any of {', '.join(known[:10])}; name one of them."
