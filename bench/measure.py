"""Measures a piece of work in a process of its own: CPU seconds, wall seconds, peak memory."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")


class Figures(NamedTuple):
    """CPU and wall in seconds, peak memory in MiB, and whatever the work said of itself."""

    cpu: float
    wall: float
    peak: float
    said: dict[str, Any]


def child(function: str, *arguments: str) -> Figures:
    """Run `module:function(*arguments)` in a fresh Python; what it returns comes back as `said`."""
    module, _, name = function.partition(":")
    code = f"import json,sys; from {module} import {name}; print('\\n' + json.dumps({name}(*sys.argv[1:]) or {{}}))"
    return command(sys.executable, "-c", code, *arguments, read=True)


def command(*words: str, read: bool = False) -> Figures:
    """Run a command and account for it alone (wait4). Its last line of output is JSON if `read`."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.PIPE, env=environment)
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - started
    if process.returncode not in (0, 3):
        raise SystemExit(f"{' '.join(words)[:200]} failed with exit code {process.returncode}.")
    said = json.loads(output.strip().splitlines()[-1]) if read else {}
    return Figures(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, said)


def median(runs: int, *words: str) -> Figures:
    """The median figures of several runs of a command, after one that warms the caches."""
    command(*words)
    figures = [command(*words) for _ in range(runs)]
    cpu, wall, peak = (
        statistics.median(column) for column in zip(*((f.cpu, f.wall, f.peak) for f in figures), strict=True)
    )
    return Figures(cpu, wall, peak, {})


def median_cpu(work: Callable[[T], object], given: T) -> float:
    """CPU milliseconds of this process, after a run that warms the caches: as many runs as half a second holds, at least three
    if ten seconds hold them."""
    work(given)
    costs: list[float] = []
    begun = time.monotonic()
    while len(costs) < 200 and time.monotonic() - begun < (0.5 if len(costs) >= 3 else 10.0):
        begin = time.process_time_ns()
        work(given)
        costs.append((time.process_time_ns() - begin) / 1e6)
    return statistics.median(costs)


async def served(stack: AsyncExitStack, house: Any) -> None:
    """Serve a house until SIGTERM; the line that is printed says where, and the token of its own user."""
    from helmward.core.settings import ServerSettings
    from helmward.faces.serve import bind, serving

    address = bind(ServerSettings(port=0))
    stack.callback(address.socket.close)
    await stack.enter_async_context(serving(house, ServerSettings(port=0), address))
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    print(address.url, house.local_token, flush=True)
    await ended.wait()


def row(name: str, *cells: str) -> None:
    """One line of a table."""
    print(f"  {name:<46}" + "".join(f"{cell:>16}" for cell in cells), flush=True)


def loop_of_the_server(work: Coroutine[Any, Any, T]) -> T:
    """Run on the event loop that `helmward up` runs on."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(work)
    return uvloop.run(work)
