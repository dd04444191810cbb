"""A house in a process: started, asked, killed, started again on the same state."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .forking import Forked, Forks

FORKS = Forks(Path(__file__).with_name("house_process.py"))
_LONGEST = 120.0  # seconds for one answer on a loaded machine


class Dead(Exception):
    """The house died before it answered."""


class Refused(Exception):
    """The house said no: `kind` is the error's class."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(f"{kind}: {text}")
        self.kind, self.text = kind, text


@dataclass
class Station:
    """`settings` are those of the house; `folder` holds data, keys and logs. Use `start` and `stop` (or `kill`)."""

    folder: Path
    settings: dict[str, Any]
    starts: int = 0
    _process: Forked | None = None
    _listener: asyncio.Task[None] | None = None
    _waiting: dict[int, asyncio.Future[Any]] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "data"

    @property
    def keys(self) -> Path:
        """The key folder."""
        return self.folder / "keys"

    @property
    def alive(self) -> bool:
        """A process runs and answers."""
        return self._process is not None and self._process.returncode is None

    async def start(self, die_at: tuple[str, int] | None = None) -> None:
        """Return once the house is ready. Raises Refused where it will not start, Dead where it dies first."""
        self.starts += 1
        self.data.mkdir(exist_ok=True)
        given = self.folder / "given.json"
        given.write_text(
            json.dumps(
                {
                    "home": str(self.folder),
                    "data": str(self.data),
                    "keys": str(self.keys),
                    "settings": self.settings,
                    "die_at": die_at,
                }
            )
        )
        with (self.folder / "house.log").open("ab") as log:
            self._process = await FORKS.fork(given, log)
        ready: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._listener = asyncio.create_task(self._listen(self._process, ready))
        try:
            await asyncio.wait_for(ready, _LONGEST)
        except (Refused, Dead):
            await self.ended()
            raise

    async def ask(self, do: str, **given: Any) -> Any:
        """What the house answers. Raises Refused, and Dead where it dies before."""
        if self._process is None or not self.alive:
            raise Dead(do)
        number = next(self._numbers)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            self._process.stdin.write(json.dumps({"id": number, "do": do, **given}).encode() + b"\n")
            await self._process.stdin.drain()
        except ConnectionError:
            self._waiting.pop(number, None)
            raise Dead(do) from None
        return await asyncio.wait_for(answer, _LONGEST)

    async def kill(self) -> None:
        """SIGKILL, now."""
        if self._process is not None and self._process.returncode is None:
            os.kill(self._process.pid, signal.SIGKILL)
        await self.ended()

    async def stop(self) -> None:
        """The input ends, and so does the house, in order."""
        if self._process is not None and self.alive:
            self._process.stdin.close()
        await self.ended()

    async def ended(self) -> int:
        """Wait until the process is gone; its exit status."""
        assert self._process is not None
        status = await asyncio.wait_for(self._process.wait(), _LONGEST)
        if self._listener is not None:
            await self._listener
        return status

    async def _listen(self, process: Forked, ready: asyncio.Future[Any]) -> None:
        while line := await process.stdout.readline():
            try:
                said = json.loads(line)
            except ValueError:  # torn by the kill
                break
            if "ready" in said:
                ready.set_result(said["ready"])
            elif "refused" in said and not ready.done():
                ready.set_exception(Refused(said["refused"], said["text"]))
            elif (answer := self._waiting.pop(said.get("id", -1), None)) is not None and not answer.done():
                if "error" in said:
                    answer.set_exception(Refused(said["error"], said["text"]))
                else:
                    answer.set_result(said["result"])
        await process.wait()
        for answer in (ready, *self._waiting.values()):
            if not answer.done():
                answer.set_exception(Dead(f"the house died ({process.returncode})"))
        self._waiting.clear()
