"""Which workload needs which Service, as their configuration says: the edges along which a fault travels."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from helmward.world.hosts import Host
from helmward.world.indexes import config_hosts, pod_spec, template_hosts, used_objects
from helmward.world.objects import Object

if TYPE_CHECKING:
    from helmward.world.lens import Lens


class Dependency(NamedTuple):
    """`workload` needs `service` (on `port`, where it says so); `place` is where it says it, `named_in` in which object."""

    workload: Object
    service: Object
    port: int | None
    place: str
    named_in: Object


def needs(lens: Lens, workload: Object) -> list[Dependency]:
    """The existing Services that a workload (or bare pod) names, each once."""
    spec = pod_spec(workload)
    if spec is None:
        return []
    named: list[tuple[Host, str, Object]] = [(host, place, workload) for host, place in template_hosts(spec).items()]
    for kind, name in sorted(set(used_objects(spec))):
        if kind == "ConfigMap" and (item := lens.get("ConfigMap", workload.namespace, name)) is not None:
            named += [(host, place, item) for host, place in config_hosts(item).items()]
    found: dict[tuple[str, str, int | None], Dependency] = {}
    for host, place, named_in in named:
        service = lens.get("Service", host.namespace or workload.namespace, host.service)
        if service is not None:
            key = (service.namespace, service.name, host.port)
            found.setdefault(key, Dependency(workload, service, host.port, place, named_in))
    return list(found.values())


def needed_by(lens: Lens, service: Object) -> list[Object]:
    """The workloads that name a Service, directly or through a ConfigMap they use."""
    found: dict[tuple[str, str, str], Object] = {}
    for item in lens.namers(service.namespace, service.name):
        users = lens.users("ConfigMap", item.namespace, item.name) if item.kind.name == "ConfigMap" else [item]
        for user in users:
            found[user.kind.name, user.namespace, user.name] = user
    return list(found.values())
