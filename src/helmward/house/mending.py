"""What can be done about an incident, and what was: for who looks at one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from helmward.core.plans import Action, Approval
from helmward.core.times import format_time, parse_time
from helmward.door.ledger import Pause
from helmward.door.store import Stored
from helmward.explain.workloads.codes import SCALED_TO_ZERO
from helmward.heal.playbook import Choice
from helmward.heal.supervisor import Supervisor
from helmward.world.book import Tracked
from helmward.world.kinds import KINDS
from helmward.world.objects import Object
from helmward.world.store import World

_STANDS = ("acted", "done")
_MOST_TRIED = 5
_SCALED = ("Deployment", "StatefulSet", "ReplicaSet")


def healing(
    supervisor: Supervisor, tracked: Tracked, paused: Pause | None, plans: Sequence[Stored] = ()
) -> dict[str, Any]:
    """Whether a playbook fits: proposing asks the same. `why`: by what it was chosen, or why there is none; `paused`: who
    stopped healing of this incident by itself, which stops no person; `tried`: the plans of the very same act, of all `plans` of
    the incident, that failed or were taken back, the newest first: `why` tells of them first."""
    choice, why = supervisor.fit(tracked)
    tried = [one for one in plans if choice is not None and _in_vain(one, choice) and supervisor.wrote(one.plan)]
    if tried:
        often = "once" if len(tried) == 1 else f"{len(tried)} times, the last time"
        why = f"Tried {often}: {tried[0].text.rstrip('.')}. {why}"
    return {
        "fits": choice is not None,
        "playbook": choice.playbook if choice else None,
        "title": choice.title if choice else None,
        "why": why,
        "mode": supervisor.mode(tracked),
        "tried": [
            {"plan": one.plan.id, "state": one.state, "at": one.changed, "text": one.text}
            for one in tried[:_MOST_TRIED]
        ],
        "paused": {"by": paused.by, "at": format_time(paused.time), "reason": paused.reason} if paused else None,
    }


def _in_vain(one: Stored, choice: Choice) -> bool:
    """The same act, as its title names it, that does not stand."""
    return one.state in ("failed", "undone") and one.plan.undo_of is None and one.plan.title == choice.title


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


def unseen(tracked: Tracked, world: World) -> str | None:
    """Why the end of an incident tells nothing, in a sentence: what it is about is gone, or had been scaled to 0 when it ended
    and still is. None of a live one, and where what ended it can be seen (that it was at 0 was itself what was wrong)."""
    about = tracked.incident.owner or tracked.incident.resource
    if tracked.state != "resolved" or about.kind not in KINDS or _is_scaled_to_zero(tracked):
        return None
    item = world.get(about.kind, about.namespace, about.name)
    if item is None:
        why = "is gone" if world.coverage.knows(about.kind) else None
    else:
        why = "is scaled to 0" if _slept(item, world, tracked.resolved) else None
    if why is None:
        return None
    return f"It is not seen any more: {about.kind} {about.name} {why}, so nothing shows whether it is mended."


def _is_scaled_to_zero(tracked: Tracked) -> bool:
    first = tracked.incident.causes[0].finding if tracked.incident.causes else ""
    return any(found.id == first and found.code == SCALED_TO_ZERO.id for found in tracked.findings)


def _slept(item: Object, world: World, ended: str | None) -> bool:
    """It wants no pod, and wanted none at that moment, as far as its changes tell."""
    if item.kind.name not in _SCALED or item.view.spec.replicas != 0:
        return False
    moment = parse_time(ended)
    scaled = (one for one in world.changes.of(item.kind.name, item.namespace, item.name) if one.path == "spec.replicas")
    known = [(when, one.after, one.before) for one in scaled if (when := parse_time(one.time)) is not None]
    if moment is None or not known:
        return True
    until = [after for when, after, _ in known if when <= moment]
    return (until[-1] if until else known[0][2]) == "0"


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
