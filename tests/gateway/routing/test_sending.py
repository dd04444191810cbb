"""The plain way: a request goes out, its answer comes back, whole or in pieces."""

from __future__ import annotations

import asyncio
import json

import pytest

from ..upstream import Turn, answers, echoes, serving
from .world import at, request, sending, settings, streamed, whole


async def test_an_answer_comes_back_whole() -> None:
    async with serving() as upstream, sending(settings(at(upstream))) as sender:
        targets = sender.router.targets("small", "chat", "internal")
        async with sender.open(targets, request) as incoming:
            body = json.loads(await whole(incoming))
        assert incoming.status == 200 and incoming.attempts == 1
        assert body["choices"][0]["message"]["content"] == "Hello, world."
        assert upstream.received[0].path == "/v1/chat/completions"
        assert upstream.received[0].json()["model"] == "small"


@pytest.mark.parametrize("api", ["openai", "anthropic"])
async def test_a_stream_comes_as_it_is_said(api: str) -> None:
    async with serving() as upstream, sending(settings(at(upstream, api=api))) as sender:
        upstream.then(answers(chunks=["one", "two", "three"], delay=0.001))
        targets = sender.router.targets("small", "chat", "internal")
        async with sender.open(targets, streamed) as incoming:
            pieces = [piece async for piece in incoming.body]
        text = b"".join(pieces)
        assert len(pieces) > 3 and all(pieces)
        assert [word in text for word in (b"one", b"two", b"three")] == [True] * 3
        assert incoming.headers["content-type"] == "text/event-stream"


async def test_one_connection_serves_call_after_call() -> None:
    async with serving() as upstream, sending(settings(at(upstream))) as sender:
        targets = sender.router.targets("small", "chat", "internal")
        for make in (request, streamed, request):
            async with sender.open(targets, make) as incoming:
                await whole(incoming)
        assert upstream.connections == 1 and len(upstream.received) == 3


async def test_each_api_gets_its_own_headers() -> None:
    async with serving() as upstream:
        upstream.then(echoes())
        gateway = settings(
            at(upstream, "one", key_env="ONE_KEY"),
            at(upstream, "two", api="anthropic", key_env="TWO_KEY"),
            models=[{"name": "a", "upstream": "one"}, {"name": "b", "upstream": "two", "upstream_name": "b-2026"}],
        )
        async with sending(gateway, env={"ONE_KEY": "key-of-one", "TWO_KEY": "key-of-two"}) as sender:
            for model in ("a", "b"):
                async with sender.open(sender.router.targets(model, "chat", "internal"), request) as incoming:
                    await whole(incoming)
        first, second = upstream.received
        assert first.header("Authorization") == "Bearer key-of-one" and first.header("x-api-key") is None
        assert second.header("x-api-key") == "key-of-two" and second.header("Authorization") is None
        assert second.header("anthropic-version") == "2023-06-01" and first.header("anthropic-version") is None
        assert second.json()["model"] == "b-2026"
        assert first.header("Accept-Encoding") == "identity"


async def test_a_slow_reader_holds_its_upstream_back_and_is_not_taken_for_a_silent_one() -> None:
    size, sent, held_back = 64, list[int](), asyncio.Event()

    async def script(turn: Turn) -> None:
        await turn.head(content_type="text/event-stream")
        for number in range(size):
            writing = asyncio.ensure_future(turn.chunk(b":" * (1 << 20)))
            done, _ = await asyncio.wait({writing}, timeout=0.3)
            if not done:
                held_back.set()
            await writing
            sent.append(number)
        await turn.end()

    async with serving() as upstream, sending(settings(at(upstream, idle_seconds=0.2))) as sender:
        upstream.then(script)
        async with sender.open(sender.router.targets("small", "chat", "internal"), streamed) as incoming:
            first = await anext(incoming.body)
            async with asyncio.timeout(20):
                await held_back.wait()  # for longer than the upstream may be silent
            assert len(sent) < size / 2
            assert len(first) + len(await whole(incoming)) == size << 20
