"""Plans, actions and what is under way, as the JSON that faces show (CONTRACTS.md names the keys). Secret values are masked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from helmward.core.plans import Action, Approval, FieldChange, Plan, Step
from helmward.core.settings_changes import ChangeSettings, ModeSettings
from helmward.door.approve import May
from helmward.door.places import any_changes
from helmward.door.store import Stored
from helmward.guard.secrets import mask_value
from helmward.guard.secrets.arguments import mask_arguments

RUNNING = ("approved", "running")
"""States of a plan in which its incident is being acted on."""


class UnderWay(NamedTuple):
    """By incident: the newest plan that waits for somebody, and those for which something is being done; and in sentences,
    what stands until somebody sees to it."""

    waiting: Mapping[str, Plan]
    acting: frozenset[str]
    notices: tuple[str, ...] = ()


NOTHING = UnderWay({}, frozenset())


def mode(settings: ChangeSettings) -> str:
    """Whether changes are made, in a sentence."""
    if not any_changes(settings):
        return "observe: Helmward changes nothing"
    rules = [f"{rule.mode} in {', '.join(rule.environments)}{_only(rule)}" for rule in settings.modes]
    return "; ".join([*rules, f"{settings.mode} everywhere else" if rules else settings.mode]) + _MEANING


_MEANING = " (observe: no change; ask: a person approves each; auto: what policy allows is done at once)"


def _only(rule: ModeSettings) -> str:
    return f" for {', '.join(rule.severities)} incidents" if rule.severities else ""


def under_way(found: Iterable[Stored], notices: Iterable[str] = ()) -> UnderWay:
    """What is under way among these plans, the newest first."""
    waiting: dict[str, Plan] = {}
    acting = set()
    for one in found:
        if one.plan.incident is None:
            continue
        if one.state == "waiting":
            waiting.setdefault(one.plan.incident, one.plan)
        elif one.state in RUNNING:
            acting.add(one.plan.incident)
    return UnderWay(waiting, frozenset(acting), tuple(notices))


def incident(row: dict[str, Any], now: UnderWay) -> dict[str, Any]:
    """A row of `incidents`, or `explain`, with what it waits for: the id of a plan, and what that plan does."""
    waiting = now.waiting.get(row["id"])
    return row | {
        "waitingFor": waiting.id if waiting else None,
        "waitingTitle": waiting.title if waiting else None,
        "state": state(row["id"], row["state"], now),
    }


def state(identity: str, kept: str, now: UnderWay) -> str:
    """The state that is shown of an incident of which the book keeps `kept`."""
    return "acting" if kept == "open" and identity in now.acting else kept


def plan(found: Stored, actions: Sequence[Action] = (), approval: Approval | None = None) -> dict[str, Any]:
    """`plan ID -o json`: what was promised, and how far it is."""
    given = found.plan
    done = {action.number: action for action in actions}
    return {
        "id": given.id,
        "incident": given.incident,
        "requester": given.requester.name,
        "environment": given.environment,
        "digest": given.digest,
        "actions": [_step(given, number, step, done.get(number)) for number, step in enumerate(given.steps)],
        "decision": given.decision.verdict,
        "reason": given.decision.reason,
        "approvers": list(given.decision.approvers),
        "expires": given.expires,
        "state": found.state,
        "text": found.text,
        "title": given.title,
        "why": given.reason,
        "created": given.created,
        "changed": found.changed,
        "undoOf": given.undo_of,
        "overrideSeconds": given.override_seconds,
        "approval": _approval(approval) if approval else None,
    }


def dry_run(given: Plan) -> dict[str, Any]:
    """The same of a plan that is not kept: there is no id to approve it by, and nothing of it expires."""
    row = plan(Stored(given, "waiting", given.decision.reason, given.created))
    steps = [step | {"id": None} for step in row["actions"]]
    return row | {"id": None, "state": "dry-run", "expires": None, "actions": steps}


def may(given: May) -> dict[str, Any]:
    """What who looks may do with a plan that waits."""
    return {"approve": given.approve, "deny": given.deny, "breakGlass": given.break_glass, "why": given.why}


def action(done: Action) -> dict[str, Any]:
    """An action: what was done, when, and the proof that it helped."""
    built: dict[str, Any] = msgspec.to_builtins(done)
    del built["standing"]
    return built


def _step(given: Plan, number: int, step: Step, done: Action | None) -> dict[str, Any]:
    none = f"none: {step.irreversible}" if step.irreversible else ""
    return {
        "id": given.action_id(number),
        "tool": step.tool,
        "title": step.title,
        "effect": str(step.effect),
        "resource": msgspec.to_builtins(step.resource),
        "arguments": masked(step.arguments),
        "changes": [_change(change, step) for change in step.changes],
        "managedBy": step.managed.text,
        "managedAt": list(step.managed.where),
        "revertedBy": step.managed.reverted_by,
        "overwrittenBy": step.managed.overwritten_by,
        "blastRadius": msgspec.to_builtins(step.blast),
        "reversible": step.irreversible is None,
        "verify": step.success,
        "undo": none or step.undo,
        "state": done.state if done else "planned",
        "outcome": done.text if done else "",
        "watchedUntil": None,
        "proof": list(done.proof) if done else [],
    }


def _change(change: FieldChange, step: Step) -> dict[str, Any]:
    name = _name(change.path, step)
    return {"path": change.path, "before": masked(change.before, name), "after": masked(change.after, name)}


def _name(path: str, step: Step) -> str:
    """What the value is called: an environment variable's value by the name that stands beside it."""
    parent, _, last = path.rpartition("/")
    beside = next((anchor.value for anchor in step.anchors if anchor.path == f"{parent}/name"), None)
    return beside if last == "value" and isinstance(beside, str) else last.replace("~1", "/").replace("~0", "~")


def masked(value: Any, name: str = "") -> Any:
    """A JSON value without its secrets; `name` is what it is called."""
    if isinstance(value, str):
        return mask_value(name, value)
    if isinstance(value, list):
        if value and all(isinstance(item, str) for item in value):
            return list(mask_arguments(tuple(value)))
        return [masked(item, name) for item in value]
    if not isinstance(value, dict):
        return value
    own = value.get("name")
    return {key: masked(item, own if key == "value" and isinstance(own, str) else key) for key, item in value.items()}


def _approval(given: Approval) -> dict[str, Any]:
    return {
        "approver": given.approver.name,
        "role": given.role,
        "time": given.time,
        "reason": given.reason,
        "breakGlass": given.break_glass,
        "singleOperator": given.single_operator,
    }
