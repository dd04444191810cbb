"""What a client may send: every bad request is answered with one sentence, and none harms the server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from ..station import Station
from .test_access import call

LIMIT = 64 * 1024


def is_a_sentence(answer: Any) -> None:
    assert set(answer) == {"error", "exitCode"}
    assert answer["error"].endswith(".")
    assert "\n" not in answer["error"]
    assert "Traceback" not in answer["error"]
    assert len(answer["error"]) < 400


async def raw(station: Station, data: bytes) -> bytes:
    parts = urlsplit(station.url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(data)
    try:
        return await asyncio.wait_for(reader.read(100_000), 10)
    except ConnectionResetError:  # closed while we were still sending
        return b"HTTP/1.1 431 reset"
    finally:
        writer.close()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422), (b"{", 422), (b"null", 422), (b"[]", 422), (b'"x"', 422), (b"\xff\xfe", 422), (b"[" * 20_000, 400),
        (b'{"for": "1h"}', 422), (b'{"for": 7, "reason": "x"}', 422), (b'{"for": "1h", "reason": "x", "more": 1}', 422),
        (b'{"for": "soon", "reason": "x"}', 400), (b'{"for": "1h", "reason": "' + b"x" * 501 + b'"}', 422),
    ],
)  # fmt: skip
async def test_bodies_that_are_none(station: Station, body: bytes, status: int) -> None:
    headers = {"Content-Type": "application/json"}
    got, _, answer = await call(
        station, "POST", "/api/v1/incidents/nothing/suppress", station.token("requester"), data=body, headers=headers
    )
    assert got == status, answer
    is_a_sentence(answer)


async def test_a_duration_of_nonsense(station: Station) -> None:
    path = f"/api/v1/incidents/{station.incident('durations')}/suppress"
    for duration in ("soon", "0s", "91d", "9999999999999999999w", "-1h", "1h; rm -rf /"):
        body = {"for": duration, "reason": "x"}
        status, _, answer = await call(station, "POST", path, station.token("requester"), json=body)
        assert (status, answer["exitCode"]) == (400, 2)
        is_a_sentence(answer)


@pytest.mark.parametrize(
    "path", ["/api/v1/nowhere", "/api/v1/incidents/", "/api/v2/status", "/api/docs", "/api/v1/../etc/passwd"]
)
async def test_addresses_that_do_not_exist(station: Station, path: str) -> None:
    status, headers, answer = await call(station, "GET", path, station.token("viewer"))
    assert status == 404
    assert "Location" not in headers
    is_a_sentence(answer)


async def test_a_method_that_does_not_exist(station: Station) -> None:
    status, _, answer = await call(station, "PUT", "/api/v1/status", station.token("admin"))
    assert status == 405
    is_a_sentence(answer)


@pytest.mark.parametrize("query", ["state=odd", "since=x"])
async def test_queries_that_are_none(station: Station, query: str) -> None:
    for path in ("/api/v1/incidents", "/api/v1/changes"):
        status, _, answer = await call(station, "GET", f"{path}?{query}", station.token("viewer"))
        if status != 200:
            assert status in (400, 422)
            is_a_sentence(answer)


@pytest.mark.parametrize("since", ["x", "2d", "99999999999999999w", "", "%00", "x" * 1000])
async def test_since_what(station: Station, since: str) -> None:
    status, _, answer = await call(station, "GET", f"/api/v1/changes?since={since}", station.token("viewer"))
    assert status in (400, 422)
    is_a_sentence(answer)


async def test_a_large_body_is_refused_unread(station: Station) -> None:
    headers = {"Content-Type": "application/json"}
    status, _, answer = await call(
        station, "POST", "/api/v1/tokens", station.token("admin"), data=b"x" * (LIMIT + 1), headers=headers
    )
    assert status == 413
    is_a_sentence(answer)


async def test_a_large_body_that_does_not_say_so(station: Station) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 4096

    headers = {"Content-Type": "application/json"}
    status, _, answer = await call(
        station, "POST", "/api/v1/tokens", station.token("admin"), data=endless(), headers=headers
    )
    assert status == 413
    is_a_sentence(answer)


async def test_without_a_token_no_body_is_read(station: Station) -> None:
    begun = b"POST /api/v1/tokens HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n"
    begun += b"Content-Type: application/json\r\n\r\n{"
    assert (await raw(station, begun)).startswith(b"HTTP/1.1 401")


@pytest.mark.parametrize("line", [b"X: %s\r\n", b"%s"], ids=["a header", "the address"])
async def test_a_head_without_end_is_not_kept(station: Station, line: bytes) -> None:
    begun = b"GET /api/v1/status HTTP/1.1\r\n" if line.startswith(b"X") else b"GET /"
    answer = await raw(station, begun + line % (b"a" * 300_000))
    assert answer.startswith(b"HTTP/1.1 431")
    kept_alive = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n" * 3000  # many small ones in one go are none
    assert (await raw(station, kept_alive)).startswith(b"HTTP/1.1 200")


async def test_many_headers(station: Station) -> None:
    begun = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + b"".join(
        b"x-%d: y\r\n" % number for number in range(20_000)
    )
    assert (await raw(station, begun)).startswith(b"HTTP/1.1 431")


@pytest.mark.parametrize("length", ["-1", "ten", "9" * 50, "1" + "0" * 19])
async def test_lengths_that_are_none(station: Station, length: str) -> None:
    token = station.token("admin")
    begun = f"POST /api/v1/tokens HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
    begun += f"Content-Length: {length}\r\n\r\n"
    assert (await raw(station, begun.encode())).split()[1] in (b"400", b"413")


@pytest.mark.parametrize(
    "data", [b"\x16\x03\x01\x02\x00", b"GET / HTTP/9.9\r\n\r\n", b"nonsense\r\n\r\n", b"GET /\x00 HTTP/1.1\r\n\r\n"]
)
async def test_what_is_no_http_harms_nobody(station: Station, data: bytes) -> None:
    assert b"Traceback" not in await raw(station, data + b"\r\n\r\n")
    assert (await call(station, "GET", "/healthz"))[0] == 200


async def test_nothing_is_granted_to_other_origins_or_hosts(station: Station) -> None:
    """A browser page elsewhere gets no answer it may read; a rebound name has no token."""
    headers = {"Origin": "https://evil.example", "Host": "evil.example", "Access-Control-Request-Method": "POST"}
    for method in ("GET", "OPTIONS"):
        _, received, _ = await call(station, method, "/api/v1/status", headers=headers)
        assert not [name for name in received if name.lower().startswith("access-control")]
        assert "evil" not in json.dumps(dict(received))
        assert "Server" not in received


async def test_an_error_of_our_own_is_a_sentence(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError("in the middle")

    monkeypatch.setattr(station.house, "workloads", fails)
    status, _, answer = await call(station, "GET", "/api/v1/workloads", station.token("viewer"))
    assert status == 500
    is_a_sentence(answer)
    assert "ZeroDivision" not in answer["error"]


async def test_the_stream_tells_what_happens(station: Station) -> None:
    before = len(station.house.bus._subscriptions)
    async with aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bearer {station.token('viewer')}"}
        async with session.get(f"{station.url}/api/v1/stream", headers=headers) as answer:
            assert await answer.content.readline() == b": connected\n"
            identity = await asyncio.to_thread(station.incident, "streamed")
            messages = []
            while not messages or messages[-1]["incident"]["id"] != identity:
                line = await asyncio.wait_for(answer.content.readline(), 20)
                messages += [json.loads(line[6:])] if line.startswith(b"data: ") else []
            assert messages[-1]["what"] == "opened"
            assert messages[-1]["lost"] == 0
    await asyncio.to_thread(station.do, nobody_listens(station, before))


async def nobody_listens(station: Station, before: int) -> None:
    from ...waiting import until

    await until(lambda: len(station.house.bus._subscriptions) <= before, "the stream's subscription is gone")


async def test_a_stream_ends_with_its_token(station: Station) -> None:
    token = station.token("viewer")
    async with aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bearer {token}"}
        async with session.get(f"{station.url}/api/v1/stream", headers=headers) as answer:
            await answer.content.readline()
            await call(station, "DELETE", f"/api/v1/tokens/tok-{token.split('_')[1]}", station.token("admin"))
            await asyncio.to_thread(station.incident, "after-the-end")
            rest = await asyncio.wait_for(answer.content.read(), 20)
            assert b"data:" not in rest
