"""The codes of pods that no node takes (HW-SCH), in the order in which equally frequent predicates are blamed."""

from __future__ import annotations

from helmward.core.nouns import Severity
from helmward.explain.codes import EFFECT, FAULT, Code

_WHY = "The pod stays Pending: the scheduler finds no node for it, and it serves nothing until it does."


def _code(number: int, slug: str, fix: str, certainty: float = 0.9, depth: int = FAULT) -> Code:
    return Code(f"HW-SCH-{number:03}", slug, Severity.HIGH, _WHY, fix, depth, certainty)


CPU = _code(1, "insufficient-cpu", "Lower the CPU request, free some by scaling something down, or add a node.")
MEMORY = _code(
    2, "insufficient-memory", "Lower the memory request, free some by scaling something down, or add a node."
)
STORAGE = _code(
    3, "insufficient-ephemeral-storage", "Lower the ephemeral-storage request, or add a node with more disk."
)
RESOURCE = _code(
    4,
    "insufficient-extended-resource",
    "Add a node that offers the resource (its device plugin must run), or do not ask for it.",
)
PODS = _code(
    5, "too-many-pods", "Add a node, or scale something down: each node runs at most its allocatable count of pods."
)
TAINT = _code(6, "untolerated-taint", "Give the pod a toleration for the taint, or remove the taint from the node.")
SELECTOR = _code(7, "node-selector-mismatch", "Correct the pod's nodeSelector, or label a node as it asks.", 0.93)
AFFINITY = _code(8, "pod-affinity-unsatisfied", "Correct the pod affinity, or run the pods that it wants beside it.")
ANTI_AFFINITY = _code(
    9, "pod-anti-affinity-conflict", "Run fewer replicas, add nodes, or make the anti-affinity preferred, not required."
)
SPREAD = _code(
    10, "topology-spread-unsatisfied", "Add nodes to the domains that lack them, raise maxSkew, or use ScheduleAnyway."
)
UNBOUND = _code(
    11, "volume-claim-unbound", "Mend the claim: the pod is scheduled as soon as it is bound.", 0.85, EFFECT
)
VOLUME_NODE = _code(
    12, "volume-node-affinity-conflict", "Let the pod run where its volume is, or move the data to a volume elsewhere."
)
HOST_PORT = _code(
    13, "host-port-conflict", "Use another hostPort (or none: a Service), or run at most one such pod a node."
)
CORDONED = _code(14, "nodes-cordoned", "Uncordon the node when its maintenance is over, or add a node.")
NO_NODES = _code(15, "no-nodes", "Add a node to the cluster.", 0.95)
GATED = _code(16, "scheduling-gated", "Let the controller that set the gate remove it, or remove it from the pod.", 0.8)
NOT_READY = _code(17, "nodes-not-ready", "Bring the nodes back: see the finding on them.", 0.85, EFFECT)
OTHER = _code(18, "unschedulable", "Read the scheduler's sentence and mend what it names.", 0.7)
NO_SCHEDULER = _code(
    19, "scheduler-silent", "Start the scheduler that the pod's schedulerName names, or correct the name.", 0.7
)
CONTROL_PLANE = _code(
    20, "only-control-plane-nodes", "Add a worker node, or let the pod tolerate the control plane's taint.", 0.8
)
NODE_AFFINITY = _code(
    21, "node-affinity-mismatch", "Correct the pod's required node affinity, or label a node as it asks.", 0.93
)

CODES = (
    SELECTOR, NODE_AFFINITY, CPU, MEMORY, STORAGE, RESOURCE, PODS, TAINT, AFFINITY, ANTI_AFFINITY, SPREAD, UNBOUND, VOLUME_NODE,
    HOST_PORT, CORDONED, NO_NODES, GATED, NOT_READY, OTHER, NO_SCHEDULER, CONTROL_PLANE,
)  # fmt: skip
