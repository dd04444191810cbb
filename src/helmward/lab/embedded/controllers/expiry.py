"""Events end after an hour, as kube-apiserver's --event-ttl makes them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import ClassVar

from helmward.core.times import parse_time
from helmward.lab.embedded.bodies import Key, meta
from helmward.lab.embedded.objects.registry import Registry
from helmward.lab.embedded.storage.shelf import Change

_LIFETIME = 3600.0  # seconds since the last write


class EventExpiry:
    """Removes Events nobody has written to for an hour."""

    watches: ClassVar[tuple[str, ...]] = ("Event",)

    def __init__(self, registry: Registry) -> None:
        self._store = registry.store

    def keys(self, change: Change) -> Iterable[Key]:
        """The Event."""
        return [change.now.key] if change.type == "ADDED" else []

    def sync(self, key: Key) -> float | None:
        """Remove it, or come back when it is time."""
        found = self._store.get("Event", *key)
        if found is None:
            return None
        written = found.body.get("lastTimestamp") or meta(found.body)["creationTimestamp"]
        moment = parse_time(written) or datetime.now(UTC)
        left = _LIFETIME - (datetime.now(UTC) - moment).total_seconds()
        if left > 0:
            return left
        self._store.remove("Event", key)
        return None
