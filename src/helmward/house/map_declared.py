"""What leads where, as the configuration of the cluster declares it: Ingress → Service → workload → the Services it names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from helmward.explain.causes.places import Place
from helmward.house.health import place
from helmward.house.health.tops import is_root
from helmward.world.hosts import Host, hosts_in
from helmward.world.indexes import config_hosts, pod_spec, template_hosts, used_objects
from helmward.world.kinds import WORKLOADS
from helmward.world.lens import Lens
from helmward.world.objects import Object
from helmward.world.store import World

ENTRIES = ("Ingress", "HTTPRoute")
ROUTED = (*ENTRIES, "Service")
"""What leads to workloads."""

_KINDS = (*ROUTED, *WORKLOADS, "Pod")
_KEPT = 4096  # objects: each is read once, until it changes
_EVERYWHERE = "kube-root-ca.crt"  # admission gives it to every pod: it tells nothing apart


Edge = tuple[Place, Place]
"""What leads to what."""


def things(world: World) -> Iterator[Object]:
    """What the map shows: entries, Services, what stands at the top of a tree; of pods, those that nothing makes."""
    for kind in _KINDS:
        for item in world.all(kind):
            bare = not item.view.metadata.owner_references
            if bare or kind in ROUTED or (kind != "Pod" and is_root(world, item)):
                yield item


def edges(lens: Lens, where: Place, item: Object) -> Iterator[tuple[Edge, str]]:
    """What one of these leads to, with where that is declared; the end may not be on the map, and two may be named often."""
    for host, how in _named(lens, item):
        yield (where, ("Service", host.namespace or where[1], host.service)), how
    if where[0] == "Service":
        labels, how = _selected(item)
        for backer in lens.templated(where[1], labels):
            yield (where, place(backer)), how
    elif where[0] == "Pod":
        for service in lens.selecting(where[1], item.meta.labels or {}):
            yield (place(service), where), _selected(service)[1]


def named(lens: Lens, item: Object, service: Place) -> str:
    """Where an object names a Service; "" if it does not."""
    hosts = _named(lens, item)
    return next((how for host, how in hosts if (host.namespace or item.namespace, host.service) == service[1:]), "")


def uses(item: Object) -> dict[str, int] | None:
    """How many ConfigMaps, Secrets and claims a workload uses; None for what has no pods."""
    spec = pod_spec(item)
    if spec is None:
        return None
    counts = Counter(kind for kind, name in set(used_objects(spec)) if name != _EVERYWHERE)
    return {"configMaps": counts["ConfigMap"], "secrets": counts["Secret"], "claims": counts["PersistentVolumeClaim"]}


def _named(lens: Lens, item: Object) -> Iterator[tuple[Host, str]]:
    hosts, config_maps = _declared(item)
    yield from hosts
    for name in config_maps:
        if (config := lens.get("ConfigMap", item.namespace, name)) is not None:
            for host, key in _configured(config):
                yield host, f"{key} of ConfigMap {name}"


@lru_cache(maxsize=_KEPT)
def _selected(service: Object) -> tuple[dict[str, str], str]:
    labels: dict[str, str] = service.view.spec.selector or {}
    return labels, "selector " + ",".join(f"{key}={value}" for key, value in sorted(labels.items()))


@lru_cache(maxsize=_KEPT)
def _declared(item: Object) -> tuple[tuple[tuple[Host, str], ...], tuple[str, ...]]:
    """The hosts that an object names itself, each with where it says so, and the names of the ConfigMaps that it uses."""
    match item.kind.name:
        case "Ingress":
            return tuple(_of_ingress(item)), ()
        case "HTTPRoute":
            return tuple(_of_route(item)), ()
        case "Service":
            return tuple(_of_external_name(item)), ()
    spec = pod_spec(item)
    if spec is None:
        return (), ()
    hosts = tuple((host, how.partition(" of container ")[0]) for host, how in template_hosts(spec).items())
    return hosts, tuple(sorted({name for kind, name in used_objects(spec) if kind == "ConfigMap"}))


@lru_cache(maxsize=_KEPT)
def _configured(config: Object) -> tuple[tuple[Host, str], ...]:
    return tuple(config_hosts(config).items())


def _of_ingress(item: Object) -> Iterator[tuple[Host, str]]:
    spec = item.view.spec
    if spec.default_backend is not None and spec.default_backend.service is not None:
        yield Host(spec.default_backend.service.name, "", None), "default backend"
    for rule in spec.rules:
        for path in rule.http.paths if rule.http else ():
            if path.backend.service is not None:
                yield Host(path.backend.service.name, "", None), f"path {rule.host or '*'}{path.path or '/'}"


def _of_route(item: Object) -> Iterator[tuple[Host, str]]:
    hosts = ", ".join(item.view.spec.hostnames) or "*"
    for rule in item.view.spec.rules:
        for backend in rule.backend_refs:
            if backend.kind == "Service":
                yield Host(backend.name, backend.namespace or "", backend.port), f"route {hosts}"


def _of_external_name(item: Object) -> Iterator[tuple[Host, str]]:
    for host in hosts_in("HOST", item.view.spec.external_name or ""):
        yield host, f"externalName {item.view.spec.external_name}"
