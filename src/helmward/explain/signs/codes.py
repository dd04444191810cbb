"""The codes of signs: checks and alerts (HW-SGN), metrics (HW-MET)."""

from __future__ import annotations

from helmward.core.nouns import Severity
from helmward.explain.codes import FAULT, GROUND, SUFFERS, Code

_SIGN = SUFFERS + 10  # a sign is never a cause: whatever is found on its object explains it
_SLOW = "Requests wait; whoever calls the workload waits with it or gives up."


def _metric(number: int, slug: str, why: str, fix: str, certainty: float, depth: int = FAULT) -> Code:
    severity = Severity.MEDIUM if depth == SUFFERS else Severity.HIGH
    return Code(f"HW-MET-{number:03}", slug, severity, why, fix, depth, certainty)


CHECK = Code(
    "HW-SGN-001", "connectivity-check-failing", Severity.MEDIUM, "The Service does not answer whoever tried it.",
    "Mend what stands between the two: the Service's endpoints, a network policy, kube-proxy, DNS.", SUFFERS, 0.5,
)  # fmt: skip
ALERT = Code(
    "HW-SGN-002", "alert-firing", Severity.MEDIUM, "An alert says that somebody may suffer from this.",
    "Look at what the alert names.", _SIGN, 0.2,
)  # fmt: skip
CPU = _metric(1, "cpu-overload", _SLOW, "Raise the CPU limit, add replicas, or find what burns it.", 0.75)
THROTTLED = _metric(2, "cpu-throttled", _SLOW, "Raise the CPU limit: the kernel holds the container back at it.", 0.85)
MEMORY = _metric(3, "memory-surge", "A container that reaches its memory limit is killed.", "Find what holds it.", 0.65)
LATENCY = _metric(4, "latency-increase", _SLOW, "See what the workload waits for.", 0.45, SUFFERS)
ERRORS = _metric(5, "error-rate-increase", "Requests fail.", "Read the workload's log.", 0.4, SUFFERS)
LOSS = _metric(
    6, "network-packet-loss", "Lost packets are sent again: calls get slow or fail, from and to whatever runs there.",
    "Mend the network interface, cable, or traffic control (tc) of the node or pod.", 0.8, GROUND,
)  # fmt: skip
DELAY = _metric(
    7, "network-delay", "Every call from and to what runs there waits for the network.",
    "Mend the network or the traffic control (tc) of the node or pod.", 0.78, GROUND,
)  # fmt: skip
DISK = _metric(8, "disk-io-surge", _SLOW, "Find what reads or writes so much, or give it a faster disk.", 0.6)
METRICS = (CPU, THROTTLED, MEMORY, LATENCY, ERRORS, LOSS, DELAY, DISK)
