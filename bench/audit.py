"""The audit log: durable records a second, many callers at once, beside one fsync a record; and verifying a million."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bench.measure import child, row

if TYPE_CHECKING:
    from helmward.door.audit import AuditLog, Entry

_CALLERS = 256
_SECONDS = 5.0
RECORDS = 1_000_000
_GROUP = 1000


def run() -> None:
    """On the disk where temporary files lie; name another with TMPDIR."""
    with tempfile.TemporaryDirectory() as folder:
        appending(folder, (1, 64, _CALLERS, 4 * _CALLERS))
        size = child("bench.audit:fill", folder, str(RECORDS)).said["bytes"]
        verifying(folder, size)


def appending(folder: str, callers: Sequence[int]) -> None:
    """Durable records a second, by how many append at once; and without the log."""
    row("", "records/s", "CPU µs/record", "p50 ms", "p99 ms")
    for count in callers:
        said = child("bench.audit:together", folder, str(count)).said
        cells = (f"{said['rate']:.0f}", f"{said['cpu']:.0f}", f"{said['p50']:.1f}", f"{said['p99']:.1f}")
        row(f"group-committed, {count} callers", *cells)
    rate = _one_by_one(Path(folder) / "naive.jsonl")
    row("naive: one fsync a record, no chain, no signature", f"{rate:.0f}")


def verifying(folder: str, size: int) -> None:
    """All of a long log of `size` bytes."""
    row("", "CPU s", "wall s", "peak MiB", "MB")
    verified = child("bench.audit:check", folder)
    cells = (f"{verified.cpu:.1f}", f"{verified.wall:.1f}", f"{verified.peak:.0f}", f"{size / 1e6:.0f}")
    row(f"verify {verified.said['records']:,} records", *cells)


def together(folder: str, callers: str) -> dict[str, float]:
    """Each caller appends, waits until it is durable, and appends again."""
    return asyncio.run(_together(Path(folder), int(callers)))


async def _together(folder: Path, callers: int) -> dict[str, float]:
    log, waits = _open(folder, f"log-{callers}"), list[float]()
    end = time.perf_counter() + _SECONDS

    async def caller(number: int) -> None:
        while (begun := time.perf_counter()) < end:
            await log.append(call(number))
            waits.append(time.perf_counter() - begun)

    cpu = time.process_time()
    await asyncio.gather(*(caller(number) for number in range(callers)))
    cpu = time.process_time() - cpu
    log.close()
    ranked = sorted(waits)
    p50, p99 = (ranked[int(len(ranked) * share)] * 1000 for share in (0.5, 0.99))
    return {"rate": len(waits) / _SECONDS, "cpu": cpu / len(waits) * 1e6, "p50": p50, "p99": p99}


def fill(folder: str, count: str) -> dict[str, int]:
    """A long log of tool calls, as a busy server leaves it."""
    return filled(Path(folder), int(count), call)


def filled(folder: Path, count: int, entry: Callable[[int], Entry]) -> dict[str, int]:
    """A log of these entries, in groups of 1,000: the folder is `long`, and `keys` has its key."""
    from helmward.door.audit.journal import Journal
    from helmward.door.audit.record import encode

    data = folder / "long"
    data.mkdir()
    journal = Journal(data / "audit", folder / "keys", lambda: datetime.now(UTC))
    for first in range(0, count, _GROUP):
        journal.commit([encode(entry(number), lambda _name, text: text) for number in range(first, first + _GROUP)])
    journal.close()
    return {"bytes": sum(file.stat().st_size for file in (data / "audit").iterdir())}


def check(folder: str) -> dict[str, int]:
    """Verify it."""
    from helmward.door.audit import verify

    verdict = verify(Path(folder) / "long" / "audit", Path(folder) / "keys")
    if not verdict.complete:
        raise SystemExit(verdict.sentence)
    return {"records": verdict.records}


def _open(folder: Path, name: str) -> AuditLog:
    from helmward.door.audit import AuditLog
    from helmward.guard.secrets import mask_value

    data = folder / name
    data.mkdir()
    return AuditLog(data / "audit", folder / "keys", lambda: datetime.now(UTC), mask_value)


def call(number: int) -> Entry:
    """A reading call of one of fifty agents."""
    from helmward.core.nouns import Actor
    from helmward.door.audit import Entry

    actor = Actor(name=f"agent-{number % 50}", kind="agent", roles=("requester",))
    details = {"namespace": "production", "arguments": {"name": f"payment-{number % 200}", "limit": 50}}
    return Entry(actor=actor, action="tool.call", target="pods_log", reason="looking at an incident", details=details)


def _one_by_one(path: Path) -> float:
    done, end = 0, time.perf_counter() + _SECONDS
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
    while time.perf_counter() < end:
        os.write(descriptor, b"x" * 400 + b"\n")
        os.fsync(descriptor)
        done += 1
    os.close(descriptor)
    return done / _SECONDS
