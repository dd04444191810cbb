"""Where a fault travels from one object, and what shows that it does: configuration and evidence, never likelihood."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from helmward.core.nouns import Finding
from helmward.explain.causes.places import Place, home, place_of
from helmward.world.indexes import TEMPLATED, pod_spec
from helmward.world.kinds import KINDS
from helmward.world.lens import Lens
from helmward.world.objects import Object
from helmward.world.views import PodSpec

_USED = frozenset({"ConfigMap", "Secret", "PersistentVolumeClaim"})
_NAMES = "names it in its evidence"


class Lead(NamedTuple):
    """The fault of one object reaches `to`. `how` says what the one does with the other; `by_to`: it is `to` that does it."""

    to: Place
    how: Callable[[], str]
    by_to: bool = True
    owned: bool = False


def named_by(finding: Finding) -> dict[Place, str]:
    """What a finding points at as where it comes from: what it blames, and other objects whose change is its evidence, with
    what the evidence says of it."""
    found = {place_of(blamed): "" for blamed in finding.blames}
    for piece in finding.evidence:
        if piece.source == "change" and (place := _referred(piece.ref)) is not None:
            found[place] = found.get(place) or piece.excerpt
    own = {home(finding), place_of(finding.resource)}
    return {place: text for place, text in found.items() if place not in own}


def _referred(ref: str) -> Place | None:
    """The object that an evidence's ref begins with, as `str(Resource)` writes it."""
    kind, *rest = ref.partition(" ")[0].split("/")
    if kind not in KINDS or len(rest) != 1 + KINDS[kind].namespaced:
        return None
    return kind, rest[0] if KINDS[kind].namespaced else "", rest[-1]


class Leads:
    """The leads of one incident's findings. `world` is read at one instant."""

    def __init__(self, world: Lens, findings: Sequence[Finding]) -> None:
        self._world = world
        self._owned: dict[Place, dict[Place, None]] = {}
        self._blamers: dict[Place, dict[Place, None]] = {}
        for finding in findings:
            own = home(finding)
            if place_of(finding.resource) != own:
                self._owned.setdefault(own, {})[place_of(finding.resource)] = None
            for place in named_by(finding):
                self._blamers.setdefault(place, {})[own] = None
        self._homes = {home(finding) for finding in findings}

    def named(self, place: Place) -> Iterator[Lead]:
        """To those whose evidence names this object."""
        for blamer in self._blamers.get(place, ()):
            yield Lead(blamer, partial(self._named_how, place, blamer))

    def of(self, place: Place) -> Iterator[Lead]:
        """Everywhere; what is owned comes last."""
        item = self._world.get(*place)
        if place[0] == "Node":  # one that is gone had pods too
            yield from self._on_node(place[2])
        elif item is not None:
            yield from self._structural(item)
        yield from self.named(place)
        for owned in self._owned.get(place, ()):
            yield Lead(owned, lambda: "owns", by_to=False, owned=True)

    def _structural(self, item: Object) -> Iterator[Lead]:
        kind = item.kind.name
        if kind in TEMPLATED or kind == "Pod":
            meta = item.meta if kind == "Pod" else item.view.spec.template.metadata
            for service in _ordered(self._world.selecting(item.namespace, meta.labels or {})):
                yield Lead(_place(service), lambda: "selects")
        elif kind == "Service":
            for user in _ordered(self._world.needed_by(item)):
                yield Lead(_place(user), partial(self._call, item, user))
            yield from self._routes(item)
        elif kind in _USED:
            for user in _ordered(self._world.users(kind, item.namespace, item.name)):
                yield Lead(_place(user), partial(_use, kind, item.name, user))

    def _on_node(self, node: str) -> Iterator[Lead]:
        """The workloads of the incident that have a pod there: of the others nothing says that they suffer."""
        for pod in _ordered(self._world.pods_on(node)):
            owner = self._world.workload(pod)
            place = (owner.kind, owner.namespace, owner.name) if owner else _place(pod)
            if place in self._homes:
                yield Lead(place, partial("runs {}".format, pod.name), by_to=False)

    def _routes(self, service: Object) -> Iterator[Lead]:
        for route in _ordered(self._world.all("Ingress", service.namespace)):
            if (where := _ingress(route, service.name)) is not None:
                yield Lead(_place(route), partial("routes to ({})".format, where or "any host"))
        for route in _ordered(self._world.all("HTTPRoute")):
            if _leads_to(route, service):
                hosts = ", ".join(route.view.spec.hostnames)
                yield Lead(_place(route), partial("routes to ({})".format, hosts or "any host"))

    def _named_how(self, place: Place, blamer: Place) -> str:
        item, named = self._world.get(*blamer), self._world.get(*place)
        if item is None:
            return _NAMES
        if place[0] in _USED:
            return _use(place[0], place[2], item)
        return self._call(named, item) if named is not None and place[0] == "Service" else _NAMES

    def _call(self, service: Object, user: Object) -> str:
        for need in self._world.needs(user):
            if need.service is service:
                inside = f" of ConfigMap {need.named_in.name}" if need.named_in.kind.name == "ConfigMap" else ""
                return f"calls ({need.place}{inside})"
        return _NAMES


def _place(item: Object) -> Place:
    return item.kind.name, item.namespace, item.name


def _ordered(found: Iterable[Object]) -> list[Object]:
    """By name: in which order the world came to hold them must not show."""
    return sorted(found, key=_place)


def _use(kind: str, name: str, user: Object) -> str:
    """What a workload does with a ConfigMap, Secret or claim of its own namespace."""
    spec = pod_spec(user)
    if spec is None:
        return _NAMES
    return next(_variables(kind, name, spec), "mounts" if _mounted(kind, name, spec) else _NAMES)


def _variables(kind: str, name: str, spec: PodSpec) -> Iterator[str]:
    for container in (*spec.init_containers, *spec.containers):
        for variable in container.env:
            source = variable.value_from
            ref = source and (source.config_map_key_ref if kind == "ConfigMap" else source.secret_key_ref)
            if ref and kind != "PersistentVolumeClaim" and ref.name == name:
                yield f"reads (env {variable.name} of container {container.name})"
        for whole in container.env_from:
            given = whole.config_map_ref if kind == "ConfigMap" else whole.secret_ref
            if given and kind != "PersistentVolumeClaim" and given.name == name:
                yield f"reads (envFrom of container {container.name})"


def _mounted(kind: str, name: str, spec: PodSpec) -> bool:
    for volume in spec.volumes:
        found = {
            "ConfigMap": volume.config_map and volume.config_map.name,
            "Secret": volume.secret and volume.secret.secret_name,
            "PersistentVolumeClaim": volume.persistent_volume_claim and volume.persistent_volume_claim.claim_name,
        }
        for source in volume.projected.sources if volume.projected else ():
            part = source.config_map if kind == "ConfigMap" else source.secret if kind == "Secret" else None
            if part is not None and part.name == name:
                return True
        if found[kind] == name:
            return True
    return False


def _ingress(route: Object, service: str) -> str | None:
    """The hosts and paths that an Ingress sends to a Service; None: none; "": all."""
    spec = route.view.spec
    if spec.default_backend and spec.default_backend.service and spec.default_backend.service.name == service:
        return ""
    for rule in spec.rules:
        for path in rule.http.paths if rule.http else ():
            if path.backend.service is not None and path.backend.service.name == service:
                return f"{rule.host or ''}{path.path or ''}"
    return None


def _leads_to(route: Object, service: Object) -> bool:
    return any(
        ref.kind == "Service" and (ref.namespace or route.namespace, ref.name) == (service.namespace, service.name)
        for rule in route.view.spec.rules
        for ref in rule.backend_refs
    )
