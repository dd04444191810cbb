"""The act: audit the intent (durable) → kill switch → mint → write → audit the outcome. If the intent cannot be written,
nothing is done."""

from __future__ import annotations

import asyncio

import msgspec

from helmward.core.errors import DeniedError, HelmwardError, UnreachableError, WaitingError
from helmward.core.mandate import SpentMandate, Written, mandate_for
from helmward.core.plans import Action, ActionState, Plan, Step
from helmward.core.times import format_time
from helmward.door.actions import known_action, shown
from helmward.door.audit import Entry
from helmward.door.killswitch import Killed
from helmward.door.means import Means, stored
from helmward.door.permit import permitted
from helmward.door.points import KillPoint
from helmward.door.recover import Recoverer, is_over
from helmward.door.store import seal
from helmward.door.tool import Acting, ChangeTool

MOST_STANDING = 200
"""Findings that are remembered as having stood before; more would count as new."""


class Busy(WaitingError):
    """Another action on this object has not ended; it is recovered first."""


class Executor:
    """Does the steps of plans, each at most once."""

    def __init__(self, means: Means, recoverer: Recoverer) -> None:
        self._means, self._recoverer = means, recoverer
        self._turn = asyncio.Lock()  # limits and unfinished actions are counted and added to by one at a time

    async def act(self, plan: Plan, number: int) -> Action:
        """Do step `number` (from 0) of a plan, or find that it was done. The action's state is `acted` or `failed`.

        Raises Busy while another action on the object is unfinished, UnreachableError while it is not known what the write
        did (ask again), and AuditError where the intent could not be recorded: then nothing was done.
        """
        means, step, identity = self._means, plan.steps[number], plan.action_id(number)
        tool = means.toolbox.change(step.tool)
        await means.kills.notice()
        known = await known_action(means, plan, number)
        if known is not None and known.state != "intended":
            return await shown(means, plan, known)
        action = known or Action(
            id=identity, plan=plan.id, number=number, tool=step.tool, resource=step.resource, state="planned"
        )
        try:
            async with self._turn:
                by = permitted(means, plan, begun=known is not None)
                if known is None:
                    action = await self._intend(plan, step, action, by)
        except DeniedError as error:
            return await self._not_permitted(plan, step, action, error)
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
        await self._free(plan, step)
        if plan.undo_of is None:  # a limit never stands between a failure and its undo
            means.limits.check_act(plan.requester, step.effect, plan.environment)
        if action.number == 0 and plan.cures and plan.undo_of is None and self._is_mended(plan, step):
            raise DeniedError("What it was to mend is mended already; nothing is done.")
        means.reached(KillPoint.BEFORE_INTENT)
        standing = tuple(sorted(means.findings.around(step.resource))[:MOST_STANDING])
        now = format_time(means.ledger.now())
        intended = msgspec.structs.replace(action, state="intended", intended=now, standing=standing)
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
            "standing": standing,
            "row": seal(intended),
        }
        entry = Entry(actor=plan.requester, action="action.act", target=action.id, outcome="intended", details=details)
        await means.ledger.record(entry)
        means.reached(KillPoint.INTENT_RECORDED)
        await stored(means.store.put, intended, step.uid, means.ledger.now())
        means.reached(KillPoint.INTENT_STORED)
        return intended

    def _is_mended(self, plan: Plan, step: Step) -> bool:
        """Nothing is wrong around it any more. A finding may have got another name: its pod was replaced."""
        findings = self._means.findings
        return not findings.standing(plan.cures) and not findings.around(step.resource)

    async def _free(self, plan: Plan, step: Step) -> None:
        ledger = self._means.ledger
        for identity in self._recoverer.abandoned():
            if ledger.intents[identity].uid == step.uid:
                await self._recoverer.resolve(identity)
        for identity in ledger.running:
            intent = ledger.intents[identity]
            if intent.uid == step.uid and identity != plan.undo_of and not is_over(ledger, identity, intent):
                raise Busy(f"{identity} on {step.resource} has not ended; it comes first.")

    async def _write(self, plan: Plan, step: Step, tool: ChangeTool, action: Action) -> Written:
        means, mandate = self._means, mandate_for(action.id, step)

        def still() -> None:
            means.kills.check(tool=tool.name, system=tool.system, actors=_actors(means, plan))

        def sending() -> None:
            still()
            means.reached(KillPoint.SENDING)

        try:
            still()
        except Killed:
            # An earlier run may have written before it died: that is done, whatever has been switched off since.
            if await means.made(mandate):
                return Written(repeated=True)
            raise
        with means.kills.writing():
            writer = means.writer(mandate, sending)
            means.reached(KillPoint.BEFORE_WRITE)
            try:
                written = await tool.execute(step, Acting(action.id, writer.write))
            except SpentMandate:
                if not await means.made(mandate):  # used twice: what the first use wrote is there
                    raise
                written = Written(repeated=True)
            finally:
                writer.revoke()
        means.reached(KillPoint.WRITTEN)
        return written

    async def _ended(
        self, plan: Plan, step: Step, action: Action, state: ActionState, text: str, details: dict[str, str]
    ) -> Action:
        means = self._means
        now = format_time(means.ledger.now())
        ended = msgspec.structs.replace(
            action,
            state=state,
            text=text,
            acted=now if state == "acted" else None,
            ended=None if state == "acted" else now,
        )
        entry = Entry(
            actor=plan.requester,
            action="action.act",
            target=action.id,
            outcome="done" if state == "acted" else "failed",
            reason=text,
            details={"plan": plan.id, "resource": str(step.resource), "row": seal(ended), **details},
        )
        await means.ledger.record(entry)
        means.reached(KillPoint.OUTCOME_RECORDED)
        action = await self._stored(step, ended)
        means.reached(KillPoint.OUTCOME_STORED)
        return action

    async def _not_permitted(self, plan: Plan, step: Step, action: Action, error: DeniedError) -> Action:
        """Recorded. What an earlier run wrote under a permission that has ended since is done all the same."""
        if action.state == "intended":
            made = await self._means.made(mandate_for(action.id, step))
            state: ActionState = "acted" if made else "failed"
            return await self._ended(plan, step, action, state, "done before" if made else str(error), {})
        refused = msgspec.structs.replace(action, state="failed", text=str(error))
        entry = Entry(
            actor=plan.requester,
            action="action.act",
            target=action.id,
            outcome="denied",
            reason=str(error),
            details={"plan": plan.id, "row": seal(refused)},
        )
        await self._means.ledger.record(entry)
        return await self._stored(step, refused)

    async def _stored(self, step: Step, action: Action) -> Action:
        await stored(self._means.store.put, action, step.uid, self._means.ledger.now())
        return action


def _actors(means: Means, plan: Plan) -> tuple[str, ...]:
    """Who stands behind a write: who asked for it, and who approved it."""
    approval = means.ledger.approvals.get(plan.id)
    return (plan.requester.name, *([approval.approver.name] if approval else []))
