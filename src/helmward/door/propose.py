"""From a wish to a plan: the tools fill in their steps, policy decides, and the plan is recorded before anybody sees it."""

from __future__ import annotations

import secrets
from base64 import b32encode
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from helmward.core.errors import DeniedError, HelmwardError, UsageError
from helmward.core.nouns import Actor
from helmward.core.plans import Decision, Plan, PlanState, Step, digest_of
from helmward.core.text import one_line, stopped
from helmward.core.times import format_time
from helmward.door.audit import Entry
from helmward.door.limits import LimitReached
from helmward.door.means import Means, stored
from helmward.door.places import strictest
from helmward.door.points import KillPoint
from helmward.door.store import Stored, seal
from helmward.door.tool import ChangeTool, Planning
from helmward.door.toolbox import arguments_of

MOST_STEPS = 50
"""Steps of one plan: more than anybody reads before approving."""


class Wish(NamedTuple):
    """One call of a tool that changes something."""

    tool: str
    arguments: Mapping[str, Any]


class About(NamedTuple):
    """Why a plan is made: for an incident of a severity, whose first causes (`cures`) it is to take away; or to undo."""

    title: str = ""
    reason: str = ""
    incident: str | None = None
    severity: str | None = None
    cures: tuple[str, ...] = ()
    undo_of: str | None = None


class Proposer:
    """Makes plans."""

    def __init__(self, means: Means) -> None:
        self._means = means

    async def propose(self, actor: Actor, wishes: Sequence[Wish], about: About) -> Stored:
        """A plan for these calls, decided. Raises DeniedError before anything is looked up where policy says no to the
        call itself, UsageError for wrong arguments, and what the tools raise."""
        tools, steps = await self._filled_in(actor, wishes, dry=False)
        return await self.settle(actor, tools, steps, about)

    async def dry_run(self, actor: Actor, wishes: Sequence[Wish], about: About) -> Plan:
        """The plan that `propose` would make. Nothing is kept of it, so it is neither approved nor carried out, whatever policy
        says of it; it is counted, and stands in the audit log, as a read. Raises what `propose` does."""
        target = one_line(", ".join(sorted({wish.tool for wish in wishes})), 200)
        try:
            tools, steps = await self._filled_in(actor, wishes, dry=True)
        except HelmwardError as error:
            denied = isinstance(error, DeniedError)
            await self._looked(actor, target, "denied" if denied else "failed", str(error), {})
            raise
        plan = self._decided(actor, tools, steps, about)
        targets = [str(step.resource) for step in steps]
        await self._looked(actor, target, "done", "", {"verdict": plan.decision.verdict, "targets": targets})
        return plan

    async def _filled_in(self, actor: Actor, wishes: Sequence[Wish], dry: bool) -> tuple[list[ChangeTool], list[Step]]:
        if not 1 <= len(wishes) <= MOST_STEPS:
            raise UsageError(f"A plan has between 1 and {MOST_STEPS} steps; this one has {len(wishes)}.")
        tools, steps = [], []
        for wish in wishes:
            tool = self._means.toolbox.change(wish.tool)
            arguments = arguments_of(tool, wish.arguments)
            namespace = getattr(arguments, "namespace", None) or ""
            await self._allowed(actor, tool, namespace, dry)
            if dry:
                self._means.limits.count_read(actor, self._means.judge.environment(namespace))
            tools.append(tool)
            steps.append(await tool.plan(arguments, self._planning(actor)))
        return tools, steps

    async def settle(self, actor: Actor, tools: Sequence[ChangeTool], steps: Sequence[Step], about: About) -> Stored:
        """Decide on filled-in steps, and record the plan."""
        return await self._recorded(self._decided(actor, tools, steps, about))

    def _decided(self, actor: Actor, tools: Sequence[ChangeTool], steps: Sequence[Step], about: About) -> Plan:
        means = self._means
        environment = strictest(means.judge.environment(step.resource.namespace) for step in steps)
        decision = means.judge.plan(actor, tools, steps, about.severity)
        try:
            if about.undo_of is None:  # what was allowed to be done may be taken back
                means.limits.check_plan(actor, steps, environment)
        except LimitReached as error:
            decision = Decision(verdict="deny", reason=str(error), rule="limit")
        now = means.ledger.now()
        return Plan(
            id=f"plan-{_fresh()}",
            requester=actor,
            environment=environment,
            steps=tuple(steps),
            digest=digest_of(tuple(steps)),
            decision=decision,
            created=format_time(now),
            expires=format_time(now + timedelta(minutes=means.settings.approval_minutes)),
            title=about.title or "; ".join(step.title for step in steps),
            reason=about.reason,
            incident=about.incident,
            severity=about.severity,
            undo_of=about.undo_of,
            cures=about.cures,
            policy=means.judge.policy.hash,
            override_seconds=self._override(steps, about),
        )

    def _override(self, steps: Sequence[Step], about: About) -> float | None:
        judge = self._means.judge
        if about.undo_of is not None or not any(judge.overrides(step) for step in steps):
            return None
        return judge.settings.override_minutes * 60

    async def _recorded(self, plan: Plan) -> Stored:
        means, verdict = self._means, plan.decision.verdict
        states: dict[str, PlanState] = {"deny": "refused", "ask": "waiting", "allow": "approved"}
        details = {
            "seal": seal(plan),
            "digest": plan.digest,
            "expires": plan.expires,
            "verdict": verdict,
            "policy": plan.policy,
            "environment": plan.environment,
            "incident": plan.incident,
            "undoOf": plan.undo_of,
            "cluster": means.judge.cluster,
            "systems": sorted({means.toolbox.change(step.tool).system for step in plan.steps}),
            "tools": [step.tool for step in plan.steps][:MOST_STEPS],
            "targets": [str(step.resource) for step in plan.steps][:MOST_STEPS],
        }
        entry = Entry(actor=plan.requester, action="plan.propose", target=plan.id, reason=plan.reason, details=details)
        await means.ledger.record(entry)
        means.reached(KillPoint.PLAN_RECORDED)
        text = plan.decision.reason
        await stored(means.store.add, plan, states[verdict], text)
        means.reached(KillPoint.PLAN_STORED)
        return Stored(plan, states[verdict], text, plan.created)

    async def _allowed(self, actor: Actor, tool: ChangeTool, namespace: str, dry: bool) -> None:
        means = self._means
        means.kills.check(tool=tool.name, system=tool.system, actors=(actor.name,))
        decision = means.judge.call(actor, tool, namespace)
        if decision.verdict == "deny":
            details = {"tool": tool.name, "namespace": namespace, "rule": decision.rule}
            if not dry:
                await means.ledger.record(
                    Entry(
                        actor=actor,
                        action="plan.propose",
                        target=tool.name,
                        outcome="denied",
                        reason=decision.reason,
                        details=details,
                    )
                )
            raise DeniedError(f"{tool.name} is denied: {stopped(decision.reason)}")

    async def _looked(self, actor: Actor, target: str, outcome: Any, reason: str, details: dict[str, Any]) -> None:
        entry = Entry(
            actor=actor, action="tool.rehearse", target=target, outcome=outcome, reason=reason, details=details
        )
        await self._means.audit.append(entry)

    def _planning(self, actor: Actor) -> Planning:
        means = self._means
        return Planning(actor, means.reader, means.world, means.rehearse, means.ledger.now())


def _fresh() -> str:
    return b32encode(secrets.token_bytes(5)).decode().lower()
