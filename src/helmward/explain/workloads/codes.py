"""The codes of rollouts and scale (HW-ROL)."""

from __future__ import annotations

from helmward.core.nouns import Severity
from helmward.explain.codes import EFFECT, FAULT, Code

_BLOCKED = 40  # what keeps pods from being created follows from a fault of its own, and a stuck rollout follows from it

STUCK = Code(
    "HW-ROL-001",
    "rollout-stuck",
    Severity.HIGH,
    "The new version does not become available; the old pods, if there are any left, go on serving.",
    "Roll back, or mend what keeps the new pods from becoming ready.",
    EFFECT,
    0.75,
)
NOT_PROGRESSING = Code(
    "HW-ROL-002",
    "replicas-not-ready",
    Severity.HIGH,
    "The StatefulSet or DaemonSet does not get the pods that it should have; an ordered rollout waits for each pod.",
    "Mend what keeps the named pod from becoming ready; an ordered rollout then goes on by itself.",
    EFFECT,
    0.7,
)
CREATE_FAILED = Code(
    "HW-ROL-003",
    "replica-create-failed",
    Severity.HIGH,
    "The API server refuses to create the pods, so the workload runs fewer replicas than it should, or none.",
    "Correct what the API server's answer names.",
    _BLOCKED,
    0.85,
)
PAUSED = Code(
    "HW-ROL-004",
    "rollout-paused",
    Severity.LOW,
    "The Deployment is paused, so a change of its template is not rolled out.",
    "Resume the rollout.",
    EFFECT,
    0.8,
)
SCALED_TO_ZERO = Code(
    "HW-ROL-005",
    "scaled-to-zero",
    Severity.HIGH,
    "The workload runs no pod, and something depends on it.",
    "Scale it up again.",
    FAULT,
    0.95,
)
POD_SECURITY = Code(
    "HW-ROL-006",
    "pod-security-violated",
    Severity.HIGH,
    "The namespace enforces a Pod Security Standard that the pods violate, so none of them is created.",
    "Set the security context as the standard asks, or label the namespace with another level.",
    FAULT,
    0.95,
)
DENIED = Code(
    "HW-ROL-007",
    "admission-webhook-denied",
    Severity.HIGH,
    "An admission webhook denies the pods, so none of them is created.",
    "Change the pods as the webhook's answer says, or its policy.",
    FAULT,
    0.95,
)
WEBHOOK_DOWN = Code(
    "HW-ROL-008",
    "admission-webhook-unreachable",
    Severity.HIGH,
    "An admission webhook that must be asked does not answer, so no pod is created where it applies.",
    "Bring the webhook's Service back, or set its failurePolicy to Ignore.",
    FAULT,
    0.93,
)
CODES = (STUCK, NOT_PROGRESSING, CREATE_FAILED, PAUSED, POD_SECURITY, DENIED, WEBHOOK_DOWN)
