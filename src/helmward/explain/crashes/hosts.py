"""Which Service of the cluster a log line means, or why it means none."""

from __future__ import annotations

from difflib import get_close_matches
from typing import NamedTuple

from helmward.core.nouns import Evidence
from helmward.explain.crashes.log_hosts import Unreached
from helmward.explain.evidence import of_object
from helmward.world.hosts import hosts_in
from helmward.world.lens import Lens
from helmward.world.objects import Object


class Target(NamedTuple):
    """The Service that could not be reached, if it is one; `remark` says what it is instead."""

    service: Object | None
    remark: str = ""
    evidence: tuple[Evidence, ...] = ()


def target_of(failure: Unreached, pod: Object, world: Lens) -> Target:
    """The Service that `failure` names by its DNS name, or by an address of a Service that the workload needs."""
    if not failure.host:
        return Target(None)
    if failure.is_address:
        return _by_address(failure, pod, world)
    if failure.host in ("localhost", "ip6-localhost"):
        return Target(None, ", in its own pod")
    host = next(iter(hosts_in("HOST", failure.host)), None)
    if host is None:
        return Target(None, ", outside the cluster")
    namespace = host.namespace or pod.namespace
    service = world.get("Service", namespace, host.service)
    if service is not None:
        return Target(service, evidence=(_ports(service),))
    if host.namespace and not _is_namespace(host.namespace, failure.host, world):
        return Target(None, ", outside the cluster")
    if not world.knows("Service"):
        return Target(None)
    near = get_close_matches(host.service, [item.name for item in world.all("Service", namespace)], 1)
    return Target(None, f": no Service {host.service} in {namespace}" + (f"; did you mean {near[0]}?" if near else ""))


def _by_address(failure: Unreached, pod: Object, world: Lens) -> Target:
    workload = world.owner(pod) or pod
    for need in world.needs(workload):
        if need.service.view.spec.cluster_ip == failure.host:
            return Target(need.service, evidence=(_ports(need.service),))
    for service in () if world.needs(workload) else world.all("Service", pod.namespace):  # a table names no needs
        if service.view.spec.cluster_ip == failure.host:
            return Target(service, evidence=(_ports(service),))
    return Target(None, ", in its own pod" if failure.host.startswith("127.") else "")


def _is_namespace(name: str, host: str, world: Lens) -> bool:
    """`db.example` may be a Service in a namespace or a host of the world: the namespace, or `.svc`, decides."""
    return ".svc" in host or any(True for _ in world.all("Service", name))


def _ports(service: Object) -> Evidence:
    ports = ", ".join(f"{port.port}/{port.protocol}" for port in service.view.spec.ports)
    return of_object(service, ".spec.ports", ports)
