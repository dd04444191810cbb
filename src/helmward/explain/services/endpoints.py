"""A Service behind which pods stand, none of them ready: said once it is no start and no rollout any more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from helmward.core.nouns import Finding
from helmward.explain.clues.phrases import look, names
from helmward.explain.clues.pods import condition_since
from helmward.explain.evidence import of_object
from helmward.explain.services.codes import NOT_READY
from helmward.world.lens import Lens
from helmward.world.objects import Object

_STARTS = timedelta(minutes=2)
_SETTLES = timedelta(seconds=5)
_ORDINARY = frozenset({"ContainerCreating", "PodInitializing", ""})


def none_ready(service: Object, pods: list[Object], world: Lens) -> Iterator[Finding]:
    """A finding if no pod behind the Service is ready, and has not been for a moment."""
    if service.view.spec.publish_not_ready_addresses or any(_ready(pod) for pod in pods) or _in_slices(service, world):
        return
    since = max((condition_since(pod, "Ready") or "" for pod in pods), default="")
    delay = _STARTS if all(_starting(pod) for pod in pods) else _SETTLES
    if not world.elapsed(since or None, delay):
        return
    which = names(pod.name for pod in pods)
    message = f"{service.name}: no ready endpoint: none of its {len(pods)} pods is ready ({which})"
    proof = []
    for pod in pods[:3]:
        number = next((n for n, c in enumerate(pod.view.status.conditions) if c.type == "Ready"), None)
        value = pod.view.status.phase if number is None else pod.view.status.conditions[number]
        proof.append(of_object(pod, ".status.phase" if number is None else f".status.conditions[{number}]", value))
    proof.append(of_object(service, ".spec.selector", service.view.spec.selector))
    yield NOT_READY.finding(
        service, world, message, proof, remedies=[look(service, NOT_READY.fix)], since=since or None
    )


def _ready(pod: Object) -> bool:
    return any(condition.type == "Ready" and condition.status == "True" for condition in pod.view.status.conditions)


def _in_slices(service: Object, world: Lens) -> bool:
    """The endpoint controller holds one for ready (an absent `ready` means so: discovery/v1 EndpointConditions)."""
    return any(
        endpoint.conditions is None or endpoint.conditions.ready is not False
        for found in world.owned(service, "EndpointSlice")
        for endpoint in found.view.endpoints
    )


def _starting(pod: Object) -> bool:
    """It has never run into anything: no restart, nothing terminated, no waiting reason but those of a start."""
    status = pod.view.status
    for found in (*status.init_container_statuses, *status.container_statuses):
        waiting = found.state.waiting.reason if found.state and found.state.waiting else ""
        if found.restart_count or waiting not in _ORDINARY:
            return False
    return not any(condition.type == "PodScheduled" and condition.status == "False" for condition in status.conditions)
