"""Callers that go: their upstream sees it at once, and nothing of theirs stays behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from helmward.adapters.models import Upstreams
from helmward.gateway.routing import Router, Sender, UpstreamFailed
from helmward.gateway.routing.breaker import FEWEST

from ...waiting import until
from ..upstream import Script, answers, hangs, hangs_in_body, refuses, serving, streams
from .world import Clock, at, request, sending, settings, streamed

_SOCKETS = Path("/proc/self/fd")


def _asking(sender: Sender, make: Any, began: Callable[[], None] = lambda: None) -> asyncio.Task[None]:
    async def ask() -> None:
        async with sender.open(sender.router.targets("small", "chat", "internal"), make) as incoming:
            async for _ in incoming.body:
                began()

    return asyncio.create_task(ask())


def _idle(sender: Sender) -> bool:
    load = sender.loads()["one"]
    return (load.running, load.waiting) == (0, 0)


@pytest.mark.parametrize(
    ("script", "make"),
    [
        pytest.param(hangs(), request, id="before the answer"),
        pytest.param(hangs(b"HTTP/1.1 200 OK\r\n"), request, id="in the header"),
        pytest.param(hangs_in_body(), request, id="in the body"),
        pytest.param(hangs_in_body(b"", "text/event-stream"), streamed, id="before the first event"),
    ],
)
async def test_a_caller_that_is_cancelled_cancels_its_upstream(script: Script, make: Any) -> None:
    async with serving() as upstream, sending(settings(at(upstream))) as sender:
        upstream.then(script)
        task = _asking(sender, make)
        received = (await upstream.until(1))[0]
        cancelled_at = time.monotonic()
        task.cancel()
        async with asyncio.timeout(10):
            await received.gone.wait()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert received.gone_at >= cancelled_at and _idle(sender)
        assert sender.router.health()["one"].failures == 0


async def test_a_caller_that_leaves_in_mid_stream_cancels_its_upstream() -> None:
    async with serving() as upstream, sending(settings(at(upstream))) as sender:
        upstream.then(streams(b"data: 1\n\n", hold=asyncio.Event()))
        async with sender.open(sender.router.targets("small", "chat", "internal"), streamed) as incoming:
            assert await anext(incoming.body)
            assert not upstream.received[0].gone.is_set() and sender.loads()["one"].running == 1
        async with asyncio.timeout(10):
            await upstream.received[0].gone.wait()
        assert _idle(sender)


async def test_a_caller_whose_own_work_fails_cancels_its_upstream() -> None:
    async with serving() as upstream, sending(settings(at(upstream))) as sender:
        upstream.then(streams(b"data: 1\n\n", hold=asyncio.Event()))
        with pytest.raises(ZeroDivisionError):
            async with sender.open(sender.router.targets("small", "chat", "internal"), streamed):
                raise ZeroDivisionError
        async with asyncio.timeout(10):
            await upstream.received[0].gone.wait()
        assert _idle(sender)


async def test_an_answer_that_is_read_to_its_end_keeps_its_connection() -> None:
    async with serving() as upstream, sending(settings(at(upstream))) as sender:
        for _ in range(3):
            await _asking(sender, streamed)
        assert upstream.connections == 1 and not any(received.gone.is_set() for received in upstream.received)


async def test_a_caller_that_goes_between_two_tries_is_not_tried_for_again() -> None:
    async with serving() as upstream:
        upstream.then(refuses(500))
        asleep = asyncio.Event()

        async def sleep(seconds: float) -> None:
            asleep.set()
            await asyncio.Event().wait()

        gateway = settings(at(upstream))
        async with Upstreams(gateway, {}) as upstreams:
            sender = Sender(Router(gateway), upstreams, sleep)
            task = _asking(sender, request)
            await asleep.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert len(upstream.received) == 1 and _idle(sender)


async def test_a_probe_whose_caller_goes_leaves_its_place_to_the_next() -> None:
    clock = Clock()
    async with serving() as upstream, sending(settings(at(upstream)), clock) as sender:
        upstream.then(hangs(), answers())
        for _ in range(FEWEST):
            sender.router.breaker("one").failed("down")
        clock.now += sender.router.breaker("one").reopens
        probe = _asking(sender, request)
        await upstream.until(1)
        assert not sender.router.breaker("one").may_pass()
        probe.cancel()
        with pytest.raises(asyncio.CancelledError):
            await probe
        await _asking(sender, request)
        assert sender.router.health()["one"].state == "closed"


async def test_no_more_calls_than_allowed_run_at_once_and_the_others_wait() -> None:
    hold = asyncio.Event()
    async with serving() as upstream, sending(settings(at(upstream, connections=2))) as sender:
        upstream.then(streams(b"data: 1\n\n", hold=hold))
        tasks = [_asking(sender, streamed) for _ in range(4)]
        await upstream.until(2)
        await until(lambda: sender.loads()["one"].waiting == 2, "two wait")
        with pytest.raises(UpstreamFailed, match="'one' is busy with 2 calls") as busy:
            await _asking(sender, streamed)
        assert busy.value.unused and busy.value.attempts == 0
        assert len(upstream.received) == 2
        hold.set()
        await asyncio.gather(*tasks)
        assert len(upstream.received) == 4 and upstream.connections == 2 and _idle(sender)


async def test_where_another_can_answer_nobody_waits_for_a_turn() -> None:
    hold = asyncio.Event()
    async with serving() as upstream, serving() as other:
        upstream.then(streams(b"data: 1\n\n", hold=hold))
        async with sending(settings(at(upstream, connections=1), at(other, "two"))) as sender:
            first = _asking(sender, streamed)
            await upstream.until(1)
            await _asking(sender, streamed)
            assert len(other.received) == 1 and not first.done()
            hold.set()
            await first


@pytest.mark.skipif(not _SOCKETS.exists(), reason="open files are counted by /proc")
@pytest.mark.parametrize("leaves", [False, True], ids=["it is too slow", "its caller goes"])
async def test_the_connection_to_a_server_that_does_not_read_is_gone_at_once(leaves: bool) -> None:
    connected, over = asyncio.Event(), asyncio.Event()

    async def deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.set()
        await over.wait()
        writer.transport.abort()

    server = await asyncio.start_server(deaf, "127.0.0.1", 0, limit=1024)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    patience = {"total_seconds": 60 if leaves else 1}
    async with sending(settings({"name": "one", "api": "openai", "url": url, **patience})) as sender:
        before = _sockets()
        task = _asking(sender, lambda target: request(target)._replace(body=b" " * (64 << 20)))
        await connected.wait()
        if leaves:
            task.cancel()
        with pytest.raises(asyncio.CancelledError if leaves else UpstreamFailed):
            await task
        await until(lambda: _sockets() <= before + 1, "only the server's is left")
        assert _idle(sender)
        over.set()
    server.close()
    await server.wait_closed()


def _sockets() -> int:
    """How many sockets this process has."""
    found = 0
    for file in _SOCKETS.iterdir():
        with contextlib.suppress(OSError):  # the file that this loop itself had open
            found += os.readlink(file).startswith("socket:")
    return found
