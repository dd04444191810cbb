"""What every web service of the cast does: read its settings, take memory, listen, call what it depends on, stop."""

from __future__ import annotations

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import Mapping

from helmward.lab.cast.process import Box

_STARTUP = 1.0  # seconds of Kubernetes' clock, as _BETWEEN_CALLS
_FIRST_CALL = 10.0
_BETWEEN_CALLS = 30.0


class ConnectionFailed(Exception):
    """A call got no answer; `code` is the errno name the platform gives (ENOTFOUND, ECONNREFUSED, ETIMEDOUT)."""

    def __init__(self, code: str, host: str, address: str) -> None:
        super().__init__(code)
        self.code = code
        self.host = host
        self.address = address


class WebService(ABC):
    """A service on port 8080 with `/ready` and `/healthz`. Subclasses speak their platform's log dialect."""

    port = 8080
    memory = 48  # MiB it needs to run
    dependencies: Mapping[str, str] = {}
    """Environment variable that holds a base URL → the path it calls there."""

    def __init__(self) -> None:
        self._ready = False

    async def main(self, box: Box) -> int:
        """Start, serve until told to stop, and return the exit code."""
        self.greet(box)
        self.configure(box)
        await box.pause(_STARTUP)
        box.use_memory(self.memory)
        box.listen(self.port, self.answer)
        self._ready = self.warmed_up(box)
        self.listening(box)
        await self._serve(box)
        return self.goodbye(box)

    def answer(self, path: str) -> int:
        """The HTTP status of a request."""
        path = path.partition("?")[0]
        if path == "/ready":
            return 200 if self._ready else 503
        return 200 if path == "/healthz" or path.startswith("/api/") else 404

    async def _serve(self, box: Box) -> None:
        await _first(box.stopping, box.pause(_FIRST_CALL))
        while not box.stopping.is_set():
            for variable, path in self.dependencies.items():
                await self._call(box, variable, path)
            await _first(box.stopping, box.pause(_BETWEEN_CALLS))

    async def _call(self, box: Box, variable: str, path: str) -> None:
        url = box.env.get(variable, "").rstrip("/") + path
        try:
            status = await box.call(url)
        except ConnectionFailed as failure:
            self.call_failed(box, url, failure)
        else:
            self.called(box, url, status)

    def warmed_up(self, box: Box) -> bool:
        """Whether `/ready` says yes once the service listens."""
        return True

    @abstractmethod
    def greet(self, box: Box) -> None:
        """The first log lines."""

    @abstractmethod
    def configure(self, box: Box) -> None:
        """Read the settings; raises Crash after a log line that says which one is wrong."""

    @abstractmethod
    def listening(self, box: Box) -> None:
        """The log line that says it serves."""

    @abstractmethod
    def called(self, box: Box, url: str, status: int) -> None:
        """A dependency answered."""

    @abstractmethod
    def call_failed(self, box: Box, url: str, failure: ConnectionFailed) -> None:
        """A dependency gave no answer."""

    @abstractmethod
    def goodbye(self, box: Box) -> int:
        """The last log line; the exit code after SIGTERM."""


async def _first(event: asyncio.Event, pause: object) -> None:
    """Until the event or the pause, whichever comes first."""
    waiting = {asyncio.ensure_future(event.wait()), asyncio.ensure_future(pause)}  # type: ignore[call-overload]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
