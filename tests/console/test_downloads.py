"""Answers of the API that go on, as the console passes them through: whole, as the reader takes them, never half in silence."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from helmward.faces.api.gate import App, Message, Receive, Send
from helmward.faces.console.client import Api, ApiError

PIECES = [b"%d\n" % number for number in range(50)]


def sends(then: Callable[[], Awaitable[None]], sent: list[bytes], status: int = 200) -> App:
    """An API whose answer is PIECES, and `then`."""

    async def app(_scope: Message, _receive: Receive, send: Send) -> None:
        headers = [(b"Content-Length", b"140")] if status == 200 else []
        await send({"type": "http.response.start", "status": status, "headers": headers})
        for piece in PIECES:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            sent.append(piece)
        await then()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    return app


async def nothing() -> None:
    """The answer ends."""


async def test_a_slow_reader_gets_everything_and_no_more_than_it_takes_is_made() -> None:
    sent: list[bytes] = []
    api, got = Api(sends(nothing, sent), "", ""), []
    async with asyncio.timeout(10), api.stream("GET", "/export") as pieces:
        assert pieces.headers == {"content-length": "140"}
        async for piece in pieces:
            got.append(piece)
            for _ in range(5):
                await asyncio.sleep(0)  # the API runs on meanwhile, if it can
            assert len(sent) <= len(got) + 2
    assert got == PIECES


async def test_an_answer_that_broke_off_does_not_look_whole() -> None:
    async def breaks() -> None:
        raise OSError("the disk is gone")

    api, got = Api(sends(breaks, []), "", ""), []
    with pytest.raises(OSError, match="the disk is gone"):
        async with asyncio.timeout(10), api.stream("GET", "/export") as pieces:
            async for piece in pieces:
                got.append(piece)
    assert got == PIECES


async def test_who_leaves_ends_it() -> None:
    sent: list[bytes] = []
    api = Api(sends(nothing, sent), "", "")
    async with asyncio.timeout(10), api.stream("GET", "/export") as pieces:
        async for _ in pieces:
            break
    before = len(sent)
    await asyncio.sleep(0)
    assert len(sent) == before < len(PIECES)


async def test_a_refusal_is_the_apis_own_sentence() -> None:
    async def refuses(_scope: Message, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 403, "headers": []})
        await send({"type": "http.response.body", "body": b'{"error":"You may not."}'})

    with pytest.raises(ApiError, match=r"You may not\.") as caught:
        async with asyncio.timeout(10), Api(refuses, "", "").stream("GET", "/export"):
            pass
    assert caught.value.status == 403
