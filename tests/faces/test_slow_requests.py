"""A request that does not come to its end is ended; an answer that goes on is not."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import aiohttp
import pytest

from helmward.faces import protocol

from .station import Station

_HALVES = {
    "nothing": b"",
    "half a head": b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A:",
    "no request": b"\r\n",
    "half a second head": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HT",
    "half a body": b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\na=",
    "half a body for the API": b"POST /api/v1/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{",
}


async def left(station: Station, sent: bytes) -> bytes:
    """What is answered until the server ends the connection."""
    where = urlsplit(station.url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    writer.write(sent)
    try:
        return await asyncio.wait_for(reader.read(), 10)
    finally:
        writer.close()


async def test_what_does_not_come_is_not_waited_for(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(protocol, "BODY_SECONDS", 0.3)
    headers = {"Authorization": f"Bearer {station.token('viewer')}"}
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{station.url}/api/v1/stream", headers=headers) as stream,
    ):
        await stream.content.readline()
        answers = await asyncio.gather(*(left(station, sent) for sent in _HALVES.values()))
        found = dict(zip(_HALVES, answers, strict=True))
        assert found["nothing"] == found["half a head"] == found["no request"] == b""
        assert found["half a second head"].startswith(b"HTTP/1.1 200 ")
        assert found["half a body"].startswith(b"HTTP/1.1 408 ")
        assert found["half a body for the API"].startswith(b"HTTP/1.1 408 ")
        async with session.get(f"{station.url}/healthz") as answer:
            assert answer.status == 200
        assert not stream.content.at_eof(), "an answer may take as long as it likes"
