"""The lab as its own process beside the server: an outside system with its own credentials."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from types import TracebackType

import click

from helmward.core.errors import HelmwardError
from helmward.core.text import one_line

_STOP_WITHIN = 15  # seconds
_EARLIER_LOOKS = 50  # ten a second


class LabProcess(AbstractAsyncContextManager[Path]):
    """`helmward lab up` on a data folder; entering waits until it is healthy and gives the kubeconfig to watch it with."""

    def __init__(self, folder: Path, engine: str) -> None:
        self._folder = folder
        self._engine = engine
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Path:
        await self._earlier_ended()
        click.echo("Starting the lab, a small cluster in a box …", err=True)
        words = ["lab", "up", "--engine", self._engine, "--data-dir", str(self._folder), "--parent", str(os.getpid())]
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "helmward",
            *words,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={name: value for name, value in os.environ.items() if not name.startswith("HELMWARD_")},
            start_new_session=True,  # Ctrl-C reaches us; we end the lab after the watch
        )
        try:
            return await self._ready()
        except BaseException:
            await self._stop()
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()

    async def _earlier_ended(self) -> None:
        """The lab of a server that was killed notices that within a second; give it the time to end."""
        process = _described(self._folder / "lab" / "lab.json")
        for _ in range(_EARLIER_LOOKS):
            if process is None or not _runs(process):
                return
            await asyncio.sleep(0.1)

    async def _ready(self) -> Path:
        assert self._process is not None and self._process.stdout is not None
        last = ""
        async for line in _lines(self._process.stdout):
            last = line or last
            if line.startswith("The lab is ready"):
                self._drain = asyncio.create_task(_discard(self._process.stdout))
                described = json.loads((self._folder / "lab" / "lab.json").read_text())
                return Path(described["kubeconfig"])
        raise HelmwardError(f"The lab did not start: {one_line(last).removeprefix('helmward: ') or 'it said nothing'}")

    async def _stop(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), _STOP_WITHIN)
        except TimeoutError:
            process.kill()
            await process.wait()


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[str]:
    while line := await stream.readline():
        yield line.decode("utf-8", "replace").rstrip()


async def _discard(stream: asyncio.StreamReader) -> None:
    while await stream.read(65536):
        pass


def _described(path: Path) -> int | None:
    try:
        return int(json.loads(path.read_text())["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except OSError:
        return False
    return True
