"""Logs for the tests: a data folder, a key folder, and what an attacker on the data folder can do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from helmward.core.nouns import Actor
from helmward.door.audit import AuditLog, Entry
from helmward.door.audit.durable import Reached, nothing
from helmward.door.audit.head import Head, read_head
from helmward.guard.secrets import mask_value

DANA = Actor(name="dana", kind="user", roles=("admin",))
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


def entry(number: int = 0, **more: Any) -> Entry:
    return Entry(**{"actor": DANA, "action": "token.create", "target": f"tok-{number}", "reason": "needed"} | more)


def head_of(place: Place) -> Head:
    """Where the log ends, as its head says."""
    head = read_head(place.head)
    assert head is not None
    return head


class Place:
    """Where a log lies: `audit` in the data folder, the key and the head in another one."""

    def __init__(self, folder: Path) -> None:
        self.data, self.keys = folder / "data", folder / "keys"
        self.audit = self.data / "audit"
        self.data.mkdir(parents=True, exist_ok=True)
        self.keys.mkdir(exist_ok=True)

    @contextmanager
    def log(self, reached: Reached = nothing, segment_bytes: int = 2_000) -> Iterator[AuditLog]:
        log = AuditLog(self.audit, self.keys, lambda: NOW, mask_value, reached, segment_bytes)
        try:
            yield log
        finally:
            log.close()

    def fill(self, *groups: int, start: int = 1, segment_bytes: int = 2_000) -> None:
        """Groups of so many records each, in segments of a few groups."""
        from helmward.door.audit.journal import Journal
        from helmward.door.audit.record import encode

        journal = Journal(self.audit, self.keys, lambda: NOW, segment_bytes=segment_bytes)
        for size in groups:
            journal.commit([encode(entry(start + number), mask_value) for number in range(size)])
            start += size
        journal.close()

    @property
    def head(self) -> Path:
        (found,) = (self.keys / "audit").glob("*.json")
        return found

    @property
    def files(self) -> list[Path]:
        return sorted(self.audit.iterdir())
