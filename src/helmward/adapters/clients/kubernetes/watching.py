"""Watches: one JSON frame a line, of any length, each object reduced before it leaves."""

from __future__ import annotations

import random
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from dataclasses import dataclass

import aiohttp
import msgspec

from helmward.adapters.clients.kubernetes.errors import refusal
from helmward.adapters.clients.kubernetes.secrets import Reducer, Unreadable, names_secrets
from helmward.adapters.clients.kubernetes.transport import Call, Transport
from helmward.core.cluster import Interrupted, KubernetesError

_LONGEST_LINE = 64 << 20  # bytes; etcd holds objects of 1.5 MB, so more is no Kubernetes
_SHORTEST_WATCH = 1.0  # seconds


@dataclass(frozen=True, slots=True)
class WatchEvent:
    """`type` is ADDED, MODIFIED, DELETED or BOOKMARK. Watch on from `resource_version`."""

    type: str
    raw: bytes
    resource_version: str


class _Frame(msgspec.Struct):
    type: str
    object: msgspec.Raw


class _Meta(msgspec.Struct, rename="camel"):
    resource_version: str = ""


class _Head(msgspec.Struct):
    code: int = 0
    metadata: _Meta = msgspec.field(default_factory=_Meta)


_Frames = msgspec.json.Decoder(_Frame)
_Heads = msgspec.json.Decoder(_Head)


class Watcher:
    """Watches by URL path. `report` is told of objects that were left out (a sentence, the path); `uniform()` gives [0, 1)."""

    def __init__(
        self,
        transport: Transport,
        reducer: Reducer,
        report: Callable[[str, str], None],
        uniform: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transport, self._reducer, self._report = transport, reducer, report
        self._uniform, self._clock = uniform, clock

    async def events(
        self,
        path: str,
        resource_version: str,
        seconds: float,
        params: Mapping[str, str] | None,
        opened: Callable[[], None],
    ) -> AsyncGenerator[WatchEvent, None]:
        """See Client.watch."""
        query = {
            **(params or {}),
            "watch": "true",
            "allowWatchBookmarks": "true",
            "resourceVersion": resource_version,
            # Spread, so that the watches of all kinds do not end, and start again, at the same moment.
            "timeoutSeconds": str(int(seconds * (1 + self._uniform()))),
        }
        started, count = self._clock(), 0
        async with self._transport.exchange(Call(path=path, params=query, endless=True)) as response:
            opened()
            async for line in _lines(response, self._broken(path)):
                event = self._event(path, line)
                if event is not None:
                    count += 1
                    yield event
        # As client-go's reflector: a server that hangs up at once, each time, must not be asked in a tight loop.
        if not count and self._clock() - started < _SHORTEST_WATCH:
            raise self._broken(path)("it ended at once")

    def _event(self, path: str, line: bytes) -> WatchEvent | None:
        try:
            frame = _Frames.decode(line)
            head = _Heads.decode(frame.object)
        except (msgspec.DecodeError, RecursionError) as error:
            raise self._broken(path)(f"a line of it cannot be read: {type(error).__name__}") from None
        raw = bytes(frame.object)
        if frame.type == "ERROR":
            raise self._error(path, head.code, raw)
        try:
            raw = self._reducer.reduce(raw, secret=names_secrets(path))
        except Unreadable as error:
            self._report(f"A change under {path} was left out: the object cannot be read ({error}).", path)
            return None
        return WatchEvent(frame.type, raw, head.metadata.resource_version)

    def _error(self, path: str, code: int, status: bytes) -> KubernetesError:
        connection = self._transport.connection
        return refusal(connection.server, connection.user, path, code or 500, status)

    def _broken(self, path: str) -> Callable[[str], Interrupted]:
        server = self._transport.connection.server
        return lambda why: Interrupted(
            f"The API server at {server} broke off the watch of {path} ({why}); watch again."
        )


async def _lines(response: aiohttp.ClientResponse, broken: Callable[[str], Interrupted]) -> AsyncIterator[bytes]:
    """Split at newlines by hand: aiohttp's own readline gives up on lines longer than its buffer."""
    parts: list[bytes] = []
    held = 0
    async for chunk in response.content.iter_any():
        first, *others = chunk.split(b"\n")
        parts.append(first)
        held += len(first)
        if held > _LONGEST_LINE:
            raise broken("a line is longer than 64 MiB")
        if not others:
            continue
        whole = b"".join(parts)
        *lines, rest = [whole, *others]
        parts, held = [rest], len(rest)
        for line in lines:
            if line.strip():
                yield line
    if held and b"".join(parts).strip():
        raise broken("it ends in the middle of an object")
