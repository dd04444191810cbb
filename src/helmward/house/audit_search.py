"""What administrators ask of the audit log: search, the choices of a filter, and a copy to keep."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from helmward.core.nouns import Actor
from helmward.door.audit import Entry
from helmward.door.audit.blocks import forwards, pieces
from helmward.door.audit.filter import Filter
from helmward.door.audit.search import Choices, Found, choices, matching, search
from helmward.house.auditing import since_text
from helmward.house.house import House

LOOKED_AT = 50_000
"""Records that a filter's choices come from."""

_GROWN = 1000  # records after which the choices are looked up anew
_STALE = 30.0  # seconds after which they are


class Copy(NamedTuple):
    """What is exported, chunk by chunk (blocks); `size` in bytes where it is known before."""

    chunks: Iterator[bytes]
    size: int | None


class AuditSearch:
    """One for the house."""

    def __init__(self, house: House) -> None:
        self._house, self._folder = house, house.audit.folder
        self._choices, self._sequence, self._until = Choices([], [], []), -_GROWN, 0.0
        self._looking = asyncio.Lock()

    def filter(self, fields: Mapping[str, str]) -> Filter:
        """`since` and `until` as a duration back or a time, the others as they are. Raises UsageError."""
        now = self._house.clock()
        moments = {name: since_text(fields[name], now) for name in ("since", "until") if fields.get(name)}
        return Filter(**{**fields, **moments})

    async def search(self, wanted: Filter, before: int | None, limit: int) -> Found:
        """Records that fit, newest first. Raises AuditError where the log cannot be read."""
        return await asyncio.to_thread(search, self._folder, wanted, before, limit)

    async def choices(self) -> Choices:
        """The actors, actions and outcomes of the last LOOKED_AT records; they may be half a minute old."""
        async with self._looking:
            sequence, now = self._house.audit.sequence, time.monotonic()
            if sequence - self._sequence >= _GROWN or now >= self._until:
                self._choices = await asyncio.to_thread(choices, self._folder, LOOKED_AT)
                self._sequence, self._until = sequence, now + _STALE
            return self._choices

    async def copy(self, by: Actor, after: int) -> Copy:
        """The log's own lines, commits included, from the group on that holds record `after` + 1; it ends with the record
        of this export, or later. Raises AuditError: then nothing is exported."""
        await self._exported(by, {"format": "log", "after": after})
        found = await asyncio.to_thread(pieces, self._folder, after)
        chunks = (block for piece in found for block in forwards(piece))
        return Copy(chunks, sum(piece.end - piece.start for piece in found))

    async def records(self, by: Actor, wanted: Filter, after: int) -> Copy:
        """The records after number `after` that fit, up to this export, oldest first, a line each. Raises AuditError: then
        nothing is exported."""
        asked = {name: value for name, value in wanted._asdict().items() if value}
        number = await self._exported(by, {"format": "records", "after": after, "filter": asked})
        found = matching(self._folder, wanted, after, number)
        return Copy((b"\n".join([*lines, b""]) for lines in found), None)

    async def _exported(self, by: Actor, details: dict[str, object]) -> int:
        return await self._house.audit.append(Entry(actor=by, action="audit.export", target="audit", details=details))
