"""Answers that are too slow, too large, cut short, or nonsense: what is reported, and what is given on untouched."""

from __future__ import annotations

import pytest

from helmward.gateway.routing import UpstreamFailed
from helmward.gateway.routing.attempt import LARGEST_ERROR

from ..upstream import answers, drips, hangs_in_body, hangs_up, huge, says, serving, streams
from .world import ask, at, failure, sending, settings, streamed


async def test_too_slow_a_whole_answer_ends_at_its_deadline() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n" + b" " * 1000
    async with serving() as upstream:
        upstream.then(drips(answer, 0.01))
        failed = await failure(upstream, total_seconds=1, retries=0)
        assert "in time" in str(failed) or "in the middle" in str(failed)
        assert upstream.received[0].gone.is_set() or await upstream.received[0].gone.wait()


async def test_an_answer_too_large_to_hold_is_refused_and_cut() -> None:
    async with serving() as upstream:
        upstream.then(huge(40))
        failed = await failure(upstream)
        assert "more than 32 MiB" in str(failed)
        assert len(upstream.received) == 1
        await upstream.received[0].gone.wait()


async def test_of_a_large_error_only_a_piece_is_kept() -> None:
    async with serving() as upstream:
        upstream.then(says(b"x" * (LARGEST_ERROR * 4), 400))
        assert len((await failure(upstream)).body) == LARGEST_ERROR


async def test_an_error_that_breaks_off_is_still_that_error() -> None:
    async with serving() as upstream:
        upstream.then(
            hangs_up(b'HTTP/1.1 400 Bad\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{"error"')
        )
        failed = await failure(upstream)
        assert failed.status == 400 and failed.body == b'{"error"'


@pytest.mark.parametrize("api", ["openai", "anthropic"])
async def test_a_stream_that_is_cut_is_reported_and_not_repeated(api: str) -> None:
    async with serving() as upstream, sending(settings(at(upstream, api=api))) as sender:
        upstream.then(answers(chunks=list("abcdef"), cut_after=3, delay=0.01))
        pieces = []
        with pytest.raises(UpstreamFailed, match="'one' broke off in the middle of its answer") as failed:
            async with sender.open(sender.router.targets("small", "chat", "internal"), streamed) as incoming:
                async for piece in incoming.body:
                    pieces.append(piece)
        assert pieces and not failed.value.unused and failed.value.target.upstream.name == "one"
        assert len(upstream.received) == 1
        assert sender.router.health()["one"].failures == 1


async def test_a_stream_that_falls_silent_is_reported() -> None:
    async with serving() as upstream, sending(settings(at(upstream, idle_seconds=0.3))) as sender:
        upstream.then(hangs_in_body(b"data: {}\n\n", "text/event-stream"))
        with pytest.raises(UpstreamFailed, match="stopped in the middle"):
            await ask(sender, streamed)
        assert len(upstream.received) == 1
        await upstream.received[0].gone.wait()


@pytest.mark.parametrize(
    "bad", [b"data: {not json}\n\n", b"\xff\xfe\x00\n\n", b"nonsense", b"data: " + b"[" * 5000 + b"\n\n"]
)
async def test_what_a_stream_says_is_given_on_untouched(bad: bytes) -> None:
    async with serving() as upstream, sending(settings(at(upstream))) as sender:
        upstream.then(streams(bad))
        assert (await ask(sender, streamed))[1] == bad


async def test_malformed_json_is_given_on_untouched() -> None:
    async with serving() as upstream, sending(settings(at(upstream))) as sender:
        upstream.then(says(b'{"choices": [', content_type="application/json; charset=utf-8"))
        assert (await ask(sender))[1] == b'{"choices": ['
