"""Why a controller cannot create its pods: the API server's refusal, as the controller reports it."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from helmward.core.nouns import Evidence
from helmward.explain.evidence import of_event, of_object
from helmward.world.lens import Lens
from helmward.world.objects import Object

KINDS = ("ReplicaSet", "StatefulSet", "DaemonSet", "Job", "Deployment")
READS = (*KINDS, "Event")

# Controllers repeat a failed creation after at most 1000 s (the default limit of a work queue's back-off).
_STALE = timedelta(minutes=20)


class Refusal(NamedTuple):
    """The message that the controller got, with its proof and since when."""

    message: str
    since: str | None
    proof: tuple[Evidence, ...]


def refusal(item: Object, world: Lens) -> Refusal | None:
    """Why `item` lacks pods that it wanted to create; None if it lacks none or nobody refused them."""
    if not _lacks(item):
        return None
    if item.kind.name == "Deployment" and world.owned(item, "ReplicaSet"):
        return None  # its ReplicaSets tell it themselves
    for number, condition in enumerate(item.view.status.conditions):
        if condition.type == "ReplicaFailure" and condition.status == "True" and condition.reason != "FailedDelete":
            proof = [of_object(item, f".status.conditions[{number}]", condition)]
            event = _failed(item, world)
            proof += [of_event(event)] if event else []
            message = condition.message or (event.view.message if event else "")
            return Refusal(message, condition.last_transition_time, tuple(proof))
    event = _failed(item, world)
    if event is None or not _still(item, event, world):
        return None
    since = event.view.first_timestamp or event.view.last_seen
    return Refusal(event.view.message, since, (of_event(event),))


def lacks(item: Object, world: Lens) -> bool:
    """It has fewer pods than it wants, and no object of its own below it that would tell why."""
    return _lacks(item) and not (item.kind.name == "Deployment" and world.owned(item, "ReplicaSet"))


def _lacks(item: Object) -> bool:
    spec, status = item.view.spec, item.view.status
    if item.meta.deletion_timestamp:
        return False
    if item.kind.name == "DaemonSet":
        return status.number_ready < status.desired_number_scheduled or not status.desired_number_scheduled
    if item.kind.name == "Job":
        ended = any(condition.type in ("Complete", "Failed", "SuccessCriteriaMet") for condition in status.conditions)
        return not ended and not spec.suspend and not status.active
    wanted = 1 if spec.replicas is None else spec.replicas
    return bool(status.replicas < wanted)


def _failed(item: Object, world: Lens) -> Object | None:
    failures = world.events(item, "FailedCreate")
    return failures[-1] if failures else None


def _still(item: Object, failure: Object, world: Lens) -> bool:
    """The failure is the last word: no pod was created after it, and it is not long ago."""
    when = failure.view.last_seen
    made = [event.view.last_seen or "" for event in world.events(item, "SuccessfulCreate")]
    if when and made and made[-1] > when:
        return False
    return when is None or world.recent(when, _STALE)
