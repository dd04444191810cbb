"""Who suffers: replicas that are not ready, Services without ready endpoints, workloads that need them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from helmward.core.nouns import Finding
from helmward.explain.causes.places import Place, home
from helmward.explain.clues.phrases import names
from helmward.world.lens import Lens
from helmward.world.objects import Object

_MOST_NAMES = 5
_MOST_PARTS = 4
_WORKLOADS = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"})
_READABLE = _WORKLOADS | {"Service", "Pod"}


class Impact(NamedTuple):
    """`text` in a sentence or two; `down` if a Service under the findings has no ready pod behind it."""

    text: str
    down: bool


class Impacts:
    """Tells impacts from what `world` shows."""

    def __init__(self, world: Lens) -> None:
        self._world = world

    def of(self, findings: Iterable[Finding]) -> Impact:
        """What the objects under `findings` and what depends on them suffer now."""
        homes = dict.fromkeys(home(finding) for finding in findings)
        replicas, services = [], dict[Place, Object]()
        for kind, namespace, name in homes:
            if kind == "Node":
                replicas.append(self._on_node(name))
            elif kind == "PersistentVolumeClaim":
                replicas += sorted(_waits(user, name) for user in self._world.users(kind, namespace, name))
            item = self._world.get(kind, namespace, name) if kind in _READABLE else None
            if item is None:
                continue
            replicas.append(_replicas(item))
            for service in [item] if kind == "Service" else self._services_of(item):
                services["Service", service.namespace, service.name] = service
        parts = [part for part in replicas if part]
        more = [f"and {len(parts) - _MOST_PARTS} more workloads suffer"] if len(parts) > _MOST_PARTS else []
        # By name: in which order the world came to hold them must not show.
        reached = [services[place] for place in sorted(services)]
        dead = [service for service in reached if not self._ready(service)]
        said = [*parts[:_MOST_PARTS], *more, *self._without(dead), *self._needing(reached, homes)]
        return Impact("; ".join(said) or "No dependent workload is known.", bool(dead))

    def _on_node(self, name: str) -> str:
        count = len(self._world.pods_on(name))
        return f"Node {name} carries {count} pod{'s' * (count != 1)}" if count else ""

    def _services_of(self, item: Object) -> Iterator[Object]:
        meta = item.meta if item.kind.name == "Pod" else item.view.spec.template.metadata
        return self._world.selecting(item.namespace, meta.labels or {})

    def _ready(self, service: Object) -> bool:
        """A ready pod stands behind it; a Service that selects nothing of its own accord is not judged."""
        selector = service.view.spec.selector
        if not selector or service.view.spec.type == "ExternalName":
            return True
        pods = self._world.pods_matching(service.namespace, selector)
        if not pods and not self._world.knows("Pod"):
            return True
        return any(
            condition.type == "Ready" and condition.status == "True"
            for pod in pods
            for condition in pod.view.status.conditions
        )

    def _without(self, dead: list[Object]) -> Iterator[str]:
        if dead:
            plural = "s" * (len(dead) > 1)
            shown = names((service.name for service in dead), _MOST_NAMES)
            yield f"Service{plural} {shown} {'have' if plural else 'has'} no ready endpoint"

    def _needing(self, services: Iterable[Object], homes: Iterable[Place]) -> Iterator[str]:
        own = set(homes)
        for service in services:
            users = [
                user.name
                for user in self._world.needed_by(service)
                if (user.kind.name, user.namespace, user.name) not in own
            ]
            if users:
                yield f"{names(users, _MOST_NAMES)} need{'s' * (len(set(users)) == 1)} {service.name}"


def _waits(user: Object, claim: str) -> str:
    return f"{user.kind.name} {user.name} needs the claim {claim}"


def _replicas(item: Object) -> str:
    kind, name = item.kind.name, item.name
    if kind not in _WORKLOADS:
        return ""
    status, wanted = item.view.status, item.view.spec.replicas
    ready, wanted = (
        (status.number_ready, status.desired_number_scheduled)
        if kind == "DaemonSet"
        else (status.ready_replicas, 1 if wanted is None else wanted)
    )
    if not wanted:
        return f"{kind} {name} runs no replica"
    return f"{kind} {name} has {ready} of {wanted} replicas ready{_of_the_old(item, ready, wanted)}"


def _of_the_old(item: Object, ready: int, wanted: int) -> str:
    """All that are wanted are ready, and some only because the new version's pods are not: the old ones stay for them."""
    status = item.view.status
    if item.kind.name != "Deployment" or ready < wanted or not status.unavailable_replicas:
        return ""
    old = status.replicas - status.updated_replicas
    return (
        f", but the new version is not up: {old} pod{'s' * (old != 1)} of the old one serve{'s' * (old == 1)}"
        if old > 0
        else ""
    )
