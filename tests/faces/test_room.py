"""Who fills the server with silence locks nobody out: on asyncio's loop and on uvloop's, in the clear and over TLS."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import uvicorn
import uvloop

from helmward.faces import server as module
from helmward.faces.room import Room
from helmward.faces.server import Server

from ..adapters.clients.kubernetes.certificates import Authority
from ..waiting import until

MOST = 16
LOOPS = [asyncio.new_event_loop, uvloop.new_event_loop]


class Hall:
    """A server of our own kind before an application that answers `/` at once, and anything else when it is told to."""

    def __init__(self, authority: Authority | None, pair: tuple[Path, Path] | None) -> None:
        self.room, self.enough, self.begun = Room(MOST), asyncio.Event(), 0
        self._pair = pair
        self.context = ssl.create_default_context(cafile=str(authority.certificate)) if authority else None
        self.url, self.port = "", 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Hall]:
        certificate, key = self._pair or (None, None)
        config = uvicorn.Config(
            self.application,
            interface="asgi3",
            log_config=None,
            ws="none",
            ssl_certfile=certificate,
            ssl_keyfile=key,
            lifespan="off",
            proxy_headers=False,
        )
        config.load()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
            self.url = f"{'https' if self._pair else 'http'}://localhost:{self.port}"
            server = Server(config, self.room)
            task = asyncio.create_task(server.serve([listener]))
            await server.ready.wait()
            try:
                yield self
            finally:
                self.enough.set()
                server.should_exit = True
                await task

    async def application(self, scope: Any, _receive: Any, send: Any) -> None:
        if scope["path"] == "/slow":
            self.begun += 1
            await self.enough.wait()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})

    async def status(self, path: str = "/") -> int:
        """Of a connection of its own."""
        async with aiohttp.ClientSession() as session:
            whole = aiohttp.ClientTimeout(5)
            async with session.get(self.url + path, ssl=self.context or True, timeout=whole) as answer:
                await answer.read()
                return answer.status

    async def silent(self) -> asyncio.StreamReader:
        """A connection that says nothing."""
        reader, _writer = await asyncio.open_connection("127.0.0.1", self.port)
        self._kept = [*getattr(self, "_kept", ()), _writer]
        return reader

    def hang_up(self) -> None:
        for writer in getattr(self, "_kept", ()):
            writer.transport.abort()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(params=["clear", "tls"])
def tls(request: pytest.FixtureRequest, authority: Authority) -> tuple[Authority | None, tuple[Path, Path] | None]:
    return (authority, authority.issue("server", "localhost")) if request.param == "tls" else (None, None)


def run(loop: Any, hall: tuple[Any, Any], test: Callable[[Hall], Awaitable[None]]) -> None:
    async def whole() -> None:
        async with Hall(*hall).open() as opened:
            try:
                await test(opened)
            finally:
                opened.hang_up()

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(whole())


@pytest.mark.parametrize("loop", LOOPS)
def test_silence_locks_nobody_out(loop: Any, tls: Any) -> None:
    async def test(hall: Hall) -> None:
        slow = asyncio.create_task(hall.status("/slow"))
        await until(lambda: hall.begun, "a request is under way", 5)
        first, *_others = [await hall.silent() for _ in range(3 * MOST)]
        assert await hall.status() == await hall.status("/healthz") == 200
        assert await asyncio.wait_for(_rest(first), 5) == b"", "who was silent longest went"
        await until(lambda: len(hall.room._held) <= MOST, "no more than there is room for", 5)
        assert not slow.done(), "what is under way goes on"
        hall.enough.set()
        assert await slow == 200

    run(loop, tls, test)


@pytest.mark.parametrize("loop", LOOPS)
def test_where_nothing_can_go_it_is_said_so(loop: Any, tls: Any) -> None:
    async def test(hall: Hall) -> None:
        slow = [asyncio.create_task(hall.status("/slow")) for _ in range(MOST - 1)]
        await until(lambda: hall.begun == MOST - 1, "all are under way", 5)
        assert [await hall.status(path) for path in ("/", "/healthz")] == [503, 200]
        hall.enough.set()
        assert await asyncio.gather(*slow) == [200] * (MOST - 1)
        assert await hall.status() == 200
        await until(lambda: not hall.room._held, "all have left", 5)

    run(loop, tls, test)


@pytest.mark.parametrize("loop", LOOPS)
def test_a_handshake_that_does_not_come_is_not_waited_for(
    loop: Any, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "HANDSHAKE_SECONDS", 0.2)

    async def test(hall: Hall) -> None:
        assert await asyncio.wait_for(_rest(await hall.silent()), 5) == b""
        reader, writer = await asyncio.open_connection("127.0.0.1", hall.port)
        writer.write(b"GET / HTTP/1.1\r\n\r\n")  # in the clear
        await asyncio.wait_for(_rest(reader), 5)
        writer.close()
        await until(lambda: not hall.room._held, "their places are free", 5)
        assert await hall.status() == 200

    run(loop, (authority, authority.issue("server", "localhost")), test)


@pytest.mark.parametrize("loop", LOOPS)
def test_a_connection_goes_on_after_an_answer(loop: Any, tls: Any) -> None:
    async def test(hall: Hall) -> None:
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(aiohttp.ClientSession())
            for _ in range(3):
                async with session.get(hall.url, ssl=hall.context or True) as answer:
                    assert await answer.text() == "ok"
                assert len(hall.room._held) == len(hall.room._waiting) == 1

    run(loop, tls, test)


async def _rest(reader: asyncio.StreamReader) -> bytes:
    """What comes until the end, however it ends."""
    try:
        return await reader.read()
    except ConnectionError:
        return b""
