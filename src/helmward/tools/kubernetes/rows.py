"""One line about an object of any kind: what `kubectl get` would show of it."""

from __future__ import annotations

from typing import Any

from helmward.tools.kubernetes.objects import Document
from helmward.tools.kubernetes.showing import shown


def row(document: Document) -> dict[str, Any]:
    """Its names, its age and how it is doing."""
    meta = document.get("metadata") or {}
    found = {
        "apiVersion": document.get("apiVersion"),
        "kind": document.get("kind"),
        "namespace": meta.get("namespace"),
        "name": meta.get("name"),
        "created": meta.get("creationTimestamp"),
        "deleting": meta.get("deletionTimestamp"),
        "labels": meta.get("labels"),
        "state": state_of(document),
    }
    return shown({key: value for key, value in found.items() if value not in (None, {}, "")})


def state_of(document: Document) -> dict[str, Any]:
    """The few values that say how an object is doing."""
    spec, status = _map(document, "spec"), _map(document, "status")
    if document.get("kind") == "Pod":
        return _pod(spec, status)
    found = {
        "wanted": spec.get("replicas", status.get("desiredNumberScheduled")),
        "ready": status.get("readyReplicas", status.get("numberReady")),
        "updated": status.get("updatedReplicas", status.get("updatedNumberScheduled")),
        "phase": status.get("phase"),
        "type": spec.get("type") or document.get("type"),
        "schedule": spec.get("schedule"),
        "active": status.get("active") if isinstance(status.get("active"), int) else None,
        "succeeded": status.get("succeeded"),
        "failed": status.get("failed"),
        "conditions": _conditions(status),
    }
    return {key: value for key, value in found.items() if value not in (None, {}, "")}


def _pod(spec: dict[str, Any], status: dict[str, Any]) -> dict[str, Any]:
    states = [item for item in status.get("containerStatuses") or () if isinstance(item, dict)]
    waiting = [((item.get("state") or {}).get("waiting") or {}).get("reason") for item in states]
    found = {
        "phase": status.get("phase"),
        "ready": f"{sum(item.get('ready') is True for item in states)}/{len(spec.get('containers') or ())}",
        "restarts": sum(item.get("restartCount", 0) for item in states),
        "waiting": ", ".join(sorted({reason for reason in waiting if reason})),
        "node": spec.get("nodeName"),
    }
    return {key: value for key, value in found.items() if value not in (None, "")}


def _conditions(status: dict[str, Any]) -> dict[str, str]:
    conditions = status.get("conditions")
    if not isinstance(conditions, list):
        return {}
    return {str(item.get("type")): str(item.get("status")) for item in conditions if isinstance(item, dict)}


def _map(document: Document, key: str) -> dict[str, Any]:
    found = document.get(key)
    return found if isinstance(found, dict) else {}
