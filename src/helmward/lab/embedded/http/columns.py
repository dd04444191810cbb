"""The columns of each kind (pkg/printers/internalversion/printers.go)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from helmward.lab.embedded.bodies import Body, at, is_true, meta
from helmward.lab.embedded.http.podcells import ready, restarts, since, status_of


@dataclass(frozen=True, slots=True)
class Column:
    """A column; those of priority 1 appear with `-o wide` alone."""

    name: str
    cell: Callable[[Body], Any]
    type: str = "string"
    priority: int = 0


def _at(*path: str, empty: Any = "<none>") -> Callable[[Body], Any]:
    def cell(body: Body) -> Any:
        value = at(body, *path)
        return empty if value is None or value == "" else value

    return cell


def _integer(name: str, *path: str) -> Column:
    return Column(name, _at(*path, empty=0), "integer")


def _age(body: Body) -> str:
    return since(meta(body).get("creationTimestamp"))


def _pairs(labels: Any) -> str:
    return ",".join(f"{key}={value}" for key, value in sorted((labels or {}).items())) or "<none>"


def _selector(*path: str) -> Column:
    return Column("Selector", lambda body: _pairs(at(body, *path)), priority=1)


def _containers(field: str, *path: str) -> Callable[[Body], str]:
    return lambda body: ",".join(str(item.get(field)) for item in at(body, *path, "containers") or [])


def _count(field: str) -> Callable[[Body], int]:
    return lambda body: len(body.get(field) or {})


def _service_ports(body: Body) -> str:
    def one(port: Body) -> str:
        node = f":{port['nodePort']}" if port.get("nodePort") else ""
        return f"{port.get('port')}{node}/{port.get('protocol')}"

    return ",".join(one(port) for port in at(body, "spec", "ports") or []) or "<none>"


def _node_status(body: Body) -> str:
    words = ["Ready" if is_true(body, "Ready") else "NotReady" if at(body, "status", "conditions") else "Unknown"]
    return ",".join(words + ["SchedulingDisabled"] * bool(at(body, "spec", "unschedulable")))


def _roles(body: Body) -> str:
    prefix = "node-role.kubernetes.io/"
    roles = [key.removeprefix(prefix) for key in meta(body).get("labels") or {} if key.startswith(prefix)]
    return ",".join(sorted(roles)) or "<none>"


def _address(wanted: str) -> Callable[[Body], str]:
    def cell(body: Body) -> str:
        found = (item["address"] for item in at(body, "status", "addresses") or [] if item.get("type") == wanted)
        return next(found, "<none>")

    return cell


def _event_object(body: Body) -> str:
    return f"{str(at(body, 'involvedObject', 'kind')).lower()}/{at(body, 'involvedObject', 'name')}"


def _last_seen(body: Body) -> str:
    return since(body.get("lastTimestamp") or body.get("eventTime") or body.get("firstTimestamp"))


def _job_status(body: Body) -> str:
    return next((word for word in ("Complete", "Failed", "Suspended") if is_true(body, word)), "Running")


def _completions(body: Body) -> str:
    succeeded, wanted = at(body, "status", "succeeded") or 0, at(body, "spec", "completions")
    return f"{succeeded}/{wanted if wanted is not None else '1 of ' + str(at(body, 'spec', 'parallelism'))}"


def _endpoints(body: Body) -> str:
    found = [address for endpoint in body.get("endpoints") or [] for address in endpoint.get("addresses") or []]
    return ",".join(found[:3]) + (f" + {len(found) - 3} more..." if len(found) > 3 else "") or "<unset>"


def _slice_ports(body: Body) -> str:
    return ",".join(str(port.get("port")) for port in body.get("ports") or []) or "<unset>"


_NAME = Column("Name", _at("metadata", "name"))
_AGE = Column("Age", _age)
NAME_AND_AGE = (_NAME, _AGE)
_TEMPLATE = ("spec", "template", "spec")
_WIDE = (
    Column("Containers", _containers("name", *_TEMPLATE), priority=1),
    Column("Images", _containers("image", *_TEMPLATE), priority=1),
    _selector("spec", "selector", "matchLabels"),
)

COLUMNS: dict[str, tuple[Column, ...]] = {
    "Pod": (
        _NAME,
        Column("Ready", ready),
        Column("Status", status_of),
        Column("Restarts", restarts),
        _AGE,
        Column("IP", _at("status", "podIP"), priority=1),
        Column("Node", _at("spec", "nodeName"), priority=1),
        Column("Nominated Node", _at("status", "nominatedNodeName"), priority=1),
        Column("Readiness Gates", lambda _: "<none>", priority=1),
    ),
    "Deployment": (
        _NAME,
        Column("Ready", lambda b: f"{at(b, 'status', 'readyReplicas') or 0}/{at(b, 'spec', 'replicas') or 0}"),
        _integer("Up-to-date", "status", "updatedReplicas"),
        _integer("Available", "status", "availableReplicas"),
        _AGE,
        *_WIDE,
    ),
    "ReplicaSet": (
        _NAME,
        _integer("Desired", "spec", "replicas"),
        _integer("Current", "status", "replicas"),
        _integer("Ready", "status", "readyReplicas"),
        _AGE,
        *_WIDE,
    ),
    "Service": (
        _NAME,
        Column("Type", _at("spec", "type")),
        Column("Cluster-IP", _at("spec", "clusterIP")),
        Column("External-IP", _at("spec", "externalName")),
        Column("Port(s)", _service_ports),
        _AGE,
        _selector("spec", "selector"),
    ),
    "Node": (
        _NAME,
        Column("Status", _node_status),
        Column("Roles", _roles),
        _AGE,
        Column("Version", _at("status", "nodeInfo", "kubeletVersion", empty="")),
        Column("Internal-IP", _address("InternalIP"), priority=1),
        Column("External-IP", _address("ExternalIP"), priority=1),
        Column("OS-Image", _at("status", "nodeInfo", "osImage", empty="<unknown>"), priority=1),
        Column("Kernel-Version", _at("status", "nodeInfo", "kernelVersion", empty="<unknown>"), priority=1),
        Column("Container-Runtime", _at("status", "nodeInfo", "containerRuntimeVersion", empty=""), priority=1),
    ),
    "Event": (
        Column("Last Seen", _last_seen),
        Column("Type", _at("type")),
        Column("Reason", _at("reason")),
        Column("Object", _event_object),
        Column("Subobject", _at("involvedObject", "fieldPath", empty=""), priority=1),
        Column("Source", _at("source", "component", empty=""), priority=1),
        Column("Message", lambda body: str(body.get("message") or "").strip()),
        Column("First Seen", lambda body: since(body.get("firstTimestamp")), priority=1),
        Column("Count", _at("count", empty=1), priority=1),
        Column("Name", _at("metadata", "name"), priority=1),
    ),
    "Job": (_NAME, Column("Status", _job_status), Column("Completions", _completions), _AGE, *_WIDE),
    "ConfigMap": (_NAME, Column("Data", _count("data"), "integer"), _AGE),
    "Secret": (_NAME, Column("Type", _at("type")), Column("Data", _count("data"), "integer"), _AGE),
    "Namespace": (_NAME, Column("Status", _at("status", "phase")), _AGE),
    "EndpointSlice": (
        _NAME,
        Column("AddressType", _at("addressType")),
        Column("Ports", _slice_ports),
        Column("Endpoints", _endpoints),
        _AGE,
    ),
    "PersistentVolumeClaim": (
        _NAME,
        Column("Status", _at("status", "phase")),
        Column("Volume", _at("spec", "volumeName", empty="")),
        Column("StorageClass", _at("spec", "storageClassName", empty="")),
        _AGE,
    ),
    "Lease": (_NAME, Column("Holder", _at("spec", "holderIdentity", empty="")), _AGE),
    "CronJob": (_NAME, Column("Schedule", _at("spec", "schedule")), Column("Suspend", _at("spec", "suspend")), _AGE),
}
