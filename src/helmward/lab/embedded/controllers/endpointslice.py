"""Service → EndpointSlices (staging/src/k8s.io/endpointslice)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import ClassVar

from helmward.lab.embedded.bodies import Body, Key, at, encode, meta
from helmward.lab.embedded.controllers import owned
from helmward.lab.embedded.kinds import KINDS
from helmward.lab.embedded.objects.registry import Registry
from helmward.lab.embedded.objects.writer import controller
from helmward.lab.embedded.storage.shelf import Change, Stored

SERVICE = "kubernetes.io/service-name"
_MANAGED = "endpointslice.kubernetes.io/managed-by"
_MANAGER = "endpointslice-controller.k8s.io"
_HEADLESS = "service.kubernetes.io/headless"
_PER_SLICE = 100
_RETRY = 1.0  # seconds


class EndpointSliceController:
    """Keeps for each Service with a selector one slice for every set of ports its pods resolve to.

    A pod without the named port is in a slice without ports, as with the real controller: nothing reaches it.
    """

    watches: ClassVar[tuple[str, ...]] = ("Service", "Pod", "EndpointSlice")

    def __init__(self, registry: Registry) -> None:
        self._registry, self._store = registry, registry.store
        self._by = controller("endpointslice-controller")

    def keys(self, change: Change) -> Iterable[Key]:
        """The Service itself, that of a slice, or those that select a pod now or did before."""
        if change.kind == "Service":
            return [change.now.key]
        namespace = change.now.key[0]
        if change.kind == "EndpointSlice":
            labels = meta(change.now.body).get("labels") or {}
            return [(namespace, labels[SERVICE])] if labels.get(_MANAGED) == _MANAGER and SERVICE in labels else []
        pods = [item.body for item in (change.before, change.now) if item]
        services = (item for item in self._store.shelf("Service").now() if item.key[0] == namespace)
        return [item.key for item in services if any(_selects(item.body, pod) for pod in pods)]

    def sync(self, key: Key) -> float | None:
        """Make the slices of one Service those its pods call for."""
        service = self._store.get("Service", *key)
        if service is None or not at(service.body, "spec", "selector"):
            return None
        wanted = self._wanted(service.body)
        for item in self._existing(key):
            match = next((each for each in wanted if _same_ports(each, item.body)), None)
            if match is None:
                self._store.remove("EndpointSlice", item.key)
            else:
                wanted.remove(match)
                self._registry.update(KINDS["EndpointSlice"], item.key, partial(_merged, new=match), self._by)
        for each in wanted:
            self._create(service.body, each)
        pods = (item.body for item in self._store.shelf("Pod").now() if item.key[0] == key[0])
        return _RETRY if any(_selects(service.body, pod) and self._nodeless(pod) for pod in pods) else None

    def _existing(self, key: Key) -> list[Stored]:
        found = (item for item in self._store.shelf("EndpointSlice").now() if item.key[0] == key[0])
        managed = {SERVICE: key[1], _MANAGED: _MANAGER}
        return [item for item in found if managed.items() <= (meta(item.body).get("labels") or {}).items()]

    def _create(self, service: Body, content: Body) -> None:
        labels = (meta(service).get("labels") or {}) | {SERVICE: meta(service)["name"], _MANAGED: _MANAGER}
        if at(service, "spec", "clusterIP") == "None":
            labels[_HEADLESS] = ""
        metadata = {
            "generateName": f"{meta(service)['name']}-",
            "labels": labels,
            "ownerReferences": [owned.controller_ref(service)],
        }
        body = {"metadata": metadata, "addressType": "IPv4"} | content
        self._registry.create(KINDS["EndpointSlice"], meta(service)["namespace"], body, self._by)

    def _nodeless(self, pod: Body) -> bool:
        """Whether the pod's node is unknown: the real controller leaves such a pod out and tries again."""
        node = at(pod, "spec", "nodeName")
        return bool(node) and self._store.get("Node", "", node) is None

    def _wanted(self, service: Body) -> list[Body]:
        groups: dict[bytes, Body] = {}
        for item in self._store.shelf("Pod").now():
            pod = item.body
            if item.key[0] != meta(service)["namespace"] or not _selects(service, pod):
                continue
            if _reachable(pod) and not self._nodeless(pod):
                ports = _ports(service, pod)
                group = groups.setdefault(encode(ports), {"endpoints": [], "ports": ports})
                group["endpoints"].append(_endpoint(service, pod))
        chunks = [
            {"endpoints": group["endpoints"][start : start + _PER_SLICE], "ports": group["ports"]}
            for group in groups.values()
            for start in range(0, len(group["endpoints"]), _PER_SLICE)
        ]
        # Without endpoints there is one empty slice all the same; its lists are null in the API.
        return chunks or [{"endpoints": None, "ports": None}]


def _merged(body: Body, new: Body) -> Body:
    return body | new


def _same_ports(content: Body, existing: Body) -> bool:
    return bool((content["ports"] or []) == (existing.get("ports") or []))


def _selects(service: Body, pod: Body) -> bool:
    selector = at(service, "spec", "selector") or {}
    return bool(selector) and selector.items() <= (meta(pod).get("labels") or {}).items()


def _reachable(pod: Body) -> bool:
    return bool(at(pod, "status", "podIP")) and not owned.finished(pod)


def _ports(service: Body, pod: Body) -> list[Body]:
    found = []
    for port in at(service, "spec", "ports") or []:
        number = _resolved(port, pod)
        if number is not None:
            found.append({"name": port.get("name", ""), "port": number, "protocol": port.get("protocol", "TCP")})
    return found


def _resolved(port: Body, pod: Body) -> int | None:
    """The container port a Service port leads to (podutil.FindPort); None where the pod has no port of that name."""
    target = port.get("targetPort", port.get("port"))
    if isinstance(target, int):
        return target
    for container in at(pod, "spec", "containers") or []:
        for each in container.get("ports") or []:
            if each.get("name") == target and each.get("protocol", "TCP") == port.get("protocol", "TCP"):
                return int(each["containerPort"])
    return None


def _endpoint(service: Body, pod: Body) -> Body:
    going, ready = bool(meta(pod).get("deletionTimestamp")), owned.ready(pod)
    always = bool(at(service, "spec", "publishNotReadyAddresses"))
    conditions = {"ready": (ready and not going) or always, "serving": ready, "terminating": going}
    target = {"kind": "Pod", "namespace": meta(pod)["namespace"], "name": meta(pod)["name"], "uid": meta(pod)["uid"]}
    endpoint: Body = {"addresses": [at(pod, "status", "podIP")], "conditions": conditions, "targetRef": target}
    if at(pod, "spec", "nodeName"):
        endpoint["nodeName"] = at(pod, "spec", "nodeName")
    return endpoint
