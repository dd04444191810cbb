"""One row to one object: what a kind's columns say, in the shape of its API (printers.go of v1.34 is the source)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from helmward.watch.files.ages import time_of
from helmward.watch.files.shapes import integer, labels_of, service_port
from helmward.watch.files.tables import workloads
from helmward.watch.files.tables.columns import Row
from helmward.watch.files.tables.pods import pod

Document = dict[str, Any]
Build = Callable[[Row, datetime], Document]
_ACCESS = {"RWO": "ReadWriteOnce", "ROX": "ReadOnlyMany", "RWX": "ReadWriteMany", "RWOP": "ReadWriteOncePod"}


def build_for(kind: str) -> Build:
    """How a row of a kind is read; kinds without a reader of their own yield metadata alone."""
    return _BUILDS.get(kind, _plain)


def metadata(row: Row, name: str, namespace: str, now: datetime) -> Document:
    """Name, namespace, labels (of a `--show-labels` table) and creation time of a row."""
    made: Document = {"name": name}
    if namespace:
        made["namespace"] = namespace
    if created := time_of(row.get("AGE"), now):
        made["creationTimestamp"] = created
    if "LABELS" in row.cells:
        made["labels"] = labels_of(row.get("LABELS"))
    return made


def _plain(row: Row, now: datetime) -> Document:
    return {}


def _service(row: Row, now: datetime) -> Document:
    kind = row.get("TYPE")
    ports = [port for text in row.get("PORT(S)").split(",") if (port := service_port(text))]
    spec: Document = {"type": kind, "ports": ports}
    address = row.cells.get("CLUSTER-IP", "")
    if kind == "ExternalName":
        spec["externalName"] = row.get("EXTERNAL-IP")
    elif address:
        spec["clusterIP"] = address if address != "<none>" else "None"
    if "SELECTOR" in row.cells:
        spec["selector"] = labels_of(row.get("SELECTOR"))
    return {"spec": spec}


def _endpoints(row: Row, now: datetime) -> Document:
    pairs = [text.strip().rpartition(":") for text in row.get("ENDPOINTS").split(" + ")[0].split(",") if text.strip()]
    if not pairs:
        return {"subsets": []}
    ports = sorted({int(port) for _, _, port in pairs if port.isdigit()})
    hosts = dict.fromkeys((host or port).strip("[]") for host, _, port in pairs)
    return {"subsets": [{"addresses": [{"ip": host} for host in hosts], "ports": [{"port": port} for port in ports]}]}


def _endpoint_slice(row: Row, now: datetime) -> Document:
    addresses = [text for text in row.get("ENDPOINTS").split(" + ")[0].split(",") if text]
    ports = [{"port": int(text)} for text in row.get("PORTS").split(" + ")[0].split(",") if text.isdigit()]
    return {
        "addressType": row.get("ADDRESSTYPE"),
        "endpoints": [{"addresses": [address]} for address in addresses],
        "ports": ports,
    }


def _node(row: Row, now: datetime) -> Document:
    words = row.get("STATUS").split(",")
    ready = {"Ready": "True", "NotReady": "False"}.get(words[0], "Unknown")
    taints = [{"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}]
    cordoned = {"unschedulable": True, "taints": taints} if "SchedulingDisabled" in words else {}
    status: Document = {"conditions": [{"type": "Ready", "status": ready}]}
    if version := row.get("VERSION"):
        status["nodeInfo"] = {"kubeletVersion": version}
    if address := row.get("INTERNAL-IP"):
        status["addresses"] = [{"type": "InternalIP", "address": address}]
    return {"spec": cordoned, "status": status}


def _claim(row: Row, now: datetime) -> Document:
    spec = {"storageClassName": row.get("STORAGECLASS") or None, "volumeName": row.get("VOLUME"), **_access(row)}
    return {"spec": spec, "status": {"phase": row.get("STATUS")}}


def _volume(row: Row, now: datetime) -> Document:
    spec: Document = {"storageClassName": row.get("STORAGECLASS") or None, **_access(row)}
    if capacity := row.get("CAPACITY"):
        spec["capacity"] = {"storage": capacity}
    namespace, _, name = row.get("CLAIM").partition("/")
    if name:
        spec["claimRef"] = {"kind": "PersistentVolumeClaim", "namespace": namespace, "name": name}
    return {"spec": spec, "status": {"phase": row.get("STATUS")}}


def _access(row: Row) -> Document:
    modes = [_ACCESS.get(mode, mode) for mode in row.get("ACCESS MODES").split(",") if mode]
    return {"accessModes": modes} if modes else {}


def _namespace(row: Row, now: datetime) -> Document:
    return {"status": {"phase": row.get("STATUS")}}


def _secret(row: Row, now: datetime) -> Document:
    # DATA is only a count: the keys are unknown, which an absent `data` says and an empty one would deny.
    return {"type": row.get("TYPE"), **({"data": {}} if row.get("DATA") == "0" else {})}


def _config_map(row: Row, now: datetime) -> Document:
    return {"data": {}} if row.get("DATA") == "0" else {}


def _ingress(row: Row, now: datetime) -> Document:
    hosts = [host for host in row.get("HOSTS").split(" + ")[0].split(",") if host and host != "*"]
    return {"spec": {"ingressClassName": row.get("CLASS") or None, "rules": [{"host": host} for host in hosts]}}


def _storage_class(row: Row, now: datetime) -> Document:
    return {"provisioner": row.get("PROVISIONER"), "volumeBindingMode": row.get("VOLUMEBINDINGMODE") or None}


def _autoscaler(row: Row, now: datetime) -> Document:
    kind, _, name = row.get("REFERENCE").partition("/")
    spec = {
        "scaleTargetRef": {"kind": kind, "name": name},
        "minReplicas": integer(row.get("MINPODS")),
        "maxReplicas": integer(row.get("MAXPODS")),
    }
    return {"spec": spec, "status": {"currentReplicas": integer(row.get("REPLICAS"))}}


def _quota(row: Row, now: datetime) -> Document:
    hard: dict[str, str] = {}
    used: dict[str, str] = {}
    for resource, value, limit in _amounts(f"{row.get('REQUEST')}, {row.get('LIMIT')}"):
        used[resource], hard[resource] = value, limit
    return {"spec": {"hard": hard}, "status": {"hard": hard, "used": used}}


def _amounts(text: str) -> Iterator[tuple[str, str, str]]:
    """`pods: 3/4, requests.cpu: 1/2`: (resource, used, hard)."""
    yield from re.findall(r"([\w./-]+): ([^/,\s]+)/([^,\s]+)", text)


_BUILDS: dict[str, Build] = {
    "Pod": pod,
    "Deployment": workloads.deployment,
    "ReplicaSet": workloads.replica_set,
    "StatefulSet": workloads.stateful_set,
    "DaemonSet": workloads.daemon_set,
    "Job": workloads.job,
    "CronJob": workloads.cron_job,
    "Service": _service,
    "Endpoints": _endpoints,
    "EndpointSlice": _endpoint_slice,
    "Node": _node,
    "PersistentVolumeClaim": _claim,
    "PersistentVolume": _volume,
    "Namespace": _namespace,
    "Secret": _secret,
    "ConfigMap": _config_map,
    "Ingress": _ingress,
    "StorageClass": _storage_class,
    "HorizontalPodAutoscaler": _autoscaler,
    "ResourceQuota": _quota,
}
