"""What kube-apiserver's audit log records in the lab: every write, no read, and no secret's content."""

from __future__ import annotations

from typing import Any

# What is written many times a minute (heartbeats), only asks a question (reviews) or holds a credential: no bodies.
_METADATA_ONLY = [
    {"group": "", "resources": ["secrets", "serviceaccounts/token", "nodes/status", "events"]},
    {"group": "events.k8s.io"},
    {"group": "coordination.k8s.io"},
    {"group": "authentication.k8s.io"},
    {"group": "authorization.k8s.io"},
]


def policy(level: str) -> dict[str, Any]:
    """The audit.k8s.io/v1 Policy that records writes at `level`: RequestResponse keeps what was asked and answered."""
    return {
        "apiVersion": "audit.k8s.io/v1",
        "kind": "Policy",
        "omitStages": ["RequestReceived"],
        "rules": [
            {"level": "None", "verbs": ["get", "list", "watch"]},
            {"level": "None" if level == "None" else "Metadata", "resources": _METADATA_ONLY},
            {"level": level},
        ],
    }
