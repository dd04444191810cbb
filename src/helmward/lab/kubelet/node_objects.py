"""The Node and Lease objects the kubelet writes about itself (pkg/kubelet/nodestatus/setters.go)."""

from __future__ import annotations

from helmward.lab.client import Json
from helmward.lab.kubelet import words
from helmward.lab.kubelet.times import now, now_micro

ADDRESS = "127.0.0.1"
"""Where the API server reaches the kubelet's log server."""

_CAPACITY = {"cpu": "8", "memory": "16Gi", "pods": "110", "ephemeral-storage": "100Gi"}
_HEALTHY = (
    ("MemoryPressure", "False", words.ENOUGH_MEMORY),
    ("DiskPressure", "False", words.NO_DISK_PRESSURE),
    ("PIDPressure", "False", words.ENOUGH_PIDS),
    ("Ready", "True", words.READY),
)


def name(number: int) -> str:
    """`lab-node-1` …"""
    return f"lab-node-{number}"


def labels(node: str) -> dict[str, str]:
    """The labels a kubelet gives its node."""
    return {"kubernetes.io/hostname": node, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}


def node(node: str, port: int) -> Json:
    """A Node that is Ready; `port` is its kubelet's."""
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": node, "labels": labels(node)},
        "spec": {},
        "status": {
            "capacity": _CAPACITY,
            "allocatable": _CAPACITY,
            "conditions": conditions({})[0],
            "addresses": [{"type": "InternalIP", "address": ADDRESS}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": port}},
            "nodeInfo": {
                "architecture": "amd64",
                "bootID": "",
                "containerRuntimeVersion": "containerd://1.7.28",
                "kernelVersion": "6.12.0",
                "kubeProxyVersion": "",
                "kubeletVersion": "v1.34.3",
                "machineID": "",
                "operatingSystem": "linux",
                "osImage": "Debian GNU/Linux 13 (trixie)",
                "systemUUID": "",
            },
        },
    }


def conditions(current: Json) -> tuple[list[Json], bool]:
    """The conditions of a healthy node, given the Node as it is; and whether it was Ready already."""
    old = {each["type"]: each for each in current.get("status", {}).get("conditions") or []}
    found = []
    for kind, status, word in _HEALTHY:
        same = kind in old and old[kind]["status"] == status
        changed = old[kind]["lastTransitionTime"] if same else now()
        found.append(
            {
                "type": kind,
                "status": status,
                "lastHeartbeatTime": now(),
                "lastTransitionTime": changed,
                "reason": word.reason,
                "message": word.say(),
            }
        )
    return found, old.get("Ready", {}).get("status") == "True"


def lease(node: str) -> Json:
    """The node's Lease."""
    return {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"name": node, "namespace": "kube-node-lease"},
        "spec": {"holderIdentity": node, "leaseDurationSeconds": 40, "renewTime": now_micro()},
    }
