"""The act: audit the intent (durable) → kill switch → mint → write → audit the outcome. If the intent cannot be written,
nothing is done."""

from __future__ import annotations

import asyncio

import msgspec

from helmward.core.errors import DeniedError, HelmwardError, UnreachableError, WaitingError
from helmward.core.mandate import Mandate, Written
from helmward.core.plans import Action, ActionState, Plan, Step
from helmward.core.times import format_time
from helmward.door.audit import Entry
from helmward.door.killswitch import Killed
from helmward.door.ledger import Intent
from helmward.door.means import Means, stored
from helmward.door.permit import permitted
from helmward.door.points import KillPoint
from helmward.door.tool import Acting, ChangeTool


class Busy(WaitingError):
    """Another action on this object has not ended; it is recovered first."""


class Executor:
    """Does the steps of plans, each at most once."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._turn = asyncio.Lock()  # limits and unfinished actions are counted and added to by one at a time

    async def act(self, plan: Plan, number: int) -> Action:
        """Do step `number` (from 0) of a plan, or find that it was done. The action's state is `acted` or `failed`.

        Raises Busy while another action on the object is unfinished, UnreachableError while it is not known what the write
        did (ask again), and AuditError where the intent could not be recorded: then nothing was done.
        """
        means, step, identity = self._means, plan.steps[number], plan.action_id(number)
        tool = means.toolbox.change(step.tool)
        known = means.ledger.intents.get(identity)
        if known is not None and known.outcome is not None:
            return await self._known(plan, number, known)
        action = Action(
            id=identity, plan=plan.id, number=number, tool=step.tool, resource=step.resource, state="planned"
        )
        try:
            async with self._turn:
                by = permitted(means, plan, begun=known is not None)
                if known is None:
                    action = await self._intend(plan, step, action, by)
                else:
                    row = await stored(means.store.action, identity)
                    action = row or action
        except DeniedError as error:
            await self._denied(plan, identity, str(error))
            return await self._stored(step, msgspec.structs.replace(action, state="failed", text=str(error)))
        try:
            written = await self._write(plan, step, tool, action)
        except UnreachableError:
            raise  # whether it was written is not known: the action stays unfinished
        except HelmwardError as error:
            return await self._ended(plan, step, action, "failed", str(error), {})
        text = "done before" if written.repeated else f"{step.title or step.tool}, {by}"
        return await self._ended(plan, step, action, "acted", text, {"version": written.version})

    async def _intend(self, plan: Plan, step: Step, action: Action, by: str) -> Action:
        means = self._means
        self._free(plan, step)
        means.limits.check_act(plan.requester, step.effect, plan.environment)
        means.reached(KillPoint.BEFORE_INTENT)
        details = {
            "plan": plan.id,
            "number": action.number,
            "digest": plan.digest,
            "tool": step.tool,
            "effect": str(step.effect),
            "resource": str(step.resource),
            "uid": step.uid,
            "verb": step.verb,
            "permission": by,
            "undoOf": plan.undo_of,
            "incident": plan.incident,
        }
        entry = Entry(actor=plan.requester, action="action.act", target=action.id, outcome="intended", details=details)
        await means.ledger.record(entry)
        means.reached(KillPoint.INTENT_RECORDED)
        intended = msgspec.structs.replace(
            action,
            state="intended",
            intended=format_time(means.ledger.now()),
            standing=tuple(means.findings.around(step.resource)),
        )
        await stored(means.store.put, intended, step.uid, means.ledger.now())
        means.reached(KillPoint.INTENT_STORED)
        return intended

    def _free(self, plan: Plan, step: Step) -> None:
        ledger = self._means.ledger
        for identity, intent in ledger.intents.items():
            if intent.uid == step.uid and identity != plan.undo_of and not _is_over(ledger.verdicts, identity, intent):
                raise Busy(f"{identity} on {step.resource} has not ended; it comes first.")

    async def _write(self, plan: Plan, step: Step, tool: ChangeTool, action: Action) -> Written:
        means, mandate = self._means, mandate_for(action.id, step)
        try:
            means.kills.check(tool=tool.name, system=tool.system, actors=(plan.requester.name,))
        except Killed:
            # An earlier run may have written before it died: that is done, whatever has been switched off since.
            if await means.made(mandate):
                return Written(repeated=True)
            raise
        writer = means.writer(mandate)
        means.reached(KillPoint.BEFORE_WRITE)
        try:
            written = await tool.execute(step, Acting(action.id, writer.write))
        finally:
            writer.revoke()
        means.reached(KillPoint.WRITTEN)
        return written

    async def _ended(
        self, plan: Plan, step: Step, action: Action, state: ActionState, text: str, details: dict[str, str]
    ) -> Action:
        means = self._means
        outcome = "done" if state == "acted" else "failed"
        entry = Entry(
            actor=plan.requester,
            action="action.act",
            target=action.id,
            outcome=outcome,  # type: ignore[arg-type]
            reason=text,
            details={"plan": plan.id, "resource": str(step.resource), **details},
        )
        await means.ledger.record(entry)
        means.reached(KillPoint.OUTCOME_RECORDED)
        now = format_time(means.ledger.now())
        ended = msgspec.structs.replace(
            action,
            state=state,
            text=text,
            acted=now if state == "acted" else None,
            ended=None if state == "acted" else now,
        )
        action = await self._stored(step, ended)
        means.reached(KillPoint.OUTCOME_STORED)
        return action

    async def _known(self, plan: Plan, number: int, known: Intent) -> Action:
        """What an earlier run did, from the row where it is there, else from the ledger."""
        step, identity = plan.steps[number], plan.action_id(number)
        row = await stored(self._means.store.action, identity)
        state: ActionState = "acted" if known.outcome == "done" else "failed"
        if row is not None and row.state not in ("planned", "intended"):
            return row
        action = row or Action(
            id=identity, plan=plan.id, number=number, tool=step.tool, resource=step.resource, state=state
        )
        time = format_time(known.time)
        return await self._stored(step, msgspec.structs.replace(action, state=state, text="done before", acted=time))

    async def _stored(self, step: Step, action: Action) -> Action:
        await stored(self._means.store.put, action, step.uid, self._means.ledger.now())
        return action

    async def _denied(self, plan: Plan, identity: str, why: str) -> None:
        entry = Entry(
            actor=plan.requester,
            action="action.act",
            target=identity,
            outcome="denied",
            reason=why,
            details={"plan": plan.id},
        )
        await self._means.ledger.record(entry)


def mandate_for(action: str, step: Step) -> Mandate:
    """What an action may write: its step, and nothing else."""
    return Mandate(
        action=action,
        resource=step.resource,
        api_path=step.api_path,
        uid=step.uid,
        verb=step.verb,
        changes=step.changes,
        anchors=step.anchors,
        generation=step.generation,
    )


def _is_over(verdicts: dict[str, str], identity: str, intent: Intent) -> bool:
    return intent.outcome == "failed" or identity in verdicts
