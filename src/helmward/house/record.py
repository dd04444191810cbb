"""Writes incidents and changes to the state as they happen, and brings them back at the start."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime

import msgspec

from helmward.adapters.stores.records import ChangeRow, IncidentRow, Records
from helmward.core.bus import Bus
from helmward.core.errors import HelmwardError
from helmward.core.nouns import Change, short_id
from helmward.core.times import format_time
from helmward.world.book import KEEP, Book, Tracked, Transition
from helmward.world.changes import KEPT_FOR, Changes

_GATHER = 0.2  # seconds: transitions of one burst are written together
_log = logging.getLogger(__name__)


def restore(records: Records, changes: Changes, now: datetime) -> Book:
    """The book as it was when the last server stopped, and the changes of the last day."""
    records.forget(format_time(now - KEEP))
    for raw in records.changes(format_time(now - KEPT_FOR)):
        changes.add(msgspec.json.decode(raw, type=Change))
    changes.drain()
    return Book(msgspec.json.decode(raw, type=Tracked) for raw in records.incidents())


class Recorder:
    """Follows the bus and keeps the state true to it. A write that fails is said, kept and tried again."""

    def __init__(self, records: Records, changes: Changes, bus: Bus[Transition]) -> None:
        self._records = records
        self._changes = changes
        self._subscription = bus.subscribe(100_000)
        self._tracked: dict[str, Tracked] = {}
        self._pending: list[Change] = []
        self.failure: str | None = None

    async def run(self) -> None:
        """Until cancelled; then what is left is written."""
        try:
            while True:
                await self._gather()
                await asyncio.to_thread(self._write)
        except asyncio.CancelledError:
            self._collect()
            self._write()
            raise

    async def _gather(self) -> None:
        """Wait for a transition, or a second (changes come without one), then for the rest of the burst."""
        try:
            async with asyncio.timeout(1.0):
                self._keep(await self._subscription.get())
        except TimeoutError:
            pass
        else:
            await asyncio.sleep(_GATHER)
        self._collect()

    def _collect(self) -> None:
        for transition in self._subscription.drain():
            self._keep(transition)
        self._pending += self._changes.drain()

    def _keep(self, transition: Transition) -> None:
        self._tracked[transition.tracked.id] = transition.tracked

    def _write(self) -> None:
        tracked, changes = dict(self._tracked), list(self._pending)
        try:
            self._records.save(
                [
                    IncidentRow(entry.id, entry.state, entry.changed, msgspec.json.encode(entry))
                    for entry in tracked.values()
                ],
                [ChangeRow(_identity(change), change.time, msgspec.json.encode(change)) for change in changes],
            )
        except HelmwardError as error:
            if self.failure is None:
                _log.error("Incidents are not being saved: %s", error)
            self.failure = str(error)
            return
        self.failure = None
        for identity, entry in tracked.items():
            if self._tracked.get(identity) is entry:
                del self._tracked[identity]
        del self._pending[: len(changes)]


def _identity(change: Change) -> str:
    return short_id("chg", change.time, change.resource, change.path, change.before, change.after)
