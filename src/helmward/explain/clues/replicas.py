"""How many pods of a workload are ready, and how many it wants: the numbers, and as proof."""

from __future__ import annotations

from helmward.core.nouns import Evidence
from helmward.explain.evidence import of_object
from helmward.world.objects import Object


def counts(item: Object) -> tuple[int, int]:
    """(ready, wanted) pods of a workload."""
    status, spec = item.view.status, item.view.spec
    if item.kind.name == "DaemonSet":
        return status.number_ready, status.desired_number_scheduled
    return status.ready_replicas, 1 if spec.replicas is None else spec.replicas


def readiness(item: Object) -> Evidence:
    """`readyReplicas: 0 of 2`: the field that lacks, beside what is wanted; of a Job its whole status."""
    if item.kind.name in ("Job", "CronJob"):
        return of_object(item, ".status", item.view.status)
    ready, wanted = counts(item)
    field = "numberReady" if item.kind.name == "DaemonSet" else "readyReplicas"
    if ready >= wanted and item.kind.name != "DaemonSet":
        field, ready = "updatedReplicas", item.view.status.updated_replicas
    return of_object(item, f".status.{field}", f"{ready} of {wanted}")
