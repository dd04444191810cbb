"""What the admission plugins and registry strategies add when an object is created."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from helmward.lab.embedded.bodies import Body, at, meta, suffix
from helmward.lab.embedded.failures import ApiFailure, forbidden, not_found
from helmward.lab.embedded.kinds import KINDS, Served
from helmward.lab.embedded.storage.store import Store

_TOKEN_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"  # noqa: S105 - a mount path
_TOKEN_SECONDS = 3607
# DefaultTolerationSeconds: how long a pod stays on a node that does not answer.
_EVICT_AFTER = 300


def admit(store: Store, kind: Served, body: Body) -> None:
    """Complete a new object. Raises ApiFailure 403 or 404 where admission refuses it."""
    if kind.namespaced:
        _namespace_takes(store, kind, body)
    if kind.name in _ADMISSIONS:
        _ADMISSIONS[kind.name](store, body)


def _said(body: Body) -> str:
    """The name as admission knows it: names are generated after it."""
    return meta(body).get("generateName") or meta(body).get("name") or ""


def _namespace_takes(store: Store, kind: Served, body: Body) -> None:
    name = meta(body)["namespace"]
    namespace = store.get("Namespace", "", name)
    if namespace is None:
        raise not_found(KINDS["Namespace"], name)
    if at(namespace.body, "status", "phase") == "Terminating":
        why = f"unable to create new content in namespace {name} because it is being terminated"
        failure = forbidden(kind, _said(body), why)
        cause = {"reason": "NamespaceTerminating", "message": f"namespace {name} is being terminated"}
        failure.details["causes"] = [cause | {"field": "metadata.namespace"}]
        raise failure


def _pod(store: Store, body: Body) -> None:
    spec = body["spec"]
    account = spec.setdefault("serviceAccountName", "") or "default"
    spec["serviceAccountName"] = spec["serviceAccount"] = account
    found = store.get("ServiceAccount", meta(body)["namespace"], account)
    if found is None:
        namespace = meta(body)["namespace"]
        why = f'error looking up service account {namespace}/{account}: serviceaccount "{account}" not found'
        raise forbidden(KINDS["Pod"], _said(body), why)
    if spec.get("automountServiceAccountToken", found.body.get("automountServiceAccountToken")) is not False:
        _mount_token(spec)
    if not spec.get("imagePullSecrets") and found.body.get("imagePullSecrets"):
        spec["imagePullSecrets"] = list(found.body["imagePullSecrets"])
    spec.setdefault("priority", 0)
    spec.setdefault("preemptionPolicy", "PreemptLowerPriority")
    _tolerate_for_a_while(spec)
    body["status"] = {"phase": "Pending", "qosClass": quality(spec)}


def _mount_token(spec: Body) -> None:
    names = [volume.get("name", "") for volume in spec.get("volumes") or []]
    volume = next((name for name in names if name.startswith("kube-api-access-")), None)
    if volume is None:
        volume = f"kube-api-access-{suffix()}"
        spec.setdefault("volumes", []).append({"name": volume, "projected": _token_sources()})
    for container in spec["containers"] + (spec.get("initContainers") or []):
        mounts = container.get("volumeMounts") or []
        if all(mount.get("mountPath") != _TOKEN_PATH for mount in mounts):
            container["volumeMounts"] = [*mounts, {"name": volume, "readOnly": True, "mountPath": _TOKEN_PATH}]


def _token_sources() -> Body:
    namespace = {"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}
    sources = [
        {"serviceAccountToken": {"expirationSeconds": _TOKEN_SECONDS, "path": "token"}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
        {"downwardAPI": {"items": [namespace]}},
    ]
    return {"sources": sources, "defaultMode": 0o644}


def _tolerate_for_a_while(spec: Body) -> None:
    tolerations = spec.setdefault("tolerations", [])
    for key in ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"):
        if all(toleration.get("key") not in (key, None, "") for toleration in tolerations):
            extra = {"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": _EVICT_AFTER}
            tolerations.append(extra)


def quality(spec: Body) -> str:
    """The QoS class: Guaranteed, Burstable or BestEffort (pkg/apis/core/v1/helper/qos)."""
    resources = [container.get("resources") or {} for container in spec["containers"]]
    amounts = [(each.get("requests") or {}, each.get("limits") or {}) for each in resources]
    if not any(requests or limits for requests, limits in amounts):
        return "BestEffort"
    for requests, limits in amounts:
        for name in ("cpu", "memory"):
            if name not in limits or requests.get(name, limits[name]) != limits[name]:
                return "Burstable"
    return "Guaranteed"


def _service(store: Store, body: Body) -> None:
    spec = body["spec"]
    if spec.get("type") == "ExternalName":
        return
    taken = {at(service.body, "spec", "clusterIP") for service in store.shelf("Service").now()}
    if not spec.get("clusterIP"):
        spec["clusterIP"] = next(ip for ip in _cluster_ips() if ip not in taken)
    elif spec["clusterIP"] != "None" and spec["clusterIP"] in taken:
        message = f"failed to allocate IP {spec['clusterIP']}: provided IP is already allocated"
        raise ApiFailure(422, "Invalid", f'Service "{meta(body).get("name")}" is invalid: spec.clusterIPs: {message}')
    spec["clusterIPs"] = [spec["clusterIP"]]
    spec.setdefault("ipFamilies", ["IPv4"])
    spec.setdefault("ipFamilyPolicy", "SingleStack")
    if spec["type"] in ("NodePort", "LoadBalancer"):
        _node_ports(store, spec)


def _cluster_ips() -> itertools.chain[str]:
    return itertools.chain.from_iterable((f"10.96.{high}.{low}" for low in range(10, 255)) for high in range(256))


def _node_ports(store: Store, spec: Body) -> None:
    services = store.shelf("Service").now()
    taken = {port.get("nodePort") for service in services for port in at(service.body, "spec", "ports") or []}
    free = (port for port in range(30000, 32768) if port not in taken)
    for port in spec.get("ports") or []:
        if not port.get("nodePort"):
            port["nodePort"] = next(free)


def _node(store: Store, body: Body) -> None:
    labels = body["metadata"].setdefault("labels", {})
    labels.setdefault("kubernetes.io/hostname", meta(body)["name"])


def _job(store: Store, body: Body) -> None:
    """pkg/registry/batch/job/strategy.go: generateSelector, with the old label names beside the new ones."""
    spec, name, uid = body["spec"], meta(body)["name"], meta(body)["uid"]
    if spec.get("manualSelector"):
        return
    labels = spec["template"]["metadata"].setdefault("labels", {})
    labels.update({"controller-uid": uid, "job-name": name})
    labels.update({"batch.kubernetes.io/controller-uid": uid, "batch.kubernetes.io/job-name": name})
    spec["selector"] = {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}}
    body["metadata"].setdefault("labels", dict(labels))


def _daemon_set(store: Store, body: Body) -> None:
    annotations = body["metadata"].setdefault("annotations", {})
    annotations["deprecated.daemonset.template.generation"] = str(meta(body)["generation"])


def _protect(finalizer: str) -> Callable[[Store, Body], None]:
    def protected(store: Store, body: Body) -> None:
        finalizers = body["metadata"].setdefault("finalizers", [])
        if finalizer not in finalizers:
            finalizers.append(finalizer)

    return protected


_ADMISSIONS: dict[str, Callable[[Store, Body], None]] = {
    "Pod": _pod,
    "Service": _service,
    "Node": _node,
    "Job": _job,
    "DaemonSet": _daemon_set,
    "PersistentVolumeClaim": _protect("kubernetes.io/pvc-protection"),
    "PersistentVolume": _protect("kubernetes.io/pv-protection"),
}
