"""The codes of nodes (HW-NOD)."""

from __future__ import annotations

from helmward.core.nouns import Severity
from helmward.explain.codes import GROUND, Code

_DOWN = "Nothing new starts on the node, what runs there may be cut off, and its pods are evicted after five minutes."
_PRESSURE = "The kubelet evicts pods from the node, and no new ones are scheduled there."


def _code(number: int, slug: str, why: str, fix: str, certainty: float, severity: Severity = Severity.HIGH) -> Code:
    return Code(f"HW-NOD-{number:03}", slug, severity, why, fix, GROUND, certainty)


NOT_READY = _code(1, "node-not-ready", _DOWN, "Mend what the kubelet names.", 0.9)
UNREACHABLE = _code(
    2,
    "node-unreachable",
    _DOWN,
    "See whether the machine runs and reaches the API server, then restart its kubelet.",
    0.95,
)
RUNTIME = _code(3, "container-runtime-down", _DOWN, "Restart the container runtime (containerd) on the node.", 0.97)
NETWORK_PLUGIN = _code(
    4,
    "network-plugin-not-ready",
    _DOWN,
    "Bring up the CNI plugin's pod on the node; it writes the CNI configuration.",
    0.95,
)
MEMORY = _code(
    5, "node-memory-pressure", _PRESSURE, "Find the pod that uses most memory, limit it, or move pods elsewhere.", 0.9
)
DISK = _code(6, "node-disk-pressure", _PRESSURE, "Free disk on the node: images, logs, emptyDir volumes.", 0.9)
PID = _code(7, "node-pid-pressure", _PRESSURE, "Find the pod that starts so many processes and limit it.", 0.9)
NETWORK = _code(8, "node-network-unavailable", _DOWN, "Mend the node's network or its route in the cloud.", 0.9)
CORDONED = _code(
    9,
    "node-cordoned",
    "No new pod is scheduled on the node.",
    "Uncordon it when the maintenance is over.",
    0.5,
    Severity.INFO,
)
GONE = _code(
    10, "node-not-found", "The pod is bound to a node that does not exist; nothing runs it.",
    "Delete the pod, so that its controller makes a new one elsewhere.", 0.93,
)  # fmt: skip
KUBELET = _code(11, "kubelet-down", _DOWN, "Start the kubelet on the node again: systemctl restart kubelet.", 0.97)
PROXY = _code(
    12, "kube-proxy-down", "The node does not learn of changes to Services: connections from it go astray.",
    "Start kube-proxy on the node again.", 0.93,
)  # fmt: skip
SCHEDULER = _code(
    13,
    "kube-scheduler-down",
    "No new pod is given a node while no scheduler runs.",
    "Start kube-scheduler again.",
    0.95,
)
CODES = (
    RUNTIME, NETWORK_PLUGIN, KUBELET, UNREACHABLE, NOT_READY, MEMORY, DISK, PID, NETWORK, CORDONED, GONE, PROXY,
    SCHEDULER,
)  # fmt: skip
