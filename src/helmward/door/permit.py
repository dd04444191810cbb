"""Whether a plan may be carried out now: what was approved or allowed must still hold at the moment of each write."""

from __future__ import annotations

from datetime import timedelta

from helmward.core.errors import DeniedError
from helmward.core.nouns import Actor
from helmward.core.plans import Approval, Plan, digest_of
from helmward.core.text import stopped
from helmward.core.times import parse_time
from helmward.door.approve import genuine
from helmward.door.killswitch import Killed
from helmward.door.means import Means

UNDO_FOR = timedelta(hours=1)
"""Approving a plan also approves its printed undo for so long."""


def permitted(means: Means, plan: Plan, begun: bool) -> str:
    """By whose permission this plan may write, in words. `begun`: a write of it was intended before.

    Raises DeniedError. What counts is the ledger, never a row.
    """
    genuine(means, plan)
    if digest_of(plan.steps) != plan.digest:
        raise DeniedError(f"{plan.id} is not what its digest says. Nothing is done.")
    if plan.id in means.ledger.closed:
        raise DeniedError(f"{plan.id} has ended: it is {means.ledger.closed[plan.id]}.")
    if plan.id in means.ledger.voided:
        raise DeniedError(f"{plan.id} is void: {means.ledger.voided[plan.id]}; make a new plan.")
    approval = means.ledger.approvals.get(plan.id)
    if approval is None and (original := covering(means, plan.undo_of, plan.requester)) is not None:
        return f"approved with {original.plan} by {original.approver.name}"
    if not means.valid(plan.requester) and not (approval is None and plan.undo_of):
        raise DeniedError(f"The token of {plan.requester.name}, who asked for {plan.id}, is not valid any more.")
    return _by_policy(means, plan) if approval is None else _by(means, plan, approval, begun)


def _by(means: Means, plan: Plan, approval: Approval, begun: bool) -> str:
    if approval.digest != plan.digest:
        raise DeniedError(f"{plan.id} is not what {approval.approver.name} approved. Nothing is done.")
    if approval.policy != means.judge.policy.hash:
        raise DeniedError(f"The policy changed since {plan.id} was approved; make a new plan.")
    expires = parse_time(approval.expires)
    if not begun and expires is not None and expires <= means.ledger.now():
        raise DeniedError(f"The approval of {plan.id} expired at {approval.expires}; make a new plan.")
    _still_counts(means, approval, plan.id)
    return f"approved by {approval.approver.name} ({approval.role})"


def _still_counts(means: Means, approval: Approval, plan: str) -> None:
    if not means.valid(approval.approver):
        raise DeniedError(f"{approval.approver.name} approved {plan}, but their token is not valid any more.")
    if f"actor:{approval.approver.name}" in means.ledger.kills:
        raise Killed(f"{approval.approver.name} approved {plan}, but the kill switch is on for them.")


def covering(means: Means, undo_of: str | None, asker: Actor) -> Approval | None:
    """The approval of the action that is to be taken back, where it covers its undo: for an hour, while its approver and
    the policy are what they were. An agent's wish is not enough to take back what somebody else asked for."""
    intent = means.ledger.intents.get(undo_of or "")
    approval = means.ledger.approvals.get(intent.plan) if intent else None
    if intent is None or approval is None or means.ledger.now() >= intent.time + UNDO_FOR:
        return None
    if asker.kind == "agent" and asker.name != intent.actor:
        return None
    if approval.policy != means.judge.policy.hash:
        return None
    try:
        _still_counts(means, approval, intent.plan)
    except DeniedError:
        return None
    return approval


def _by_policy(means: Means, plan: Plan) -> str:
    """Policy allowed it when it was planned, and still does."""
    tools = [means.toolbox.change(step.tool) for step in plan.steps]
    decision = means.judge.plan(plan.requester, tools, plan.steps, plan.severity)
    if plan.decision.verdict != "allow" or decision.verdict != "allow":
        reason = decision.reason if decision.verdict == "deny" else "nobody approved it"
        raise DeniedError(f"{plan.id} may not be carried out: {stopped(reason)}")
    return f"allowed by policy: {decision.reason}"
