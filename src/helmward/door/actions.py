"""An action as the log knows it: its row where that is ours, else what the ledger says of it."""

from __future__ import annotations

from helmward.core.nouns import Resource
from helmward.core.plans import Action, ActionState, Plan, PlanState
from helmward.core.times import format_time
from helmward.door.audit import Entry
from helmward.door.ledger import Intent, Ledger
from helmward.door.means import Means, stored
from helmward.door.store import Stored, seal


async def known_action(means: Means, plan: Plan, number: int) -> Action | None:
    """Step `number` of a plan as an action; None where no write of it was intended. An edited row says nothing."""
    identity = plan.action_id(number)
    intent = means.ledger.intents.get(identity)
    if intent is None:
        return None
    row = await stored(means.store.row, identity)
    if row is not None and seal(row) == means.ledger.rows.get(identity):
        return row
    return _as_recorded(means.ledger, plan, number, intent)


async def shown(means: Means, plan: Plan, action: Action) -> Action:
    """The action, its row as the log has it again: a crash or somebody else left another one."""
    if means.ledger.rows.get(action.id) != seal(action):
        details = {"plan": plan.id, "state": action.state, "row": seal(action)}
        reason = "its row was not as the log has it"
        await means.ledger.record(
            Entry(actor=plan.requester, action="action.mark", target=action.id, reason=reason, details=details)
        )
        await stored(means.store.put, action, means.ledger.intents[action.id].uid, means.ledger.now())
    return action


def state_of(ledger: Ledger, identity: str) -> ActionState:
    """How far an action is, by the log."""
    intent, verdict = ledger.intents[identity], ledger.verdicts.get(identity)
    if identity in ledger.undone:
        return "undone"
    if intent.outcome == "failed" or verdict == "failed":
        return "failed"
    if verdict == "done":
        return "done"
    return "acted" if intent.outcome == "done" else "intended"


def ended_state(ledger: Ledger, plan: Plan) -> PlanState:
    """How a plan ended: one that was done may have been taken back since."""
    undone = all(plan.action_id(number) in ledger.undone for number in range(len(plan.steps)))
    return "undone" if undone and ledger.closed[plan.id] == "done" else ledger.closed[plan.id]


def standing_state(ledger: Ledger, found: Stored) -> PlanState:
    """How far a plan is that has not ended, by the log. The row decides where the log leaves it open: whether an approved
    plan runs yet, and whether an undo waits although what it takes back was approved."""
    plan, state = found.plan, found.state
    if plan.decision.verdict == "deny":
        return "refused"
    if not ledger.may_run(plan.id):
        return "waiting"
    if state == "running" or (state == "waiting" and plan.undo_of and plan.id not in ledger.approvals):
        return state
    return "approved"


def action_ids(plan: str, steps: int) -> list[str]:
    """The ids of a plan's actions (Plan.action_id), of which only its id and the count of its steps are known."""
    name = plan.removeprefix("plan-")
    return [f"act-{name}"] if steps == 1 else [f"act-{name}-{number + 1}" for number in range(steps)]


def number_of(plan: Plan, action: str) -> int:
    """Which step of a plan an action is, from 0."""
    return next(number for number in range(len(plan.steps)) if plan.action_id(number) == action)


def half_done(ledger: Ledger) -> list[str]:
    """Actions that may have been written, and are neither proven nor taken back, the oldest first."""
    return [
        identity
        for identity, intent in ledger.intents.items()
        if intent.outcome != "failed" and ledger.verdicts.get(identity) != "done" and identity not in ledger.undone
    ]


def bare_action(ledger: Ledger, identity: str) -> Action:
    """An action of which the log alone is left; its plan's row is gone."""
    intent = ledger.intents[identity]
    kind, *place, name = intent.resource.split("/")
    return Action(
        id=identity,
        plan=intent.plan,
        number=0,
        tool=intent.tool,
        resource=Resource(api_version="", kind=kind, namespace="/".join(place), name=name),
        state=state_of(ledger, identity),
        text="as the audit log has it; the row of its plan is gone",
        intended=format_time(intent.time),
        acted=format_time(intent.acted) if intent.acted else None,
        standing=intent.standing,
    )


def _as_recorded(ledger: Ledger, plan: Plan, number: int, intent: Intent) -> Action:
    step, identity = plan.steps[number], plan.action_id(number)
    return Action(
        id=identity,
        plan=plan.id,
        number=number,
        tool=step.tool,
        resource=step.resource,
        state=state_of(ledger, identity),
        text="as the audit log has it",
        intended=format_time(intent.time),
        acted=format_time(intent.acted) if intent.acted else None,
        standing=intent.standing,
    )
