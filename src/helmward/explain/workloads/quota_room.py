"""What a ResourceQuota leaves no room for, worked out from its numbers: where no Event tells of the refusal.

A controller tells by an Event that its pod was refused; whoever applied a Service or a claim was told, but nobody else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from helmward.explain.clues.pods import title
from helmward.explain.clues.quantities import amount, shown
from helmward.explain.dependencies.wants import wants
from helmward.explain.scheduling.capacity import requested
from helmward.explain.scheduling.verdict import verdict
from helmward.world.indexes import pod_spec, template_hosts, used_objects
from helmward.world.lens import Lens
from helmward.world.objects import Object

_MAKERS = ("Deployment", "StatefulSet", "DaemonSet")
_NOT_FOUND = re.compile(r'persistentvolumeclaim "([^"]+)" not found')
_COUNTED = {
    "services": "Service", "count/services": "Service", "persistentvolumeclaims": "PersistentVolumeClaim",
    "requests.storage": "PersistentVolumeClaim", "configmaps": "ConfigMap", "count/configmaps": "ConfigMap",
    "secrets": "Secret", "count/secrets": "Secret",
}  # fmt: skip


class Full(NamedTuple):
    """A quota's resource that leaves no room; `says` its numbers."""

    quota: Object
    resource: str
    says: str


class Missed(NamedTuple):
    """An object that is wanted and is not there, and of whose kind the quota allows no more; `who` wants it."""

    kind: str
    name: str
    resource: str
    who: str


def full_for(item: Object, world: Lens) -> Iterator[Full]:
    """The quotas that leave no room for one more pod of a workload."""
    spec = item.view.spec.template.spec
    for quota in world.all("ResourceQuota", item.namespace):
        used = quota.view.status.used or {}
        for name, hard in sorted((quota.view.status.hard or {}).items()):
            wants = _wanted(name, spec)
            most, now = amount(hard), amount(used.get(name))
            if wants is not None and most is not None and now is not None and now + wants > most:
                asked = f"one pod needs {shown(name, wants)}, " if wants else ""
                yield Full(quota, name, f"{asked}used {used[name]} of {hard}")


def _wanted(name: str, spec: object) -> float | None:
    """What one pod takes of a quota's resource; None where it takes nothing that is known."""
    if name in ("pods", "count/pods"):
        return 1.0
    plain = name.removeprefix("requests.")
    if plain not in ("cpu", "memory", "ephemeral-storage"):
        return None
    # Nothing is said of a template read from a table: the least that a pod can take is something.
    return requested(spec, plain) or 1e-3  # type: ignore[arg-type]


def missed(quota: Object, world: Lens) -> Iterator[Missed]:
    """What the namespace wants and the quota's full counts of objects keep from being created."""
    hard, used = quota.view.status.hard or {}, quota.view.status.used or {}
    for name in sorted(hard):
        kind = _COUNTED.get(name.rpartition("storageclass.storage.k8s.io/")[2])
        most, now = amount(hard[name]), amount(used.get(name))
        if kind is None or most is None or now is None or now < most:
            continue
        for wanted, who in sorted(_lacking(kind, quota.namespace, world, now).items()):
            yield Missed(kind, wanted, name, who)


def _lacking(kind: str, namespace: str, world: Lens, used: float) -> dict[str, str]:
    """Name → who wants it, of the objects of a kind that workloads of the namespace name and that do not exist."""
    found = _said_missing(namespace, world) if kind == "PersistentVolumeClaim" else {}
    if world.knows(kind) or sum(1 for _ in world.all(kind, namespace)) == used:  # the quota itself counted them
        for maker in (item for each in _MAKERS for item in world.all(each, namespace)):
            for name in _named(kind, maker):
                found.setdefault(name, maker.name)
    if kind == "Service":
        found = _ours(found, namespace, world) | _unresolved(namespace, world)
    return {name: who for name, who in found.items() if world.get(kind, namespace, name) is None}


def _ours(found: dict[str, str], namespace: str, world: Lens) -> dict[str, str]:
    """A host that no Service has may be of the world outside: what was deployed or is gone is one of ours."""
    gone = {name for name in found if any(c.after == '"deleted"' for c in world.changes_of("Service", namespace, name))}
    ours = {name for name in found if world.get("Deployment", namespace, name) is not None}
    return {name: who for name, who in found.items() if name in gone | ours}


def _unresolved(namespace: str, world: Lens) -> dict[str, str]:
    """The plain names that no DNS server knows, as the logs of files say, where a Deployment has that name."""
    found: dict[str, str] = {}
    for pod in world.all("Pod", namespace) if world.holds_all_logs else ():
        said = (want.failure for log in world.logs_of(pod).values() for want in wants(log))
        for host in sorted({each.host for each in said if each is not None and each.how == "unresolved"}):
            if world.get("Deployment", namespace, host) is not None:
                found.setdefault(host, title(world, pod))
    return found


def _said_missing(namespace: str, world: Lens) -> dict[str, str]:
    """The claims of which the scheduler says that they do not exist, each with the pod that wants it."""
    found: dict[str, str] = {}
    for pod in world.all("Pod", namespace):
        said = verdict(pod, world) if not pod.view.spec.node_name and pod.view.status.phase == "Pending" else None
        for name in _NOT_FOUND.findall(said.message) if said is not None else ():
            found.setdefault(name, pod.name)
    return found


def _named(kind: str, maker: Object) -> set[str]:
    spec = pod_spec(maker)
    if spec is None:
        return set()
    if kind == "Service":
        return {host.service for host in template_hosts(spec) if host.namespace in ("", maker.namespace)}
    return {name for used, name in used_objects(spec) if used == kind}
