"""Somebody's yes or no to exactly one plan: out of band, single use, expiring, bound to the digest they were shown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

import msgspec

from helmward.core.errors import DeniedError, HelmwardError, UsageError
from helmward.core.nouns import Actor
from helmward.core.plans import Decision, Plan
from helmward.core.text import one_line, stopped, with_article
from helmward.core.times import parse_time
from helmward.door.audit import Entry
from helmward.door.means import Means, stored
from helmward.door.places import PRODUCTION
from helmward.door.points import KillPoint
from helmward.door.store import Stored, seal, seal_text

ONCALL = "oncall"
"""The role that may break the glass: approve its own request, with a reason."""


class _Right(NamedTuple):
    role: str
    break_glass: bool
    own: bool


class May(NamedTuple):
    """What somebody may do with a plan now. `why` they may not approve it; "" where they may."""

    approve: bool
    deny: bool
    break_glass: bool
    why: str


class Approver:
    """Takes decisions on plans."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._shown: set[tuple[str, str]] = set()
        self._turn = asyncio.Lock()  # two tabs: one decides, the other is told

    def show(self, actor: Actor, plan: str) -> None:
        """This actor has had this plan before their eyes."""
        self._shown.add((actor.name, plan))

    def hand_on(self, actor: Actor, approver: Actor, plan: str) -> None:
        """Who types their password at this actor's terminal sees what was shown there."""
        if (actor.name, plan) in self._shown:
            self._shown.add((approver.name, plan))

    def may(self, actor: Actor, found: Stored) -> May:
        """What would be let through now, but for what the moment itself has to show: the digest, and that it was shown."""
        why = _refusal(lambda: self._approvable(actor, found, "", False))
        return May(
            approve=not why,
            deny=not _refusal(lambda: self._deniable(actor, found)),
            break_glass=not _refusal(lambda: self._approvable(actor, found, "for a reason", True)),
            why=why,
        )

    async def approve(self, actor: Actor, found: Stored, digest: str, reason: str, break_glass: bool = False) -> None:
        """Record the approval. Raises DeniedError saying why it is not one; that is audited too."""
        await self._means.kills.notice()
        async with self._turn:
            await self._approve(actor, found, digest, reason, break_glass)

    async def _approve(self, actor: Actor, found: Stored, digest: str, reason: str, break_glass: bool) -> None:
        plan, means = found.plan, self._means
        try:
            right = self._check(actor, found, digest, reason, break_glass)
        except DeniedError as error:
            await self._denied(actor, plan, str(error), break_glass)
            raise
        details = {
            "digest": plan.digest,
            "role": right.role,
            "expires": plan.expires,
            "policy": means.judge.policy.hash,
            "breakGlass": right.break_glass,
            "singleOperator": right.own and means.settings.single_operator,
            "scope": msgspec.to_builtins(actor.scope),
            "identity": actor.token,  # a detail called token would be masked
            "requester": plan.requester.name,
        }
        await means.ledger.record(
            Entry(actor=actor, action="plan.approve", target=plan.id, reason=reason, details=details)
        )
        means.reached(KillPoint.APPROVAL_RECORDED)
        if right.break_glass:
            means.tell(plan, "break-glass", f"{actor.name} broke the glass: {reason}")
        await stored(means.store.move, plan.id, "approved", f"approved by {actor.name}", means.ledger.now())
        means.reached(KillPoint.APPROVAL_STORED)

    async def deny(self, actor: Actor, found: Stored, reason: str) -> None:
        """No. Raises DeniedError for who may not say it, or for a plan that waits for nobody."""
        async with self._turn:
            await self._deny(actor, found, reason)

    async def _deny(self, actor: Actor, found: Stored, reason: str) -> None:
        means, plan = self._means, found.plan
        self._deniable(actor, found)
        text = f"denied by {actor.name}" + (f": {reason}" if reason else "")
        details = {
            "state": "denied",
            "requester": plan.requester.name,
            "incident": plan.incident,
            "text": seal_text(text),
        }
        await means.ledger.record(
            Entry(actor=actor, action="plan.deny", target=plan.id, reason=reason, details=details)
        )
        means.reached(KillPoint.DENIAL_RECORDED)
        await stored(means.store.move, plan.id, "denied", text, means.ledger.now())
        means.reached(KillPoint.DENIAL_STORED)

    async def review(self, actor: Actor, plan: str, reason: str) -> None:
        """Somebody else has looked at a broken glass. Raises DeniedError, UsageError."""
        approver = self._means.ledger.unreviewed.get(plan)
        if approver is None:
            raise UsageError(f"No broken glass of {one_line(plan, 40)} waits for a review.")
        if approver == actor.name or actor.kind != "user" or not set(actor.roles) & {"approver", "admin"}:
            raise DeniedError("Somebody else with the role approver or admin has to review this.")
        await self._means.ledger.record(Entry(actor=actor, action="plan.review", target=plan, reason=reason))

    def _check(self, actor: Actor, found: Stored, digest: str, reason: str, break_glass: bool) -> _Right:
        plan = found.plan
        genuine(self._means, plan)
        self._waits(found)
        if digest != plan.digest:
            raise DeniedError(f"What you approve is not what {plan.id} would do now; look at it again.")
        if (actor.name, plan.id) not in self._shown:
            raise DeniedError(f"{plan.id} was not shown to {actor.name} yet; `helmward plan {plan.id}` shows it.")
        return self._approvable(actor, found, reason, break_glass)

    def _approvable(self, actor: Actor, found: Stored, reason: str, break_glass: bool) -> _Right:
        means, plan = self._means, found.plan
        genuine(means, plan)
        self._waits(found)
        if expired(plan, means.ledger.now()):
            raise DeniedError(f"{plan.id} expired at {plan.expires}; make a new plan.")
        if plan.policy != means.judge.policy.hash:
            raise DeniedError(f"The policy changed since {plan.id} was made; make a new plan.")
        for step in plan.steps:
            tool = means.toolbox.change(step.tool)
            means.kills.check(tool=tool.name, system=tool.system, actors=(actor.name, plan.requester.name))
        return self._right(actor, plan, self._decision(plan), reason, break_glass)

    def _right(self, actor: Actor, plan: Plan, decision: Decision, reason: str, break_glass: bool) -> _Right:
        means = self._means
        if actor.kind != "user":
            raise DeniedError(f"{actor.name} is {with_article(actor.kind)}; only people approve.")
        if decision.verdict == "deny":
            raise DeniedError(f"Policy denies this by now: {stopped(decision.reason)}")
        places = {step.resource.namespace for step in plan.steps}
        if not all(means.judge.reaches(actor, namespace) for namespace in places):
            raise DeniedError(f"{plan.id} lies outside of what {actor.name} may touch.")
        own = actor.name == plan.requester.name
        if break_glass:
            if ONCALL not in actor.roles or not reason.strip():
                raise DeniedError("Breaking the glass takes the role oncall and a reason.")
            if not own or len(plan.steps) != 1:
                raise DeniedError("Breaking the glass is for one action of one's own; ask somebody to approve this.")
            return _Right(ONCALL, True, own)
        roles = sorted(set(actor.roles) & set(decision.approvers))
        if not roles:
            raise DeniedError(f"{actor.name} may not approve {plan.id}; {_who(decision)} may.")
        now = {means.judge.environment(namespace) for namespace in places}
        if own and PRODUCTION in {plan.environment, *now} and not means.settings.single_operator:
            raise DeniedError(
                "Nobody approves their own request in production; ask somebody else, or set changes.single_operator."
            )
        return _Right(roles[0], False, own)

    def _waits(self, found: Stored) -> None:
        """Raises DeniedError unless the ledger too says that the plan waits."""
        ledger, plan = self._means.ledger, found.plan.id
        if plan in ledger.closed:
            raise DeniedError(f"{plan} does not wait for a decision: it is {ledger.closed[plan]}.")
        if plan in ledger.voided:
            raise DeniedError(f"{plan} is void: {ledger.voided[plan]}; make a new plan.")
        if plan in ledger.approvals:
            raise DeniedError(f"{plan} was approved already; an approval counts once.")
        if found.state != "waiting" or found.plan.decision.verdict != "ask":
            raise DeniedError(f"{plan} does not wait for a decision: it is {found.state}.")

    def _deniable(self, actor: Actor, found: Stored) -> None:
        plan = found.plan
        genuine(self._means, plan)
        self._waits(found)
        if actor.name == plan.requester.name:
            return
        decision = self._decision(plan)
        reaches = all(self._means.judge.reaches(actor, step.resource.namespace) for step in plan.steps)
        if actor.kind != "user" or not reaches or not set(actor.roles) & {*decision.approvers, "admin"}:
            raise DeniedError(f"{actor.name} may not deny {plan.id}; {_who(decision)} may.")

    def _decision(self, plan: Plan) -> Decision:
        """What policy says now of the requester doing this."""
        means = self._means
        tools = [means.toolbox.change(step.tool) for step in plan.steps]
        return means.judge.plan(plan.requester, tools, plan.steps, plan.severity)

    async def _denied(self, actor: Actor, plan: Plan, why: str, break_glass: bool) -> None:
        details = {"digest": plan.digest, "breakGlass": break_glass}
        entry = Entry(actor=actor, action="plan.approve", target=plan.id, outcome="denied", reason=why, details=details)
        await self._means.ledger.record(entry)


def _refusal(check: Callable[[], object]) -> str:
    try:
        check()
    except HelmwardError as error:
        return str(error)
    return ""


def genuine(means: Means, plan: Plan) -> None:
    """Raises DeniedError where the plan is not the one that was recorded: its row was forged or edited."""
    known = means.ledger.proposed.get(plan.id)
    if known is None or known.seal != seal(plan) or known.cluster != means.judge.cluster:
        raise DeniedError(f"{plan.id} is not as it was recorded: its row was tampered with. Nothing is done.")


def expired(plan: Plan, now: datetime) -> bool:
    """True once nobody can approve it any more."""
    return (parse_time(plan.expires) or now) <= now


def _who(decision: Decision) -> str:
    return "one of the roles " + ", ".join(decision.approvers) if decision.approvers else "nobody"
