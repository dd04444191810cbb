"""Taking an action back: a plan of its own that restores the before-values, refused where they are no longer what we wrote."""

from __future__ import annotations

from helmward.core.errors import DeniedError, UsageError
from helmward.core.nouns import Actor
from helmward.core.plans import Plan
from helmward.door.approve import genuine
from helmward.door.means import Means, stored
from helmward.door.permit import covering
from helmward.door.points import KillPoint
from helmward.door.propose import About, Proposer
from helmward.door.store import Stored
from helmward.door.tool import Planning


class Undoer:
    """Plans undos."""

    def __init__(self, means: Means, proposer: Proposer) -> None:
        self._means, self._proposer = means, proposer

    async def plan(self, actor: Actor, plan: Plan, number: int, reason: str) -> Stored:
        """The plan that takes step `number` of a plan back. It is approved already where the original's approval still
        covers it. Raises UsageError where there is nothing to undo, Drifted where the values are not ours any more."""
        means, step, identity = self._means, plan.steps[number], plan.action_id(number)
        genuine(means, plan)
        intent = means.ledger.intents.get(identity)
        if intent is None or intent.outcome == "failed":
            raise UsageError(f"{identity} was not done; there is nothing to undo.")
        if plan.undo_of is not None:
            raise UsageError(f"{identity} is itself an undo; make a new plan instead.")
        if step.irreversible is not None:
            raise DeniedError(f"{identity} cannot be undone: {step.irreversible}.")
        tool = means.toolbox.change(step.tool)
        means.kills.check(tool=tool.name, system=tool.system, actors=(actor.name,))
        given = Planning(actor, means.reader, means.world, means.rehearse, means.ledger.now())
        back = await tool.undo(step, identity, given)
        about = About(
            title=f"undo {identity}: {back.title}",
            reason=reason,
            incident=plan.incident,
            severity=plan.severity,
            undo_of=identity,
        )
        found = await self._proposer.settle(actor, [tool], [back], about)
        means.reached(KillPoint.UNDO_PLANNED)
        if found.state != "waiting" or covering(means, identity, actor) is None:
            return found
        text = f"approved with {plan.id}"
        await stored(means.store.move, found.plan.id, "approved", text, means.ledger.now())
        return found._replace(state="approved", text=text)
