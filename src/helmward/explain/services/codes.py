"""The codes of Services and of the routes that lead to them (HW-SVC)."""

from __future__ import annotations

from helmward.core.nouns import Severity
from helmward.explain.codes import FAULT, SUFFERS, Code

_WHY = "Whoever calls the Service gets no answer: connections are refused or time out."


def _code(
    number: int, slug: str, fix: str, certainty: float, depth: int = FAULT, severity: Severity = Severity.HIGH
) -> Code:
    return Code(f"HW-SVC-{number:03}", slug, severity, _WHY, fix, depth, certainty)


SELECTOR = _code(1, "service-selector-mismatch", "Make the Service's selector and the pods' labels agree.", 0.95)
NOT_READY = _code(
    2, "service-no-ready-endpoints", "Mend what keeps the pods behind the Service from being ready.", 0.6, SUFFERS
)
TARGET_PORT = _code(
    3, "service-target-port-mismatch", "Set targetPort to the port that the container listens on.", 0.95
)
PROTOCOL = _code(4, "service-protocol-mismatch", "Give the Service's port the protocol of the container's port.", 0.93)
CALLER_PORT = _code(
    5, "service-port-not-offered", "Call a port that the Service has, or add the port to the Service.", 0.9
)
BACKEND = _code(6, "route-backend-not-found", "Create the Service that the route names, or correct the name.", 0.95)
BACKEND_PORT = _code(7, "route-backend-port-not-found", "Name a port that the Service has.", 0.95)
EMPTY = _code(
    8,
    "service-selects-nothing",
    "Deploy what the Service should select, or delete the Service.",
    0.5,
    SUFFERS,
    Severity.LOW,
)
NOT_FOUND = _code(9, "service-not-found", "Correct the name of the Service, or create it.", 0.88)
ADDRESS = _code(10, "service-address-mismatch", "Let the variable name the Service that it is about.", 0.85)
REROUTED = _code(
    11, "route-backend-changed", "Let the route lead where its manifest says, or change the manifest.", 0.75,
    severity=Severity.MEDIUM,
)  # fmt: skip
CODES = (SELECTOR, NOT_READY, TARGET_PORT, PROTOCOL, CALLER_PORT, BACKEND, BACKEND_PORT, EMPTY, REROUTED)
