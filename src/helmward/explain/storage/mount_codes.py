"""The codes of volumes that cannot be attached or mounted (HW-VOL), and of pods without a sandbox."""

from __future__ import annotations

from helmward.core.nouns import Severity
from helmward.explain.codes import Code

_WHY = "The kubelet starts no container of the pod before its volumes are there; the pod serves nothing."

DENIED = Code(
    "HW-VOL-001", "volume-mount-denied", Severity.HIGH, _WHY,
    "Give the node or the pod's user the right to the path or the export (owner, mode, fsGroup, NFS export options).",
    certainty=0.93,
)  # fmt: skip
FAILED = Code(
    "HW-VOL-002", "volume-mount-failed", Severity.HIGH, _WHY, "Mend what the kubelet's message names.", certainty=0.88
)
ATTACH = Code(
    "HW-VOL-003", "volume-attach-failed", Severity.HIGH, _WHY,
    "Free the volume from the node that still holds it, or mend what the driver's message names.", certainty=0.9,
)  # fmt: skip
SANDBOX = Code(
    "HW-POD-016", "pod-sandbox-failed", Severity.HIGH,
    "Without its sandbox (network and namespaces) no container of the pod is started.",
    "Mend the node's network plugin or container runtime, which the message names.", certainty=0.85,
)  # fmt: skip
CODES = (DENIED, FAILED, ATTACH, SANDBOX)
