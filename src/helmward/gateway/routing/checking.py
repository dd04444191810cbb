"""Asks each upstream whether it is there, takes our key and has the models that the settings name."""

from __future__ import annotations

import asyncio
import time
from typing import NamedTuple

import msgspec

from helmward.core.settings_gateway import GatewaySettings, UpstreamSettings
from helmward.core.text import one_line
from helmward.core.typed import decode
from helmward.core.upstreams import Answer, UpstreamError, Upstreams

_SECONDS = 10.0
_MOST = 4 << 20  # bytes of a list of models


class Checked(NamedTuple):
    """One upstream. `good`: it answers and takes our key. `sentence` says what is wrong, or what to know; `seconds` is how long
    its answer took (None: there was none)."""

    name: str
    good: bool
    sentence: str
    seconds: float | None


class _Model(msgspec.Struct):
    id: str


class _Models(msgspec.Struct):
    """`GET /models` of both APIs: platform.openai.com and docs.anthropic.com, List models."""

    data: list[_Model]


async def check(settings: GatewaySettings, upstreams: Upstreams) -> list[Checked]:
    """All upstreams of the settings at the same time, in their order. It costs no tokens: a list of models is asked for."""
    return await asyncio.gather(*(_checked(settings, upstreams, upstream) for upstream in settings.upstreams))


async def _checked(settings: GatewaySettings, upstreams: Upstreams, upstream: UpstreamSettings) -> Checked:
    wanted = {model.upstream_name or model.name for model in settings.models if model.upstream == upstream.name}
    begun = time.monotonic()
    try:
        async with upstreams.get(upstream, "/models", _SECONDS) as answer:
            seconds = time.monotonic() - begun
            good, sentence = _judged(upstream, answer.status, await _body(answer), wanted)
            return Checked(upstream.name, good, sentence, seconds)
    except UpstreamError as error:
        return Checked(upstream.name, False, str(error), None)


def _judged(upstream: UpstreamSettings, status: int, body: bytes, wanted: set[str]) -> tuple[bool, str]:
    name = upstream.name
    if status in (401, 403):
        return False, f"The upstream '{name}' refuses our key ({status}); check its `key_env` or `key_file`."
    if 300 <= status < 400:
        return False, f"The upstream '{name}' sends us elsewhere ({status}); write where it is into its `url`."
    if status >= 500 or status == 429:
        return False, f"The upstream '{name}' answers {status}; look at it, or try again later."
    try:
        known = {model.id for model in decode(body, _Models).data}
    except (msgspec.DecodeError, RecursionError):
        return (
            True,
            f"The upstream '{name}' answers ({status}), but lists no models; "
            f"whether it has {_listed(wanted)} shows the first call.",
        )
    missing = wanted - known
    return True, f"The upstream '{name}' lists no {_listed(missing)}; check `upstream_name`." if missing else ""


def _listed(names: set[str]) -> str:
    return ", ".join(f"'{one_line(name, 80)}'" for name in sorted(names)) or "models"


async def _body(answer: Answer) -> bytes:
    kept = bytearray()
    async for piece in answer.chunks():
        kept += piece
        if len(kept) > _MOST:
            return b""
    return bytes(kept)
