"""A model server for tests, on a real socket: it speaks both APIs, does what its scripts say, and keeps what it received.

    async with serving() as upstream:
        upstream.then(refuses(429, retry_after="1"), says("hello"))     # in this order; the last one goes on
        … upstream.url … upstream.received[0].json() … await upstream.received[0].gone.wait()

Without scripts it answers as a model would: by path, and streaming where the request says so.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from collections.abc import AsyncIterator

from . import upstream_words as words
from .upstream_scripts import (
    answers,
    cut_in_body,
    drips,
    echoes,
    hangs,
    hangs_in_body,
    hangs_up,
    huge,
    redirects,
    refuses,
    says,
    streams,
)
from .upstream_turn import Received, Script, Turn

__all__ = [
    "Received",
    "Script",
    "Turn",
    "Upstream",
    "answers",
    "cut_in_body",
    "drips",
    "echoes",
    "hangs",
    "hangs_in_body",
    "hangs_up",
    "huge",
    "redirects",
    "refuses",
    "says",
    "serving",
    "streams",
    "words",
]

_MOST = 128 << 20  # bytes of a request


class Upstream:
    """`received` holds every request whose body has come, `connections` counts those that were accepted."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.scripts: list[Script] = []
        self.url = ""
        self.port = 0
        self.connections = 0
        self._open: set[asyncio.Task[None]] = set()
        self._arrived = asyncio.Condition()

    def then(self, *scripts: Script) -> Upstream:
        """What the next requests get, one script each; the last one stays."""
        self.scripts.extend(scripts)
        return self

    async def until(self, count: int, seconds: float = 20.0) -> list[Received]:
        """The requests, once `count` have come."""
        async with asyncio.timeout(seconds), self._arrived:
            await self._arrived.wait_for(lambda: len(self.received) >= count)
        return self.received

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        self.connections += 1
        number = self.connections
        try:
            while (received := await _read(reader, number)) is not None:
                self.received.append(received)
                async with self._arrived:
                    self._arrived.notify_all()
                if not await self._answer(received, reader, writer):
                    break
        except (ConnectionError, asyncio.CancelledError, TimeoutError):
            pass
        finally:
            self._open.discard(task)
            writer.transport.abort()

    async def close(self) -> None:
        """Cut every connection that is open."""
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _answer(self, received: Received, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Run the next script, watching for a peer that goes; whether the connection can be used again."""
        script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0] if self.scripts else answers()
        turn = Turn(received, writer)
        running = asyncio.ensure_future(script(turn))
        watching = asyncio.ensure_future(reader.read(1))
        try:
            await asyncio.wait({running, watching}, return_when=asyncio.FIRST_COMPLETED)
            lost = running.done() and isinstance(running.exception(), ConnectionError)
            if lost or not running.done():
                received.gone_at = time.monotonic()
                received.gone.set()
                return False
            running.result()
            received.answered = True
            return not turn.close_after and not watching.done()
        finally:
            for task in (running, watching):
                task.cancel()
            await asyncio.gather(running, watching, return_exceptions=True)


async def _read(reader: asyncio.StreamReader, connection: int) -> Received | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return None
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    size = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
    try:
        body = await reader.readexactly(min(size, _MOST))
    except asyncio.IncompleteReadError:
        return None
    return Received(method, path, headers, body, connection)


@contextlib.asynccontextmanager
async def serving(tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> AsyncIterator[Upstream]:
    """A server on a free port; its `url` ends with /v1."""
    upstream = Upstream()
    server = await asyncio.start_server(upstream.handle, host, 0, ssl=tls, limit=1 << 20)
    upstream.port = server.sockets[0].getsockname()[1]
    upstream.url = f"{'https' if tls else 'http'}://{'localhost' if tls else host}:{upstream.port}/v1"
    try:
        yield upstream
    finally:
        server.close()
        await upstream.close()
        await server.wait_closed()
