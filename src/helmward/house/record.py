"""Writes incidents and changes to the state as they happen, and brings them back at the start."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from helmward.adapters.stores.records import ChangeRow, IncidentRow, Records
from helmward.core.bus import Bus
from helmward.core.errors import HelmwardError
from helmward.core.nouns import Change, short_id
from helmward.core.times import format_time, parse_time
from helmward.core.typed import decode
from helmward.guard.secrets import mask_value
from helmward.world.book import KEEP, Book, Tracked, Transition
from helmward.world.changes import KEPT_FOR, Changes

AWAY = timedelta(hours=1)
"""Back within this time, what is found at the start is news; after a longer absence nobody knows when it began."""

_GATHER = 0.2  # seconds: transitions of one burst are written together
_TIDY = timedelta(minutes=5)
_MOST_CHANGES = 50_000  # kept while the state cannot be written
_log = logging.getLogger(__name__)


def restore(records: Records, changes: Changes, now: datetime) -> Book:
    """The book as it was when the last server stopped, and the changes of the last day.

    Raises HelmwardError where a row cannot be understood.
    """
    _forget(records, now)
    try:
        for raw in records.changes(format_time(now - KEPT_FOR)):
            changes.add(decode(raw, Change))
        changes.drain()
        return Book(decode(raw, Tracked) for raw in records.incidents())
    except msgspec.DecodeError as error:
        raise HelmwardError(
            f"The state holds a record that cannot be understood ({error}); "
            "restore state.db from a backup, or choose another --data-dir."
        ) from None


def was_away(records: Records, now: datetime) -> bool:
    """True if this cluster was never watched from this state, or too long ago to know when something began."""
    last = parse_time(records.visit(format_time(now)))
    return last is None or now - last > AWAY


class _Batch(NamedTuple):
    tracked: dict[str, Tracked]
    changes: list[Change]
    tidy: datetime | None


class Recorder:
    """Follows the bus and keeps the state true to it. A write that fails is said, kept and tried again.

    `failure` is why nothing is saved now, `lost` counts the changes given up while that lasted.
    """

    def __init__(self, records: Records, changes: Changes, bus: Bus[Transition], clock: Callable[[], datetime]) -> None:
        self._records = records
        self._changes = changes
        self._clock = clock
        self._subscription = bus.subscribe(100_000)
        self._tracked: dict[str, Tracked] = {}
        self._pending: list[Change] = []
        self._tidied = clock()
        self.failure: str | None = None
        self.lost = 0

    async def run(self) -> None:
        """Until cancelled; then what is left is written."""
        try:
            while True:
                await self._gather()
                await self._write()
        except Exception as error:
            self.failure = f"Helmward itself failed here ({type(error).__name__}: {error}); start it again."
            raise
        finally:
            self._collect()
            batch = self._batch(last=True)
            self._written(batch, self._save(batch))

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
        surplus = max(0, len(self._pending) - _MOST_CHANGES)
        self.lost += surplus
        del self._pending[:surplus]

    def _keep(self, transition: Transition) -> None:
        self._tracked[transition.tracked.id] = transition.tracked

    def _batch(self, last: bool = False) -> _Batch:
        now = self._clock()
        due = last or now - self._tidied >= _TIDY
        return _Batch(dict(self._tracked), list(self._pending), now if due else None)

    async def _write(self) -> None:
        batch = self._batch()
        if not (batch.tracked or batch.changes or batch.tidy):
            return
        saving = asyncio.create_task(asyncio.to_thread(self._save, batch))
        try:
            await asyncio.shield(saving)
        finally:  # also when cancelled: the thread cannot be stopped, and the last write must come after it
            self._written(batch, await saving)

    def _save(self, batch: _Batch) -> str | None:
        """Why it could not be saved; None: it was."""
        try:
            self._records.save(
                [
                    IncidentRow(entry.id, entry.state, entry.changed, msgspec.json.encode(entry))
                    for entry in batch.tracked.values()
                ],
                [
                    ChangeRow(_identity(change), change.time, msgspec.json.encode(_masked(change)))
                    for change in batch.changes
                ],
            )
            if batch.tidy:
                self._records.visit(format_time(batch.tidy))
                _forget(self._records, batch.tidy)
        except HelmwardError as error:
            return str(error)
        return None

    def _written(self, batch: _Batch, failure: str | None) -> None:
        if failure is not None:
            if self.failure is None:
                _log.error("Incidents are not being saved: %s", failure)
            self.failure = failure
            return
        self.failure = None
        for identity, entry in batch.tracked.items():
            if self._tracked.get(identity) is entry:
                del self._tracked[identity]
        del self._pending[: len(batch.changes)]
        if batch.tidy:
            self._tidied = batch.tidy
            self._changes.expire(batch.tidy)


def _forget(records: Records, now: datetime) -> None:
    records.forget(format_time(now - KEEP), format_time(now - KEPT_FOR))


def _identity(change: Change) -> str:
    return short_id("chg", change.time, change.resource, change.path, change.before, change.after)


def _masked(change: Change) -> Change:
    """As it may lie on a disk: a value of a ConfigMap can be a password."""
    name = change.path.rpartition(".")[2].strip("[]")
    before, after = (_masked_value(name, text) for text in (change.before, change.after))
    return msgspec.structs.replace(change, before=before, after=after)


def _masked_value(name: str, text: str | None) -> str | None:
    if text is None:
        return None
    value = msgspec.json.decode(text)
    if not isinstance(value, str):
        return mask_value(name, text)
    return msgspec.json.encode(mask_value(name, value)).decode()
