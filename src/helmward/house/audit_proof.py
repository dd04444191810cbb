"""Proves on request that the audit log is whole: one run at a time, whose result all get who asked meanwhile."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import msgspec

from helmward.core.errors import HelmwardError
from helmward.core.nouns import Actor
from helmward.core.text import one_line
from helmward.core.times import format_time
from helmward.door.audit import AuditError, Entry, verify
from helmward.door.audit.head import Head, head_path, read_head
from helmward.door.audit.segments import segments
from helmward.house.house import House

_LONGEST = 400  # characters of a problem


class AuditProof:
    """`last`: what the last run found, as POST /audit/verify answers it (None: there was none since the start)."""

    def __init__(self, house: House) -> None:
        self._house, self._folder = house, house.audit.folder
        self._running: asyncio.Task[dict[str, Any]] | None = None
        self.last: dict[str, Any] | None = None

    async def run(self, by: Actor) -> dict[str, Any]:
        """Verify the whole log and what the state says of it, and record that it was done and by whom.

        A log in which nothing can be recorded any more is verified all the same; the answer says so.
        """
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._prove())
        found = await asyncio.shield(self._running)  # who leaves takes it from nobody
        return await self._recorded(by, found)

    async def _prove(self) -> dict[str, Any]:
        began = time.monotonic()
        found = await asyncio.to_thread(proven, self._folder, self._house.key_dir)
        if found["ok"] and self._house.integrity is not None:
            found["problems"] += await self._house.integrity.look()
        problems = [one_line(sentence, _LONGEST) for sentence in found["problems"]]
        took, now = round(time.monotonic() - began, 3), format_time(self._house.clock())
        self.last = found | {"ok": not problems, "problems": problems, "took": took, "verifiedAt": now}
        return self.last

    async def _recorded(self, by: Actor, found: dict[str, Any]) -> dict[str, Any]:
        problems, details = found["problems"], {name: found[name] for name in ("records", "segments", "took")}
        entry = Entry(actor=by, action="audit.verify", target="audit", details=details)
        if problems:
            entry = msgspec.structs.replace(entry, outcome="failed", reason=problems[0])
        try:
            await self._house.audit.append(entry)
        except AuditError as error:
            self.last = found | {"ok": False, "problems": [*problems, f"This run could not be recorded: {error}"]}
            return self.last
        return found


def proven(folder: Path, key_dir: Path) -> dict[str, Any]:
    """What the log itself proves; what keeps it from being verified is a problem too. Blocks."""
    shown: dict[str, Any] = {"ok": False, "complete": False, "records": 0, "segments": 0, "lastSequence": 0}
    try:
        verdict = verify(folder, key_dir)
        head = read_head(head_path(key_dir, folder))
        count = len(segments(folder))
    except HelmwardError as error:
        return shown | {"head": None, "firstBad": None, "problems": [str(error)]}
    return {
        "ok": verdict.ok,
        "complete": verdict.complete,
        "records": verdict.records,
        "segments": count,
        "lastSequence": max(verdict.records, head.sequence if head else 0),
        "head": _head(head),
        "firstBad": verdict.first_bad,
        "problems": [] if verdict.complete else [verdict.sentence],
    }


def _head(head: Head | None) -> dict[str, Any] | None:
    return {"log": head.log, "sequence": head.sequence, "chain": head.chain} if head else None
