"""What can be done about an incident, and what was: for who looks at one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from helmward.core.plans import Action, Approval
from helmward.core.times import format_time, parse_time
from helmward.door.ledger import Pause
from helmward.door.store import Stored
from helmward.heal.supervisor import Supervisor
from helmward.world.book import Tracked

_STANDS = ("acted", "done")


def healing(supervisor: Supervisor, tracked: Tracked, paused: Pause | None) -> dict[str, Any]:
    """Whether a playbook fits: proposing asks the same. `why`: by what it was chosen, or why there is none; `paused`: who
    stopped healing of this incident by itself, which stops no person."""
    choice, why = supervisor.fit(tracked)
    return {
        "fits": choice is not None,
        "playbook": choice.playbook if choice else None,
        "title": choice.title if choice else None,
        "why": why,
        "mode": supervisor.mode(tracked),
        "paused": {"by": paused.by, "at": format_time(paused.time), "reason": paused.reason} if paused else None,
    }


def mended(
    tracked: Tracked,
    plans: Iterable[Stored],
    actions: Mapping[str, Sequence[Action]],
    approvals: Mapping[str, Approval],
) -> dict[str, Any] | None:
    """The plan whose act, of those that stand, was the last before the incident ended, with its proof. None where it is not
    over, or nothing was done for it since it opened (or came back): then it ended by itself, or by somebody else's hand."""
    found = [(acted, one, action) for one, action, acted in _standing(plans, actions) if _within(tracked, acted)]
    if not found:
        return None
    _, one, last = max(found, key=lambda each: each[0])
    same = sorted((action for _, plan, action in found if plan is one), key=lambda action: -action.number)
    steps, approval = one.plan.steps, approvals.get(one.plan.id)
    return {
        "plan": one.plan.id,
        "title": one.plan.title,
        "requester": one.plan.requester.name,
        "approver": approval.approver.name if approval else None,
        "acted": last.acted,
        "proven": last.state == "done",
        "proof": list(last.proof),
        "undoable": [
            {"action": action.id, "title": steps[action.number].title, "undo": steps[action.number].undo}
            for action in same
            if one.plan.undo_of is None and steps[action.number].irreversible is None
        ],
    }


def _standing(
    plans: Iterable[Stored], actions: Mapping[str, Sequence[Action]]
) -> Iterator[tuple[Stored, Action, datetime]]:
    for one in plans:
        for action in actions.get(one.plan.id, ()):
            acted = parse_time(action.acted)
            if action.state in _STANDS and acted is not None:
                yield one, action, acted


def _within(tracked: Tracked, acted: datetime) -> bool:
    begin, end = parse_time(tracked.reopened or tracked.opened), parse_time(tracked.resolved)
    return begin is not None and end is not None and begin <= acted <= end
