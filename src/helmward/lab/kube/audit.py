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


def policy(*, bodies: bool = True) -> dict[str, Any]:
    """The audit.k8s.io/v1 Policy; `bodies` keeps each write's request and response objects, as a drill needs them."""
    return {
        "apiVersion": "audit.k8s.io/v1",
        "kind": "Policy",
        "omitStages": ["RequestReceived"],
        "rules": [
            {"level": "None", "verbs": ["get", "list", "watch"]},
            {"level": "Metadata", "resources": _METADATA_ONLY},
            {"level": "RequestResponse" if bodies else "Metadata"},
        ],
    }
