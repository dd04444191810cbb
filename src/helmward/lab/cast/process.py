"""A simulated process: a program, the box it runs in, and how it ended."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

MEBIBYTE = 1024 * 1024
_KEPT_LINES = 5000

Answer = Callable[[str], int]
"""What listens on a port: a path in, an HTTP status out, or HANG."""

HANG = 0
"""The connection is taken and no answer ever comes."""


class OutOfMemory(Exception):
    """The program asked for more memory than its limit; the kernel kills it."""


class Crash(Exception):
    """The program gives up with an exit code."""

    def __init__(self, code: int) -> None:
        super().__init__(f"exit {code}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Exit:
    """How a process ended; `killed_for_memory` when the kernel did it."""

    code: int
    killed_for_memory: bool = False


class Log:
    """What a process wrote, a line each with its time; the oldest lines go first."""

    def __init__(self) -> None:
        self.lines: deque[tuple[datetime, str]] = deque(maxlen=_KEPT_LINES)
        self.closed = False
        self._written = asyncio.Event()

    def write(self, text: str) -> None:
        """Append every line of `text`."""
        now = datetime.now(UTC)
        self.lines.extend((now, line) for line in text.splitlines())
        self._wake()

    def close(self) -> None:
        """Nothing more will be written."""
        self.closed = True
        self._wake()

    async def follow(self) -> AsyncIterator[tuple[datetime, str]]:
        """Every line written from now on, until the log is closed."""
        last = self.lines[-1] if self.lines else None
        while not self.closed:
            await self._written.wait()
            for line in self._after(last):
                yield line
                last = line

    def _after(self, last: tuple[datetime, str] | None) -> list[tuple[datetime, str]]:
        fresh = list(itertools.takewhile(lambda line: line is not last, reversed(self.lines)))
        return fresh[::-1]

    def _wake(self) -> None:
        self._written.set()
        self._written = asyncio.Event()


@dataclass
class Box:
    """What a process sees: environment, arguments, files by absolute path, memory limit in bytes, and the network."""

    hostname: str
    env: Mapping[str, str]
    args: Sequence[str]
    files: Mapping[str, str]
    memory_limit: int | None
    call: Callable[[str], Awaitable[int]]
    pause: Callable[[float], Awaitable[None]]
    log: Log = field(default_factory=Log)
    ports: dict[int, Answer] = field(default_factory=dict)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    def print(self, text: str) -> None:
        """Write to the container's log."""
        self.log.write(text)

    def listen(self, port: int, answer: Answer) -> None:
        """Answer HTTP requests on `port`."""
        self.ports[port] = answer

    def use_memory(self, mebibytes: int) -> None:
        """Need that much; raises OutOfMemory above the limit."""
        if self.memory_limit is not None and mebibytes * MEBIBYTE > self.memory_limit:
            raise OutOfMemory


class Program(Protocol):
    """What a container image runs."""

    async def main(self, box: Box) -> int:
        """Run until done or `box.stopping`; the exit code. Raises Crash or OutOfMemory."""


class Process:
    """A program that runs in its box."""

    def __init__(self, program: Program, box: Box) -> None:
        self.box = box
        self._task = asyncio.create_task(self._run(program))

    async def wait(self) -> Exit:
        """How it ended, once it has."""
        return await asyncio.shield(self._task)

    async def stop(self, grace: float) -> Exit:
        """Ask it to end (SIGTERM), and kill it after `grace` seconds (137, SIGKILL)."""
        self.box.stopping.set()
        done, _ = await asyncio.wait({self._task}, timeout=grace)
        return self._task.result() if done else self.kill()

    def kill(self) -> Exit:
        """SIGKILL."""
        self._task.cancel()
        self.box.ports.clear()
        return Exit(137)

    async def _run(self, program: Program) -> Exit:
        try:
            return Exit(await program.main(self.box))
        except Crash as crash:
            return Exit(crash.code)
        except OutOfMemory:
            return Exit(137, killed_for_memory=True)
        finally:
            self.box.ports.clear()
            self.box.log.close()
