"""After a crash: was an intended write made? Looks and records; writes nothing outside."""

from __future__ import annotations

import asyncio

import msgspec

from helmward.core.errors import DeniedError
from helmward.core.mandate import mandate_for
from helmward.core.plans import Action, Plan
from helmward.core.times import format_time
from helmward.door.actions import known_action
from helmward.door.approve import genuine
from helmward.door.audit import Entry
from helmward.door.ledger import Intent, Ledger
from helmward.door.means import Means, stored
from helmward.door.points import KillPoint
from helmward.door.store import seal


class Recoverer:
    """Finds out how unfinished actions ended."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._turn = asyncio.Lock()  # two that look at one action at once record it once

    def unfinished(self) -> list[str]:
        """Actions whose write was intended, and of which it is not known how they ended."""
        ledger = self._means.ledger
        return [identity for identity in ledger.running if ledger.intents[identity].outcome is None]

    def abandoned(self) -> list[str]:
        """Those of them whose plan has ended: nothing else will find out."""
        ledger = self._means.ledger
        return [identity for identity in self.unfinished() if ledger.intents[identity].plan in ledger.closed]

    async def resolve(self, identity: str) -> str:
        """Look whether an unfinished action was written, and record it: `done` or `failed`. Again is the same.

        Raises UnreachableError where the API server does not answer, DeniedError where the plan's row is not ours."""
        async with self._turn:
            known = self._means.ledger.intents[identity]
            return known.outcome or await self._look(identity, known)

    async def _look(self, identity: str, intent: Intent) -> str:
        means = self._means
        plan = await self._plan(intent.plan)
        number = next(n for n in range(len(plan.steps)) if plan.action_id(n) == identity)
        made = await means.made(mandate_for(identity, plan.steps[number]))
        action = await self._as_found(plan, number, made)
        entry = Entry(
            actor=plan.requester,
            action="action.act",
            target=identity,
            outcome="done" if made else "failed",
            reason=action.text,
            details={"plan": plan.id, "row": seal(action)},
        )
        await means.ledger.record(entry)
        means.reached(KillPoint.RESOLVED_RECORDED)
        await stored(means.store.put, action, plan.steps[number].uid, means.ledger.now())
        return "done" if made else "failed"

    async def _plan(self, identity: str) -> Plan:
        found = await stored(self._means.store.find, identity)
        plan = next((one.plan for one in found if one.plan.id == identity), None)
        if plan is None:
            raise DeniedError(f"The row of {identity} is gone: what was written of it cannot be looked for.")
        genuine(self._means, plan)
        return plan

    async def _as_found(self, plan: Plan, number: int, made: bool) -> Action:
        known, now = await known_action(self._means, plan, number), format_time(self._means.ledger.now())
        assert known is not None, "its intent is in the ledger"
        if made:
            text = "found after its run had ended: it was written, and never verified"
            return msgspec.structs.replace(known, state="acted", text=text, acted=now)
        return msgspec.structs.replace(known, state="failed", text="never written", ended=now)


def is_over(ledger: Ledger, identity: str, intent: Intent) -> bool:
    """Does this action leave its object to the next one? It was not made, or it was verified, or nobody verifies it."""
    if intent.outcome is None:
        return False
    return intent.outcome == "failed" or identity in ledger.verdicts or intent.plan in ledger.closed
