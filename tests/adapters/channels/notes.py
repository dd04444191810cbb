"""Notifications to send."""

from typing import Any

from helmward.core.notices import Notification
from helmward.core.nouns import Owner, Severity


def note(incident: str = "inc-1", **changes: Any) -> Notification:
    values: dict[str, Any] = {
        "event": "open",
        "severity": Severity.HIGH,
        "title": "payment-service cannot pull its image",
        "namespace": "production",
        "owner": Owner(kind="Deployment", namespace="production", name="payment-service"),
        "cause": "The registry has no such tag",
        "remedy": "Correct the tag",
        "opened": "2026-01-01T00:00:00Z",
        "time": "2026-01-01T00:00:05Z",
    }
    return Notification(incident=incident, **{**values, **changes})
