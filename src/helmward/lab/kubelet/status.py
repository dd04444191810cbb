"""The pod status the kubelet writes about its containers (pkg/kubelet/kubelet_pods.go, status/generate.go)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from helmward.lab.client import Json
from helmward.lab.kubelet import words
from helmward.lab.kubelet.qos import qos_class
from helmward.lab.kubelet.records import Attempt, Record
from helmward.lab.kubelet.times import now, rfc3339

_OURS = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")


@dataclass(frozen=True, slots=True)
class Addresses:
    """The node's address, and the pod's once it has a sandbox."""

    host: str
    pod: str | None


def pod_status(
    pod: Json, init: Sequence[Record], containers: Sequence[Record], addresses: Addresses, started: str
) -> Json:
    """The whole status of `pod`; `started` is when the kubelet took it (RFC 3339)."""
    phase = pod_phase(pod, init, containers)
    status: Json = {
        "phase": phase,
        "conditions": _conditions(pod, phase, init, containers, addresses),
        "hostIP": addresses.host,
        "hostIPs": [{"ip": addresses.host}],
        "startTime": started,
        "containerStatuses": [_container(record, bool(init)) for record in sorted(containers, key=_name)],
        "qosClass": qos_class(pod["spec"]),
    }
    if addresses.pod:
        status |= {"podIP": addresses.pod, "podIPs": [{"ip": addresses.pod}]}
    if init:
        status["initContainerStatuses"] = [_container(record, True) for record in init]
    if "generation" in pod["metadata"]:
        status["observedGeneration"] = pod["metadata"]["generation"]
    return status


def pod_phase(pod: Json, init: Sequence[Record], containers: Sequence[Record]) -> str:
    """getPhase of pkg/kubelet/kubelet_pods.go, for pods without restartable init containers."""
    policy = pod["spec"].get("restartPolicy", "Always")
    if policy == "Never" and any(_failed(record) for record in init):
        return "Failed"
    if any(not initialized(record) for record in init) or any(record.current is None for record in containers):
        return "Pending"
    if any(record.current and record.current.running for record in containers):
        return "Running"
    deleted = "deletionTimestamp" in pod["metadata"]
    if policy == "Always" and not deleted:
        return "Running"
    if not any(_failed(record) for record in containers):
        return "Succeeded"
    return "Failed" if policy == "Never" or deleted else "Running"


def initialized(record: Record) -> bool:
    """Whether an init container has done its work."""
    return record.current is not None and record.current.exit is not None and record.current.exit.code == 0


def _failed(record: Record) -> bool:
    return bool(record.current and record.current.exit and record.current.exit.code)


def _name(record: Record) -> str:
    return record.name


def _conditions(
    pod: Json, phase: str, init: Sequence[Record], containers: Sequence[Record], addresses: Addresses
) -> list[Json]:
    old = {condition["type"]: condition for condition in pod.get("status", {}).get("conditions") or []}
    done, ready = _initialized(phase, init), _containers_ready(phase, containers)
    ours: list[Json] = [
        {"type": "PodReadyToStartContainers", "status": str(addresses.pod is not None and not _over(phase))},
        {"type": "Initialized", **done},
        {"type": "Ready", **ready},
        {"type": "ContainersReady", **ready},
        {"type": "PodScheduled", "status": "True"},
    ]
    generation = pod["metadata"].get("generation")
    return [old[kind] for kind in old if kind not in _OURS] + [
        _dated(condition, old.get(condition["type"]), generation) for condition in ours
    ]


def _over(phase: str) -> bool:
    return phase in ("Succeeded", "Failed")


def _dated(condition: Json, old: Json | None, generation: int | None) -> Json:
    same = old is not None and old["status"] == condition["status"]
    moment = old["lastTransitionTime"] if same and old and old.get("lastTransitionTime") else now()
    observed = {"observedGeneration": generation} if generation is not None else {}
    return {"lastProbeTime": None, "lastTransitionTime": moment, **observed, **condition}


def _initialized(phase: str, init: Sequence[Record]) -> Json:
    if phase == "Succeeded":
        return {"status": "True", "reason": words.COMPLETED.reason}
    incomplete = [record.name for record in init if not initialized(record)]
    if not incomplete:
        return {"status": "True"}
    message = words.NOT_INITIALIZED.say(names=words.go_list(incomplete))
    return {"status": "False", "reason": words.NOT_INITIALIZED.reason, "message": message}


def _containers_ready(phase: str, containers: Sequence[Record]) -> Json:
    if _over(phase):
        return {"status": "False", "reason": (words.COMPLETED if phase == "Succeeded" else words.FAILED).reason}
    unready = [record.name for record in containers if not record.ready]
    if not unready:
        return {"status": "True"}
    message = words.NOT_READY.say(names=words.go_list(unready))
    return {"status": "False", "reason": words.NOT_READY.reason, "message": message}


def _container(record: Record, has_init: bool) -> Json:
    attempt = record.current
    status: Json = {
        "name": record.name,
        "state": _state(record, has_init),
        "lastState": _last_state(record),
        "ready": initialized(record) if record.init else record.ready,
        "restartCount": record.restarts,
        "image": attempt.image.reference if attempt else record.spec["image"],
        "imageID": _image_id(attempt) if attempt else "",
        "started": record.started,
    }
    if record.spec.get("volumeMounts"):
        status["volumeMounts"] = [_mount(mount) for mount in record.spec["volumeMounts"]]
    if attempt:
        resources = record.spec.get("resources") or {}
        status |= {"containerID": attempt.id, "resources": resources}
        if "requests" in resources:
            status["allocatedResources"] = resources["requests"]
    return status


def _state(record: Record, has_init: bool) -> Json:
    attempt = record.current
    if record.waiting is not None:
        reason, message = record.waiting
        return {"waiting": {"reason": reason, **({"message": message} if message else {})}}
    if attempt is None:
        return {"waiting": {"reason": (words.INITIALIZING if has_init else words.CREATING).reason}}
    if attempt.running:
        return {"running": {"startedAt": rfc3339(attempt.started)}}
    return {"terminated": _terminated(attempt)}


def _last_state(record: Record) -> Json:
    ended = record.current if record.waiting is not None else record.previous
    return {"terminated": _terminated(ended)} if ended is not None and not ended.running else {}


def _terminated(attempt: Attempt) -> Json:
    assert attempt.exit is not None and attempt.finished is not None
    return {
        "exitCode": attempt.exit.code,
        "reason": attempt.reason,
        "startedAt": rfc3339(attempt.started),
        "finishedAt": rfc3339(attempt.finished),
        "containerID": attempt.id,
    }


def _image_id(attempt: Attempt) -> str:
    return f"{attempt.image.reference.rpartition(':')[0]}@{attempt.image.digest}"


def _mount(mount: Json) -> dict[str, Any]:
    read_only = mount.get("readOnly")
    extra = {"readOnly": True, "recursiveReadOnly": "Disabled"} if read_only else {}
    return {"name": mount["name"], "mountPath": mount["mountPath"], **extra}
