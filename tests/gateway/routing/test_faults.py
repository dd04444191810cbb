"""Upstreams that fail, each in its own way, on real sockets: what is tried again, where, and what is said in the end."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest

from helmward.core.errors import UnreadableError, UsageError
from helmward.gateway.routing import NoneHealthy, Outgoing, Target, UpstreamFailed
from helmward.gateway.routing.breaker import FEWEST, LONGEST_OBEYED

from ..upstream import (
    Script,
    answers,
    cut_in_body,
    hangs,
    hangs_in_body,
    hangs_up,
    redirects,
    refuses,
    says,
    serving,
    streams,
)
from .world import QUICK, Clock, ask, at, failure, once, request, sending, settings, streamed


def _nobody() -> dict[str, Any]:
    """The settings of an upstream where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    return {"name": "nobody", "api": "openai", "url": f"http://127.0.0.1:{port}/v1"}


_BAD = [
    pytest.param(refuses(500), id="500"),
    pytest.param(refuses(502), id="502"),
    pytest.param(refuses(503), id="503"),
    pytest.param(refuses(529), id="529"),
    pytest.param(refuses(429), id="429"),
    pytest.param(hangs_up(), id="no answer"),
    pytest.param(hangs_up(b"HTTP/1.1 200 OK\r\nContent-Ty"), id="cut in the header"),
]


@pytest.mark.parametrize(
    "bad", [*_BAD, pytest.param(cut_in_body(), id="cut in the body"), pytest.param(says(b""), id="empty")]
)
async def test_a_call_that_failed_is_made_again(bad: Script) -> None:
    async with serving() as upstream, sending(settings(at(upstream))) as sender:
        upstream.then(bad, answers())
        name, body, attempts = await ask(sender)
        assert name == "one" and attempts == 2 and b"Hello" in body
        assert upstream.received[0].body == upstream.received[1].body


@pytest.mark.parametrize("bad", [*_BAD, pytest.param(streams(cut=True), id="cut before its first event")])
async def test_a_stream_that_did_not_begin_is_made_again(bad: Script) -> None:
    async with serving() as upstream, sending(settings(at(upstream))) as sender:
        upstream.then(bad, answers())
        name, body, attempts = await ask(sender, streamed)
        assert name == "one" and attempts == 2 and body.endswith(b"data: [DONE]\n\n")


@pytest.mark.parametrize("bad", _BAD)
async def test_after_its_tries_the_next_one_is_asked(bad: Script) -> None:
    async with serving() as upstream, serving() as other:
        upstream.then(bad)
        async with sending(settings(at(upstream, retries=1), at(other, "two"))) as sender:
            name, _, attempts = await ask(sender)
        assert (name, attempts) == ("two", 3)
        assert (len(upstream.received), len(other.received)) == (2, 1)


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(refuses(504), id="504"),
        pytest.param(refuses(401), id="401"),
        pytest.param(refuses(404), id="404"),
        pytest.param(refuses(429, retry_after="1"), id="429 with Retry-After"),
        pytest.param(refuses(503, retry_after="1"), id="503 with Retry-After"),
        pytest.param(hangs_up(b"SSH-2.0-OpenSSH_9.9\r\n\r\n"), id="no HTTP"),
        pytest.param(hangs_up(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 20_000 + b"\r\n\r\n"), id="a header without end"),
        pytest.param(says(b"<html>", content_type="text/html"), id="HTML"),
        pytest.param(says(b"{}", content_type=None), id="no content type"),
        pytest.param(says(b"data: {}\n\n", content_type="text/event-stream"), id="a stream that was not asked for"),
        pytest.param(redirects("http://127.0.0.1:9/elsewhere"), id="redirect"),
        pytest.param(says(b"\x1f\x8b", content_encoding="gzip"), id="compressed"),
        pytest.param(hangs(), id="no answer in time"),
        pytest.param(hangs(b"HTTP/1.1 200 OK\r\nContent-"), id="half a header"),
        pytest.param(hangs_in_body(), id="half a body"),
    ],
)
async def test_some_failures_go_to_the_next_one_at_once(bad: Script) -> None:
    async with serving() as upstream, serving() as other:
        upstream.then(bad)
        async with sending(settings(at(upstream, **QUICK), at(other, "two"))) as sender:
            name, _, _ = await ask(sender)
        assert name == "two" and (len(upstream.received), len(other.received)) == (1, 1)


async def test_where_nobody_listens_the_next_one_is_asked() -> None:
    async with serving() as other, sending(settings(_nobody(), at(other, "two"))) as sender:
        assert (await ask(sender))[0] == "two"


async def test_a_fallback_is_another_model_in_another_api() -> None:
    async with serving() as other:
        models = [
            {"name": "small", "upstream": "nobody", "fallbacks": ["large"]},
            {"name": "large", "upstream": "two", "upstream_name": "large-2026"},
        ]
        async with sending(settings(_nobody(), at(other, "two", api="anthropic"), models=models)) as sender:
            _, body, _ = await ask(sender)
        assert other.received[0].path == "/v1/messages"
        assert json.loads(body)["model"] == "large-2026"


def _only_openai(target: Target) -> Outgoing:
    if target.upstream.api != "openai":
        raise UnreadableError("The other API cannot say this.")
    return request(target)


async def test_a_target_whose_api_cannot_say_it_is_passed_over() -> None:
    async with serving() as upstream, serving() as other:
        async with sending(settings(at(upstream, api="anthropic"), at(other, "two"))) as sender:
            assert (await ask(sender, _only_openai))[0] == "two"
        assert upstream.received == []


async def test_what_failed_is_told_and_not_that_a_fallback_cannot_say_it() -> None:
    async with serving() as upstream, serving() as other:
        upstream.then(refuses(500))
        async with sending(settings(at(upstream, retries=0), at(other, "two", api="anthropic"))) as sender:
            with pytest.raises(UpstreamFailed, match="'one' answered 500"):
                await ask(sender, _only_openai)


async def test_where_no_api_can_say_it_that_is_told() -> None:
    async with serving() as upstream, sending(settings(at(upstream, api="anthropic"))) as sender:
        with pytest.raises(UnreadableError, match="cannot say this"):
            await ask(sender, _only_openai)
        with pytest.raises(UsageError, match="no target"):
            async with sender.open([], request):
                pass


@pytest.mark.parametrize("bad", [refuses(500), hangs_up(), cut_in_body(), refuses(503), refuses(504)])
async def test_what_may_have_had_an_effect_is_not_repeated_unless_told_so(bad: Script) -> None:
    async with serving() as upstream, serving() as other:
        upstream.then(bad)
        async with sending(settings(at(upstream), at(other, "two"))) as sender:
            with pytest.raises(UpstreamFailed) as failed:
                await ask(sender, once)
        assert failed.value.attempts == 1 and not failed.value.unused
        assert (len(upstream.received), len(other.received)) == (1, 0)


async def test_what_surely_had_no_effect_is_repeated_all_the_same() -> None:
    async with serving() as upstream, sending(settings(_nobody(), at(upstream))) as sender:
        upstream.then(refuses(429), answers())
        name, _, _ = await ask(sender, once)
        assert name == "one" and len(upstream.received) == 2


async def test_a_bad_request_is_nobodys_fault_but_the_callers() -> None:
    async with serving() as upstream, serving() as other:
        upstream.then(refuses(400, "max_tokens is too large"))
        async with sending(settings(at(upstream), at(other, "two"))) as sender:
            for _ in range(FEWEST):
                with pytest.raises(UpstreamFailed, match="'one' answered 400") as failed:
                    await ask(sender)
            assert sender.router.health()["one"].state == "closed"
        assert failed.value.status == 400 and b"max_tokens is too large" in failed.value.body
        assert failed.value.unused and other.received == []


async def test_a_redirect_is_no_error_of_the_callers() -> None:
    async with serving() as upstream:
        upstream.then(redirects("http://127.0.0.1:9/elsewhere"))
        failed = await failure(upstream)
        assert failed.status is None and failed.unused and "'one' sends us elsewhere (307)" in str(failed)


async def test_what_an_upstream_asks_for_is_waited() -> None:
    clock = Clock()
    async with serving() as upstream, sending(settings(at(upstream)), clock) as sender:
        upstream.then(refuses(429, retry_after="3"), answers())
        await ask(sender)
        assert len(clock.slept) == 1 and 3.0 < clock.slept[0] < 4.0


async def test_who_asks_for_too_long_is_not_waited_for() -> None:
    clock = Clock()
    async with serving() as upstream, sending(settings(at(upstream)), clock) as sender:
        upstream.then(refuses(429, retry_after="3600"))
        with pytest.raises(UpstreamFailed, match="has limited us") as failed:
            await ask(sender)
        assert clock.slept == [] and failed.value.retry_after == 3600 and failed.value.unused
        with pytest.raises(NoneHealthy) as left_alone:
            await ask(sender)
        assert left_alone.value.retry_after == LONGEST_OBEYED and len(upstream.received) == 1


async def test_the_deadline_ends_the_tries() -> None:
    clock = Clock()
    async with serving() as upstream, sending(settings(at(upstream, total_seconds=4)), clock) as sender:
        upstream.then(refuses(429, retry_after="3"))
        with pytest.raises(UpstreamFailed) as failed:
            await ask(sender)
        assert failed.value.attempts == 2 and clock.now - 1000.0 < 4


async def test_an_upstream_that_goes_on_failing_is_left_alone_then_asked_by_one() -> None:
    clock = Clock()
    async with serving() as upstream, serving() as other:
        upstream.then(refuses(500))
        async with sending(settings(at(upstream, retries=0), at(other, "two")), clock) as sender:
            for _ in range(FEWEST + 3):
                assert (await ask(sender))[0] == "two"
            assert len(upstream.received) == FEWEST
            assert sender.loads()["one"].health.state == "open"
            upstream.scripts[:] = [answers()]
            clock.now += sender.loads()["one"].health.reopens
            assert (await ask(sender))[0] == "one"
            assert sender.loads()["one"].health.state == "closed"
