"""What the cluster counts: the replicas of a workload, the endpoints of a Service."""

from __future__ import annotations

from collections.abc import Iterable

from helmward.house.health.levels import ORDER
from helmward.house.health.owned import owned
from helmward.house.health.pods import Pod, health_of, read_pod
from helmward.world.indexes import label_key
from helmward.world.objects import Object
from helmward.world.selectors import matches_labels
from helmward.world.store import World

COUNTED = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"})
"""The kinds that count replicas."""

_ENDED = frozenset({"Succeeded", "Failed"})


def replicas(item: Object) -> tuple[int, int]:
    """Ready and wanted replicas of a workload."""
    status, spec = item.view.status, item.view.spec
    if item.kind.name == "DaemonSet":
        return status.number_ready, status.desired_number_scheduled
    return status.ready_replicas, 1 if spec.replicas is None else spec.replicas


def endpoints(world: World, service: Object) -> tuple[int, int]:
    """Ready endpoints of a Service, and all: the pods that it selects, or where it names no labels or pods are not read, what
    its EndpointSlices hold."""
    pods = selected(world, service)
    if pods or (service.view.spec.selector and world.coverage.knows("Pod")):
        return sum(map(_is_ready, pods)), len(pods)
    return _sliced(world, service)


def selected(world: World, service: Object) -> list[Object]:
    """The pods behind a Service: those that carry its labels, have not ended and are not being deleted."""
    labels: dict[str, str] = service.view.spec.selector or {}
    if not labels:
        return []
    found = [list(world.under(label_key(service.namespace, *pair))) for pair in labels.items()]
    if len(found) == 1:
        return [pod for pod in found[0] if _lives(pod)]
    return [pod for pod in min(found, key=len) if matches_labels(labels, pod.meta.labels) and _lives(pod)]


def worst_pod(pods: Iterable[Object]) -> Pod | None:
    """The worst pod of those that are not ready."""
    rows = [row for row in map(read_pod, pods) if row.ready < row.containers and row.status != "Completed"]
    return min(rows, key=lambda row: (ORDER[health_of(row)], row.status), default=None)


def word(worst: Pod | None) -> str:
    """` (CrashLoopBackOff)`: what keeps it from being ready; "" where its status does not say."""
    return f" ({worst.status})" if worst is not None and worst.status != "Running" else ""


def _lives(pod: Object) -> bool:
    return pod.view.metadata.deletion_timestamp is None and pod.view.status.phase not in _ENDED


def _is_ready(pod: Object) -> bool:
    for one in pod.view.status.conditions:
        if one.type == "Ready":
            return bool(one.status == "True")
    return False


def _sliced(world: World, service: Object) -> tuple[int, int]:
    """Each target once: there is a slice for each family of addresses. Without `ready` it is (discovery/v1)."""
    found: dict[str, bool] = {}
    for each in owned(world, service):
        if each.kind.name != "EndpointSlice":
            continue
        for number, one in enumerate(each.view.endpoints):
            if one.conditions is not None and one.conditions.terminating:
                continue
            target = one.target_ref.name if one.target_ref else next(iter(one.addresses), f"{each.name}/{number}")
            found[target] = found.get(target, False) or one.conditions is None or one.conditions.ready is not False
    return sum(found.values()), len(found)
