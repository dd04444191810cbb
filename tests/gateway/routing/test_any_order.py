"""Whatever upstreams do, in whatever order: calls are bounded and counted, nothing stays behind, no answer is begun twice."""

from __future__ import annotations

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as some

from helmward.gateway.routing import NoneHealthy, Sender, UpstreamFailed

from ..upstream import Script, Upstream, answers, cut_in_body, hangs_up, refuses, says, serving, streams
from . import world

_SCRIPTS: dict[str, Script] = {
    "good": answers(chunks=list("abc")),
    "cut in mid-stream": answers(chunks=list("abcdef"), cut_after=2, delay=0.002),
    "400": refuses(400),
    "401": refuses(401),
    "429": refuses(429),
    "429 for a while": refuses(429, retry_after="2"),
    "500": refuses(500),
    "503": refuses(503),
    "504": refuses(504),
    "no answer": hangs_up(),
    "cut": cut_in_body(),
    "HTML": says(b"<html>", content_type="text/html"),
    "cut before its first event": streams(cut=True),
}
_some_scripts = some.lists(some.sampled_from(sorted(_SCRIPTS)), min_size=1, max_size=8)


@settings(max_examples=40, deadline=None)
@given(_some_scripts, _some_scripts, some.integers(0, 2), some.booleans(), some.booleans())
def test_in_any_order(first: list[str], second: list[str], retries: int, stream: bool, idempotent: bool) -> None:
    asyncio.run(_run(first, second, retries, stream, idempotent))


async def _run(first: list[str], second: list[str], retries: int, stream: bool, idempotent: bool) -> None:
    async with serving() as one, serving() as two:
        one.then(*(_SCRIPTS[name] for name in first))
        two.then(*(_SCRIPTS[name] for name in second))
        gateway = world.settings(world.at(one, retries=retries), world.at(two, "two", retries=retries))
        async with world.sending(gateway) as sender:
            for _ in range(3):
                await _call(sender, [one, two], retries, stream, idempotent)
            assert all((load.running, load.waiting) == (0, 0) for load in sender.loads().values())


async def _call(sender: Sender, upstreams: list[Upstream], retries: int, stream: bool, idempotent: bool) -> None:
    before = _received(upstreams)
    begun = False
    try:
        targets = sender.router.targets("small", "chat", "internal")
        async with sender.open(targets, lambda target: world.request(target, stream, idempotent)) as incoming:
            attempts, sent = incoming.attempts, _received(upstreams)
            begun = True
            assert await world.whole(incoming)
        assert _received(upstreams) == sent, "nothing is sent once an answer has begun"
    except UpstreamFailed as error:
        attempts = attempts if begun else error.attempts
        assert str(error).endswith(".") and error.attempts <= attempts
    except NoneHealthy:
        attempts = 0
    assert attempts == _received(upstreams) - before <= 2 * (retries + 1)


def _received(upstreams: list[Upstream]) -> int:
    return sum(len(upstream.received) for upstream in upstreams)
