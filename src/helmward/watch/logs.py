"""Fetches the logs that analyzers asked for, a few at a time, masked on the way in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from helmward.core.cluster import KubernetesError
from helmward.core.errors import UnreachableError
from helmward.core.text import one_line, printable
from helmward.guard.secrets import mask
from helmward.watch.reader import ClusterReader
from helmward.world.logs import Log, LogRef
from helmward.world.store import World

_TAIL_LINES = 200
_LIMIT_BYTES = 256 * 1024
_LONGEST_LINE = 4096


class LogFetcher:
    """Turns `world.logs.wanted` into logs. `on_logs()` runs after some arrived.

    `pauses` (seconds) are waited before each further try where the API server did not answer.
    """

    def __init__(
        self,
        reader: ClusterReader,
        world: World,
        on_logs: Callable[[], None],
        at_once: int = 4,
        pauses: Sequence[float] = (0.5, 2.0, 8.0, 30.0),
    ) -> None:
        self._reader = reader
        self._world = world
        self._on_logs = on_logs
        self._pauses = pauses
        self._slots = asyncio.Semaphore(at_once)
        self._running: dict[LogRef, asyncio.Task[None]] = {}

    def start(self) -> None:
        """Begin to fetch what is wanted and not yet on its way."""
        for ref in list(self._world.logs.wanted):
            if ref not in self._running:
                self._running[ref] = asyncio.create_task(self._fetch(ref))

    async def settle(self) -> None:
        """Fetch until nothing is wanted any more (a cold diagnosis)."""
        while self._world.logs.wanted:
            self.start()
            await asyncio.gather(*self._running.values())

    async def close(self) -> None:
        """Stop what is under way."""
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _fetch(self, ref: LogRef) -> None:
        try:
            log = await self._read_patiently(ref)
            self._world.logs.put(ref, log)
            self._on_logs()
        finally:
            self._running.pop(ref, None)

    async def _read_patiently(self, ref: LogRef) -> Log:
        pauses = iter(self._pauses)
        while True:
            try:
                return read_lines(await self._read(ref))
            except KubernetesError as error:
                pause = next(pauses, None)
                # An API server that is away may come back; one that refuses will refuse again.
                if pause is None or not isinstance(error, UnreachableError):
                    return Log((), failure=one_line(str(error), 300))
            await asyncio.sleep(pause)

    async def _read(self, ref: LogRef) -> str:
        async with self._slots:
            return await self._reader.log(
                ref.namespace,
                ref.pod,
                ref.container,
                previous=ref.previous,
                tail_lines=_TAIL_LINES,
                limit_bytes=_LIMIT_BYTES,
            )


def read_lines(text: str, file: str | None = None, most: int = _TAIL_LINES) -> Log:
    """The last `most` lines of a log, masked, printable and bounded in length."""
    lines = text.splitlines()[-most:]
    masked = mask("\n".join(line[:_LONGEST_LINE] for line in lines)).split("\n")
    return Log(tuple(printable(line) for line in masked), file=file)
