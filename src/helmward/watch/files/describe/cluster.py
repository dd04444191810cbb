"""Described nodes, volumes, claims, storage classes, quotas, service accounts, autoscalers, namespaces."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from helmward.core.times import format_time
from helmward.watch.files.clock import described_time
from helmward.watch.files.describe.tree import NOTHING, Node
from helmward.watch.files.shapes import integer

_GAP = re.compile(r"\s{2,}")
_REPLICAS = re.compile(r"(\d+) current / (\d+) desired")
_ACCESS = {"RWO": "ReadWriteOnce", "ROX": "ReadOnlyMany", "RWX": "ReadWriteMany", "RWOP": "ReadWriteOncePod"}
Document = dict[str, Any]


def node(root: Node, now: datetime) -> Document:
    """Taints, conditions, addresses, capacity."""
    taints = [taint for text in root.pairs("Taints") if (taint := _taint(text))]
    spec: Document = {**({"taints": taints} if taints else {})}
    if root.get("Unschedulable") == "true":
        spec["unschedulable"] = True
    status: Document = {
        "conditions": _conditions(root),
        "addresses": [{"type": inner.key, "address": inner.value} for inner in root.under("Addresses") if inner.key],
        "nodeInfo": {"kubeletVersion": next((line.value for line in root.walk() if line.key == "Kubelet Version"), "")},
    }
    for title in ("Capacity", "Allocatable"):
        if found := {inner.key: inner.value for inner in root.under(title) if inner.key}:
            status[title.lower()] = found
    return {"spec": spec, "status": status}


def claim(root: Node, now: datetime) -> Document:
    """A PersistentVolumeClaim; what it asks for is not printed, what it got is."""
    spec = {"storageClassName": root.get("StorageClass") or None, "volumeName": root.get("Volume"), **_access(root)}
    return {"spec": spec, "status": {"phase": _phase(root)}}


def volume(root: Node, now: datetime) -> Document:
    """A PersistentVolume."""
    spec: Document = {"storageClassName": root.get("StorageClass") or None, **_access(root)}
    if capacity := root.get("Capacity"):
        spec["capacity"] = {"storage": capacity}
    namespace, _, name = root.get("Claim").partition("/")
    if name:
        spec["claimRef"] = {"kind": "PersistentVolumeClaim", "namespace": namespace, "name": name}
    return {"spec": spec, "status": {"phase": _phase(root)}}


def storage_class(root: Node, now: datetime) -> Document:
    """A StorageClass; whether it is the default one is an annotation."""
    made: Document = {
        "provisioner": root.get("Provisioner"),
        "volumeBindingMode": root.get("VolumeBindingMode") or None,
    }
    if root.get("IsDefaultClass") == "Yes":
        made["metadata"] = {"annotations": {"storageclass.kubernetes.io/is-default-class": "true"}}
    return made


def quota(root: Node, now: datetime) -> Document:
    """The table `Resource  Used  Hard`."""
    hard: dict[str, str] = {}
    used: dict[str, str] = {}
    for row in (inner.text.split() for inner in root.children if not inner.key):
        if len(row) == 3 and row[0] not in ("Resource", "--------"):
            resource, used[resource], hard[resource] = row[0], row[1], row[2]
    return {"spec": {"hard": hard}, "status": {"hard": hard, "used": used}}


def service_account(root: Node, now: datetime) -> Document:
    """The names of its image pull secrets."""
    names = [text.removesuffix(" (not found)") for text in root.pairs("Image pull secrets")]
    return {"imagePullSecrets": [{"name": name} for name in names]} if names else {}


def autoscaler(root: Node, now: datetime) -> Document:
    """A HorizontalPodAutoscaler."""
    kind, _, name = root.get("Reference").partition("/")
    match = next((found for line in root.children if (found := _REPLICAS.search(line.value))), None)
    spec = {
        "scaleTargetRef": {"kind": kind, "name": name},
        "minReplicas": integer(root.get("Min replicas")),
        "maxReplicas": integer(root.get("Max replicas")),
    }
    status: Document = {"conditions": _conditions(root)}
    if match is not None:
        status |= {"currentReplicas": int(match.group(1)), "desiredReplicas": int(match.group(2))}
    return {"spec": spec, "status": status}


def namespace(root: Node, now: datetime) -> Document:
    """A Namespace's phase."""
    return {"status": {"phase": _phase(root)}}


def _phase(root: Node) -> str:
    """The phase; a volume or claim that is being deleted (`Terminating (lasts 2m)`) was bound."""
    word = root.get("Status").partition(" ")[0]
    return "Bound" if word == "Terminating" and root.child("StorageClass") is not None else word


def _access(root: Node) -> Document:
    modes = [_ACCESS.get(mode, mode) for mode in root.get("Access Modes").split(",") if mode]
    return {"accessModes": modes} if modes else {}


def _taint(text: str) -> Document | None:
    pair, _, effect = text.rpartition(":")
    key, _, value = pair.partition("=")
    return {"key": key, "effect": effect, **({"value": value} if value else {})} if key else None


def _conditions(root: Node) -> list[Document]:
    """The table `Type  Status  [LastHeartbeatTime  LastTransitionTime]  Reason  Message`."""
    lines = root.under("Conditions")
    if not lines:
        return []
    titles = _GAP.split(lines[0].text.strip())
    found = []
    for line in lines[1:]:
        cells = _GAP.split(line.text.strip(), maxsplit=len(titles) - 1)
        if len(cells) >= 2 and not cells[0].startswith("--"):
            found.append(_condition(dict(zip(titles, cells, strict=False))))
    return found


def _condition(cells: dict[str, str]) -> Document:
    made: Document = {"type": cells.get("Type", ""), "status": cells.get("Status", "")}
    for title, field in (("LastHeartbeatTime", "lastHeartbeatTime"), ("LastTransitionTime", "lastTransitionTime")):
        if (moment := described_time(cells.get(title, ""))) is not None:
            made[field] = format_time(moment)
    for title, field in (("Reason", "reason"), ("Message", "message")):
        if (value := cells.get(title, "")) not in NOTHING:
            made[field] = value
    return made
