"""A request's head and body, within bounds."""

from __future__ import annotations

import asyncio
from collections import Counter

from helmward.faces.api.gate import Message, Receive
from helmward.faces.models.errors import Unfit

BODY_SECONDS = 60.0
"""How long a body may take to come."""

THROWN_AWAY = 128 << 20
"""Bytes beyond the largest body that are read only so that its sender hears why."""


class Headers:
    """The headers that matter, each at most once."""

    def __init__(self, scope: Message) -> None:
        raw: list[tuple[bytes, bytes]] = scope["headers"]
        self._values = dict(raw)
        self._twice = _twice(raw) if len(raw) != len(self._values) else frozenset[bytes]()

    def one(self, name: bytes) -> str:
        """A header's value; "" where there is none. Raises Unfit where it came more than once: two readers could differ."""
        if name in self._twice:
            raise Unfit(400, f"The header '{name.decode()}' came more than once; send it once.")
        return self._values.get(name, b"").decode("latin-1").strip()

    def has(self, name: bytes) -> bool:
        """Whether it came at all."""
        return name in self._values


def _twice(raw: list[tuple[bytes, bytes]]) -> frozenset[bytes]:
    counts = Counter(name for name, _ in raw)
    return frozenset(name for name, count in counts.items() if count > 1)


def token_of(headers: Headers) -> str:
    """The key of a call: `Authorization: Bearer`, or `x-api-key` as Anthropic's SDK sends it. Raises Unfit."""
    scheme, _, bearer = headers.one(b"authorization").partition(" ")
    key = headers.one(b"x-api-key")
    if bearer and scheme.lower() == "bearer":
        if key and key != bearer.strip():
            raise Unfit(400, "Two different keys came, as Authorization and as x-api-key; send one.")
        return bearer.strip()
    if key:
        return key
    raise Unfit(
        401, "This needs a key: send 'Authorization: Bearer …' or 'x-api-key'; `helmward gateway keys` makes one."
    )


async def body_of(headers: Headers, receive: Receive, most: int) -> bytes:
    """The body, at most `most` bytes. Raises Unfit for one that is too large, too slow, no JSON by its type, or cut off."""
    kind = headers.one(b"content-type").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Unfit(415, f"The body must be application/json, not '{kind[:60]}'.")
    if encoding := headers.one(b"content-encoding"):
        raise Unfit(415, f"The body must not be encoded ({encoding[:30]}).")
    length = headers.one(b"content-length")
    announced = int(length) if length.isdecimal() and len(length) < 18 else 0
    if announced > most and headers.has(b"expect"):  # it waits for our word before it sends
        raise _too_large(most)
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await _read(receive, most)
    except TimeoutError:
        raise Unfit(408, f"The body took longer than {BODY_SECONDS:g} s to come.") from None


async def _read(receive: Receive, most: int) -> bytes:
    """The body. One that is too large is read to its end, within bounds, and thrown away: who still sends reads no answer."""
    read, size = list[bytes](), 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Unfit(400, "The body broke off.")
        piece = message.get("body", b"")
        size += len(piece)
        if size <= most:
            read.append(piece)
        else:
            read.clear()
        if size > most + THROWN_AWAY or (size > most and not message.get("more_body", False)):
            raise _too_large(most)
        if not message.get("more_body", False):
            return read[0] if len(read) == 1 else b"".join(read)


def _too_large(most: int) -> Unfit:
    return Unfit(413, f"The body is larger than {most >> 20} MiB, which is all that is taken here.")
