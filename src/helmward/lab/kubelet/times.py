"""Times as the kubelet writes them: RFC 3339, whole seconds, UTC."""

from __future__ import annotations

from datetime import UTC, datetime


def rfc3339(moment: datetime) -> str:
    """metav1.Time: `2026-01-31T12:00:00Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def now() -> str:
    """This second."""
    return rfc3339(datetime.now(UTC))


def now_micro() -> str:
    """metav1.MicroTime, as a Lease's renewTime has it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
