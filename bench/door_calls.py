"""READ tool calls through the real door: policy, limits, and a durable audit record each; beside the same calls without it."""

from __future__ import annotations

import asyncio
import itertools
import os
import resource
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import Field

from bench.measure import child, loop_of_the_server, row
from helmward.adapters.clients.kubernetes.client import Client, Cluster
from helmward.adapters.clients.kubernetes.connection import Connection
from helmward.adapters.stores.state import State
from helmward.core.nouns import Actor
from helmward.core.settings_changes import ChangeSettings
from helmward.door.audit import AuditLog, Entry
from helmward.door.audit.durable import replace
from helmward.door.door import Door
from helmward.door.ledger import Ledger
from helmward.door.points import nothing
from helmward.door.tool import NAME, Namespaced, Page, Reading, ReadTool
from helmward.door.toolbox import Toolbox, arguments_of
from helmward.guard.secrets import mask, mask_value
from helmward.house.changing import Given, changing
from helmward.world.store import World

_CALLERS = 64
_SECONDS, _ROUNDS, _PROBES = 3.0, 3, 50
_ACTORS, _NAMESPACES = 50, 20
_SERVER = "http://127.0.0.1:9"


def run() -> None:
    """Each in a process of its own, in turn, the median of several rounds; on the disk where temporary files lie (TMPDIR)."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in _NAMES}
    for _ in range(_ROUNDS):
        for name, runs in found.items():
            runs.append(child("bench.door_calls:measured", name).said)
    row(f"{_CALLERS} callers", "calls/s", "per CPU second", "CPU ms/call", "p50 ms", "p99 ms", "disk/commit ms")
    cpu = {name: _row(_NAMES[name], runs) for name, runs in found.items()}
    row("ratio of CPU, cached / bare audit record", "", "", f"{cpu['cached'] / cpu['append']:.2f}")


def _row(title: str, runs: list[dict[str, float]]) -> float:
    """The medians as a line; that of the CPU seconds of a call."""
    median = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
    times = (f"{median[name] * 1000:.2f}" for name in ("p50", "p99", "disk"))
    row(title, f"{median['rate']:.0f}", f"{1 / median['cpu']:.0f}", f"{median['cpu'] * 1000:.3f}", *times)
    return median["cpu"]


_NAMES = {
    "without": "the same calls without the door",
    "append": "an audit record each, and nothing more",
    "cached": "through the door, decisions cached (≥ 3,000/s)",
    "new_namespace": "each in another namespace (≥ 800/s)",
    "new_actor": "each by another actor, in another namespace",
}


class _Arguments(Namespaced):
    name: str = Field(pattern=NAME, max_length=253, description="An object's name.")
    limit: int = Field(default=50, ge=1, le=500, description="How many at most.")


class NoOperation(ReadTool):
    """Finds nothing, at once: what is measured is the way to it."""

    name = "nothing_list"
    title = "List nothing"
    description = "Lists nothing."
    permission = "read"
    arguments = _Arguments

    async def read(self, arguments: _Arguments, given: Reading) -> Page:
        """An empty page."""
        return Page(text="")


class _Call(NamedTuple):
    actor: Actor
    given: dict[str, Any]


def measured(name: str) -> dict[str, float]:
    """Calls a second; CPU seconds of a call; how long one took (p50, p99), and a commit on this disk then, in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        return loop_of_the_server(_measured(Path(folder), name))


async def _measured(folder: Path, name: str) -> dict[str, float]:
    async with _door(folder) as (door, audit):
        calls, does = _CALLS[name](), _doer(name, door, audit)
        await asyncio.gather(*(does(next(calls)) for _ in range(2 * _ACTORS * _NAMESPACES)))
        waits: list[float] = []
        end = time.perf_counter() + _SECONDS
        begun, cpu = time.perf_counter(), _cpu()

        async def caller() -> None:
            while (start := time.perf_counter()) < end:
                await does(next(calls))
                waits.append(time.perf_counter() - start)
                if name == "without":
                    await asyncio.sleep(0)  # nothing in it waits, so that one caller would keep all the others out

        await asyncio.gather(*(caller() for _ in range(_CALLERS)))
        wall, cpu = time.perf_counter() - begun, _cpu() - cpu
    ranked = sorted(waits)
    p50, p99 = (ranked[int(len(ranked) * share)] for share in (0.5, 0.99))
    disk = await asyncio.to_thread(_disk, folder)
    return {"rate": len(waits) / wall, "cpu": cpu / len(waits), "p50": p50, "p99": p99, "disk": disk}


def _disk(folder: Path) -> float:
    """What the disk takes, just after, for what a commit asks of it: others may be using it. The mean, as callers feel it."""
    begun = time.perf_counter()
    with (folder / "probe").open("wb", buffering=0) as file:
        for _ in range(_PROBES):
            file.write(b"x" * 400 * _CALLERS)
            os.fsync(file.fileno())
            replace(folder / "head.json", b"x" * 200)
    return (time.perf_counter() - begun) / _PROBES


def _doer(name: str, door: Door, audit: AuditLog) -> Callable[[_Call], Awaitable[object]]:
    tool, now = NoOperation(), datetime.now(UTC)

    async def without(call: _Call) -> Page:
        reading = Reading(call.actor, door.means.reader, None, mask, now)
        return await tool.read(arguments_of(tool, call.given), reading)  # type: ignore[arg-type]

    async def append(call: _Call) -> int:
        details = {"namespace": call.given["namespace"], "arguments": call.given}
        return await audit.append(Entry(actor=call.actor, action="tool.call", target=tool.name, details=details))

    async def through(call: _Call) -> Page:
        return await door.read(call.actor, tool.name, call.given)

    return {"without": without, "append": append}.get(name, through)


def _repeating() -> Iterator[_Call]:
    """Fifty agents who look at objects in twenty namespaces, over and over; a name is new each time."""
    for number in itertools.count():
        yield _call(number % _ACTORS, number % _NAMESPACES, number)


def _new_namespaces() -> Iterator[_Call]:
    for number in itertools.count():
        yield _call(number % _ACTORS, number, number)


def _new_actors() -> Iterator[_Call]:
    for number in itertools.count():
        yield _call(number, number, number)


_CALLS = {
    "without": _repeating,
    "append": _repeating,
    "cached": _repeating,
    "new_namespace": _new_namespaces,
    "new_actor": _new_actors,
}


def _call(actor: int, namespace: int, name: int) -> _Call:
    given = {"namespace": f"team-{namespace}", "name": f"payment-{name}", "limit": 50}
    return _Call(Actor(name=f"agent-{actor}", kind="agent", roles=("requester",), token=f"tok-{actor}"), given)


def _cpu() -> float:
    """CPU seconds of all threads of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


@asynccontextmanager
async def _door(folder: Path) -> AsyncIterator[tuple[Door, AuditLog]]:
    """As the house puts it together, before a cluster that nobody asks: the tool looks at nothing."""
    data, keys = folder / "data", folder / "keys"
    data.mkdir()

    def clock() -> datetime:
        return datetime.now(UTC)

    async with AsyncExitStack() as stack:
        audit = AuditLog(data / "audit", keys, clock, mask_value)
        stack.callback(audit.close)
        state = State(data / "state.db")
        stack.callback(state.close)
        client = await stack.enter_async_context(Client(Connection(server=_SERVER, source="this benchmark"), b"k" * 32))
        given = Given(
            settings=ChangeSettings(),
            data_dir=data,
            key_dir=keys,
            audit=audit,
            ledger=Ledger(audit, clock),
            state=state,
            cluster=Cluster(client),
            server=_SERVER,
            world=World(),
            toolbox=Toolbox([NoOperation()]),
            findings=_Nothing(),
            valid=lambda actor: True,
            reached=nothing,
            tell=lambda plan, event, text: None,
        )
        yield await stack.enter_async_context(changing(given)), audit


class _Nothing:
    """What is wrong around a thing: a reading call never asks."""

    def around(self, resource: object) -> dict[str, Any]:
        return {}

    def standing(self, identities: tuple[str, ...]) -> tuple[str, ...]:
        return ()
