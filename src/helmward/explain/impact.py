"""Who suffers: replicas that are not ready, Services without ready endpoints, workloads that need them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from helmward.core.nouns import Finding
from helmward.explain.join import home
from helmward.world.lens import Lens
from helmward.world.objects import Object

_MOST_NAMES = 5


class Impact(NamedTuple):
    """`text` in a sentence or two; `down` if a Service that somebody needs (or nobody can tell) has no ready endpoint."""

    text: str
    down: bool


def impact(findings: Iterable[Finding], world: Lens) -> Impact:
    """What the objects under `findings` and what depends on them suffer now."""
    findings = list(findings)
    parts: list[str] = []
    services: dict[tuple[str, str], Object] = {}
    for kind, namespace, name in dict.fromkeys(home(finding) for finding in findings):
        item = world.get(kind, namespace, name) if kind in _READABLE else None
        if item is None:
            continue
        if (replicas := _replicas(item)) is not None:
            parts.append(f"{kind} {name} has {replicas[0]} of {replicas[1]} replicas ready")
        for service in [item] if kind == "Service" else _services_of(item, world):
            services[service.namespace, service.name] = service
    dead = [service for service in services.values() if not _ready(service, world)]
    for service in dead:
        parts.append(f"Service {service.name} has no ready endpoint")
    needing = _needing(services.values(), findings, world)
    if needing:
        parts.append(f"{_names(needing)} {'needs' if len(needing) == 1 else 'need'} it")
    return Impact("; ".join(parts) or "No dependent workload is known.", bool(dead))


_READABLE = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Service"})


def _replicas(item: Object) -> tuple[int, int] | None:
    status, spec = item.view.status if item.kind.name != "Service" else None, item.view.spec
    if status is None:
        return None
    if item.kind.name == "DaemonSet":
        return status.number_ready, status.desired_number_scheduled
    return status.ready_replicas, 1 if spec.replicas is None else spec.replicas


def _services_of(workload: Object, world: Lens) -> Iterable[Object]:
    labels = workload.view.spec.template.metadata.labels or {}
    for service in world.all("Service", workload.namespace):
        selector = service.view.spec.selector
        if selector and all(labels.get(key) == value for key, value in selector.items()):
            yield service


def _ready(service: Object, world: Lens) -> bool:
    """A ready pod stands behind it; a Service that selects nothing of its own accord (no selector) is not judged."""
    selector = service.view.spec.selector
    if not selector or service.view.spec.type == "ExternalName":
        return True
    return any(
        condition.type == "Ready" and condition.status == "True"
        for pod in world.pods_matching(service.namespace, selector)
        for condition in pod.view.status.conditions
    )


def _needing(services: Iterable[Object], findings: list[Finding], world: Lens) -> list[str]:
    own = {home(finding) for finding in findings}
    found = {
        user.name
        for service in services
        for user in world.needed_by(service)
        if (user.kind.name, user.namespace, user.name) not in own
    }
    return sorted(found)


def _names(names: list[str]) -> str:
    shown = names[:_MOST_NAMES]
    rest = len(names) - len(shown)
    text = ", ".join(shown[:-1]) + (" and " if len(shown) > 1 and not rest else ", " if len(shown) > 1 else "") + shown[-1]
    return f"{text} and {rest} more" if rest else text
