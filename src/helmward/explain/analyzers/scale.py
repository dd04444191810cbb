"""Workloads scaled to zero on which something depends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from helmward.core.nouns import Finding, Remedy, Severity
from helmward.core.times import parse_time
from helmward.explain.analyzer import analyzer
from helmward.explain.clues import suspects
from helmward.explain.clues.phrases import names, newest
from helmward.explain.codes import Code
from helmward.explain.evidence import of_change, of_object
from helmward.explain.workloads.codes import SCALED_TO_ZERO
from helmward.world.lens import Lens
from helmward.world.objects import Object
from helmward.world.selectors import matches_labels

# Autoscalers that scale to zero on purpose and up again on demand, by their field managers.
_ON_DEMAND = ("keda", "autoscaler", "activator", "knative")


@analyzer
class Scale:
    """Reads spec.replicas, the Services that select the pods, and who needs those Services."""

    watches: ClassVar[tuple[str, ...]] = ("Deployment", "StatefulSet")
    reads: ClassVar[tuple[str, ...]] = ("Service", "Pod", *suspects.READS)
    codes: ClassVar[tuple[Code, ...]] = (SCALED_TO_ZERO,)

    def examine(self, item: Object, world: Lens) -> Iterator[Finding]:
        """A finding if the workload wants no pod though a Service stands before it."""
        if item.view.spec.replicas != 0 or item.meta.deletion_timestamp:
            return
        services = list(_services(item, world))
        manager, time = _scaler(item)
        if not services or (manager and any(word in manager for word in _ON_DEMAND)):
            return
        needing = sorted({user.name for service in services for user in _users(service, item, world)})
        yield _finding(item, services, needing, manager, time, world)


def _services(item: Object, world: Lens) -> Iterator[Object]:
    labels = item.view.spec.template.metadata.labels
    if not labels:
        return
    for service in world.all("Service", item.namespace):
        selector = service.view.spec.selector
        if selector and matches_labels(selector, labels) and not _served_otherwise(service, world):
            yield service


def _served_otherwise(service: Object, world: Lens) -> bool:
    """Pods of another workload stand behind it (a blue and a green Deployment behind one Service)."""
    return any(
        not pod.meta.deletion_timestamp for pod in world.pods_matching(service.namespace, service.view.spec.selector)
    )


def _users(service: Object, item: Object, world: Lens) -> Iterator[Object]:
    for user in world.needed_by(service):
        own = (user.kind.name, user.namespace, user.name) == (item.kind.name, item.namespace, item.name)
        asleep = user.kind.name in ("Deployment", "StatefulSet") and user.view.spec.replicas == 0
        if not own and not asleep:
            yield user


def _scaler(item: Object) -> tuple[str | None, str | None]:
    """Who wrote the scale subresource last, and when (managedFields)."""
    entries = [entry for entry in item.meta.managed_fields if entry.subresource == "scale" and entry.time]
    latest = max(entries, key=lambda entry: entry.time or "", default=None)
    return (latest.manager, latest.time) if latest else (None, None)


def _finding(
    item: Object, services: list[Object], needing: list[str], manager: str | None, time: str | None, world: Lens
) -> Finding:
    changes = suspects.of_workload(world, item, None, r"^spec\.replicas$")
    proof = [of_object(item, ".spec.replicas", "0"), *map(of_change, changes[:1])]
    proof += [of_object(service, ".spec.selector", service.view.spec.selector or {}) for service in services[:2]]
    who = f" (scaled by {manager} at {time})" if time and not changes else ""
    before = changes[0].before if changes and changes[0].before and parse_time(changes[0].time) else None
    need = (
        f"{names(needing)} need{'s' * (len(needing) == 1)} it"
        if needing
        else f"Service {services[0].name} selects its pods"
    )
    replicas = int(before) if before and before.isdigit() and int(before) else 1
    kind = item.kind.name
    command = f"kubectl -n {item.namespace} scale {kind.lower()}/{item.name} --replicas={replicas}"
    arguments = {"kind": kind, "namespace": item.namespace, "name": item.name, "replicas": replicas}
    remedy = Remedy(
        text=f"Scale {item.name} to {replicas} again.", command=command, tool="resources_scale", arguments=arguments
    )
    return SCALED_TO_ZERO.finding(
        item, world, f"{item.name}: scaled to zero, though {need}{who}", proof, changed=newest(changes), remedies=[remedy],
        since=(changes[0].time if changes else time),
        severity=Severity.HIGH if needing else Severity.MEDIUM,
        certainty=0.97 if needing and (changes or time) else 0.9 if needing else 0.75,
    )  # fmt: skip
