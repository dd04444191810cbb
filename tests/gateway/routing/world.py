"""A gateway's settings around real upstreams, and a sender with a quick pulse."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from helmward.adapters.models import Upstreams
from helmward.core.settings_gateway import GatewaySettings
from helmward.gateway.routing import Incoming, Outgoing, Router, Sender, Target, UpstreamFailed

from ..upstream import Upstream, words

QUICK = {"first_byte_seconds": 0.5, "idle_seconds": 0.5}


class Clock:
    """A clock that only moves when told, or when somebody sleeps by it."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def at(upstream: Upstream, name: str = "one", **more: Any) -> dict[str, Any]:
    """The settings of an upstream."""
    return {"name": name, "api": "openai", "url": upstream.url, **more}


def settings(*upstreams: dict[str, Any], models: list[dict[str, Any]] | None = None, **more: Any) -> GatewaySettings:
    """A gateway with these upstreams; without `models` each has the model `small`."""
    entries = models or [{"name": "small", "upstream": upstream["name"]} for upstream in upstreams]
    return GatewaySettings.model_validate({"upstreams": upstreams, "models": entries, **more})


def request(target: Target, stream: bool = False, idempotent: bool = True) -> Outgoing:
    """A chat request as the target's API wants it."""
    body: dict[str, Any] = {"model": target.name, "messages": [{"role": "user", "content": "hi"}]}
    if stream:
        body["stream"] = True
    path = "/messages" if target.upstream.api == "anthropic" else "/chat/completions"
    return Outgoing(path, words.encoded(body), stream, idempotent)


def streamed(target: Target) -> Outgoing:
    """The same, as a stream."""
    return request(target, stream=True)


def once(target: Target) -> Outgoing:
    """The same, not to be repeated."""
    return request(target, idempotent=False)


@contextlib.asynccontextmanager
async def sending(
    gateway: GatewaySettings, clock: Clock | None = None, env: dict[str, str] | None = None
) -> AsyncIterator[Sender]:
    """A sender; pauses between tries take no time, but `clock` counts them."""
    clock = clock or Clock()
    async with Upstreams(gateway, env or {}) as upstreams:
        yield Sender(Router(gateway, clock), upstreams, clock.sleep, lambda: 0.5)


async def whole(incoming: Incoming) -> bytes:
    """The rest of an answer."""
    return b"".join([piece async for piece in incoming.body])


async def ask(sender: Sender, make: Any = request, model: str = "small") -> tuple[str, bytes, int]:
    """Who answered, what, after how many calls."""
    async with sender.open(sender.router.targets(model, "chat", "internal"), make) as incoming:
        return incoming.target.upstream.name, await whole(incoming), incoming.attempts


async def failure(upstream: Upstream, make: Any = request, **more: Any) -> UpstreamFailed:
    """How asking an upstream alone fails."""
    async with sending(settings(at(upstream, **more))) as sender:
        with pytest.raises(UpstreamFailed) as failed:
            await ask(sender, make)
        return failed.value
