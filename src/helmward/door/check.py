"""Did it help? The tool's own success holds, nothing new is wrong around the target, and the incident's causes are gone."""

from __future__ import annotations

import asyncio
import time

import msgspec

from helmward.core.errors import HelmwardError
from helmward.core.plans import Action, ActionState, Plan, Step
from helmward.core.settings_changes import ChangeSettings
from helmward.core.times import format_time, parse_time
from helmward.door.actions import known_action, shown
from helmward.door.audit import Entry
from helmward.door.means import Means, stored
from helmward.door.points import KillPoint
from helmward.door.store import seal
from helmward.door.tool import Settled

SOAK = 1.0
"""Seconds for which everything must hold before it counts: a container that starts and dies is ready for a moment."""

_PAUSE, _LONGEST_PAUSE = 0.1, 1.0  # seconds between two looks


def patience(settings: ChangeSettings, step: Step) -> float:
    """Seconds after its write until which a step has to have helped."""
    return min(step.deadline, settings.verify_seconds)


class Checker:
    """Verifies acted actions."""

    def __init__(self, means: Means) -> None:
        self._means = means

    async def check(self, plan: Plan, number: int) -> Action:
        """Wait until the action has helped, or until its deadline; its state is `done` or `failed`, with the proof.

        Asking again gives the same answer. Raises AuditError where the verdict cannot be recorded.
        """
        means, step, identity = self._means, plan.steps[number], plan.action_id(number)
        action = await known_action(means, plan, number)
        if action is None or action.state == "intended":
            raise HelmwardError(f"There is no action {identity} to verify.")
        if action.state != "acted":
            return await shown(means, plan, action)
        means.reached(KillPoint.BEFORE_CHECK)
        helped, proof = await self._wait(plan, step, action)
        state: ActionState = "done" if helped else "failed"
        ended = msgspec.structs.replace(
            action, state=state, text=proof[0], proof=proof, ended=format_time(means.ledger.now())
        )
        entry = Entry(
            actor=plan.requester,
            action="action.verify",
            target=identity,
            outcome="done" if helped else "failed",
            reason=proof[0],
            details={"plan": plan.id, "proof": list(proof)[:10], "row": seal(ended)},
        )
        await means.ledger.record(entry)
        means.reached(KillPoint.CHECK_RECORDED)
        await stored(means.store.put, ended, step.uid, means.ledger.now())
        means.reached(KillPoint.CHECK_STORED)
        return ended

    async def _wait(self, plan: Plan, step: Step, action: Action) -> tuple[bool, tuple[str, ...]]:
        acted = parse_time(action.acted)
        passed = (self._means.ledger.now() - acted).total_seconds() if acted else 0.0
        deadline = time.monotonic() + max(0.0, patience(self._means.settings, step) - max(0.0, passed))
        held_since, pause = None, _PAUSE
        while True:
            settled, wrong = await self._look(plan, step, action)
            now = time.monotonic()
            if settled.state == "no":
                return False, (settled.text, *wrong)
            if settled.state == "yes" and not wrong:
                held_since = held_since or now
                if now - held_since >= SOAK or plan.undo_of is not None:
                    return True, (settled.text, *self._good(plan))
            else:
                held_since = None
            if now >= deadline:
                return False, (wrong[0] if wrong else settled.text, settled.text, *wrong[1:])
            await asyncio.sleep(min(pause, max(0.01, deadline - now)))
            pause = min(_LONGEST_PAUSE, pause * 1.3) if held_since is None else _PAUSE

    async def _look(self, plan: Plan, step: Step, action: Action) -> tuple[Settled, tuple[str, ...]]:
        means, tool = self._means, self._means.toolbox.change(step.tool)
        look = tool.stands if plan.undo_of is not None else tool.settled  # an undo is verified by its values alone
        try:
            settled = await look(step, action.id, means.reader)
        except HelmwardError as error:  # an API server that does not answer has not said no
            settled = Settled(state="pending", text=str(error))
        if plan.undo_of is not None:
            return settled, ()
        cures = plan.cures if step is plan.steps[-1] else ()  # the first of two steps need not have helped yet
        around = means.findings.around(step.resource)
        wrong = [
            f"{found.code} {found.message}"
            for identity, found in around.items()
            if identity not in action.standing and identity not in plan.cures
        ]
        wrong += [f"{identity} still stands" for identity in means.findings.standing(cures)]
        return settled, tuple(wrong)

    def _good(self, plan: Plan) -> tuple[str, ...]:
        if plan.undo_of is not None:
            return ()
        nothing_new = "nothing new at high or above around it"
        return (nothing_new, "the first cause is gone") if plan.cures else (nothing_new,)
