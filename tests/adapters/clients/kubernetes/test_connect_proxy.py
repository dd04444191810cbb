"""Through a CONNECT proxy, and where that does not work."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from helmward.adapters.clients.kubernetes.client import Client
from helmward.adapters.clients.kubernetes.connection import Connection
from helmward.core.cluster import Unavailable
from helmward.core.errors import UsageError

from .certificates import Authority
from .conftest import HASH_KEY
from .wire import PODS, fails, secure, unused_port


class Proxy:
    """A CONNECT proxy, by hand. `refuse` is the status it answers with instead of connecting."""

    def __init__(self, refuse: int = 0) -> None:
        self.heads: list[str] = []
        self._refuse = refuse
        self._pipes: set[asyncio.Task[None]] = set()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.heads.append(head)
        if self._refuse:
            writer.write(f"HTTP/1.1 {self._refuse} No\r\nContent-Length: 0\r\n\r\n".encode())
            await writer.drain()
            writer.close()
            return
        host, _, port = head.split()[1].rpartition(":")
        onward_reader, onward_writer = await asyncio.open_connection(host, int(port))
        writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
        for source, sink in ((reader, onward_writer), (onward_reader, writer)):
            self._pipes.add(asyncio.create_task(self._pipe(source, sink)))

    async def _pipe(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65536):
                sink.write(data)
        except ConnectionError:
            pass
        finally:
            sink.close()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self.handle, "127.0.0.1", 0)
        try:
            yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            server.close()
            for pipe in self._pipes:
                pipe.cancel()
            await asyncio.gather(*self._pipes, return_exceptions=True)


async def test_a_proxy_is_used_and_sees_no_token(connect, authority: Authority) -> None:
    proxy = Proxy()
    async with proxy.running() as address, secure(authority.server_tls()) as api:
        client = await connect(
            api.url,
            certificate_authority=authority.certificate,
            proxy_url=f"http://me:word@{address}",
            token="sekrit",
        )
        await client.list(PODS)
        assert proxy.heads[0].startswith(f"CONNECT {api.url.removeprefix('https://')} ")
        assert base64.b64encode(b"me:word").decode() in proxy.heads[0]
        assert "sekrit" not in proxy.heads[0]
        assert api.seen[0].header("Authorization") == "Bearer sekrit"
        await client.__aexit__(None, None, None)


async def test_a_proxy_that_refuses_and_one_that_is_not_there(connect) -> None:
    async with Proxy(refuse=403).running() as address:
        sentence = await fails(connect, "https://api.example:6443", proxy_url=f"http://me:word@{address}")
        assert f"The proxy {address} refuses to reach https://api.example:6443 (403)" in sentence
        assert "word" not in sentence
    gone = f"127.0.0.1:{unused_port()}"
    with pytest.raises(Unavailable, match=f"The proxy {gone} cannot be reached \\(connection refused\\)"):
        await (await connect("https://api.example:6443", proxy_url=f"http://me:word@{gone}")).list(PODS)


def test_a_socks_proxy_is_refused_at_once() -> None:
    connection = Connection(server="https://x", source="", proxy_url="socks5://me:word@proxy:1080")
    with pytest.raises(UsageError, match="SOCKS is not supported") as caught:
        Client(connection, HASH_KEY, env={})
    assert "word" not in str(caught.value)
