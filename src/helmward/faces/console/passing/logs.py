"""A container's log on its way to a browser: the API's own events, passed through one by one.

What the API refuses becomes the stream's end, because a browser's EventSource tells nobody what a refusal said.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import StreamingResponse

from helmward.faces.console.client import Api, ApiError
from helmward.faces.console.live.pulse import Pulse

PATH = re.compile(r"/objects/Pod/[^/]+/[^/]+/logs/stream")
"""Addresses of logs; the API has the same below /api/v1."""

_ASKED = ("container", "tail", "previous")
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_SIGNED_OUT = "You were signed out; load the page again."


def follow(api: Api, request: Request, holds: Callable[[], bool], pulse: Pulse) -> StreamingResponse:
    """The log at this address. `holds`: whether the caller is still signed in; `pulse`: when to ask, for ends are audited."""
    query: dict[str, Any] = {name: request.query_params[name] for name in _ASKED if name in request.query_params}
    # Not the decoded path: a name's own %2F must stay one part.
    path = request.scope.get("raw_path", request.url.path.encode()).decode("ascii")
    # The header where a browser connects again by itself; one that begins anew can only name the place in the address.
    seen = request.headers.get("last-event-id") or request.query_params.get("after", "")
    events = _events(api, path, query, seen, _Held(holds, pulse))
    return StreamingResponse(events, media_type="text/event-stream", headers=_HEADERS)


class _Held:
    """Hands pieces on for as long as the caller is signed in, and tells them when they no longer are: a log may be silent."""

    def __init__(self, holds: Callable[[], bool], pulse: Pulse) -> None:
        self._holds, self._pulse = holds, pulse

    async def through(self, pieces: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        coming, beat = asyncio.ensure_future(_next(pieces)), self._pulse.beat
        beating = asyncio.ensure_future(self._pulse.after(beat))
        try:
            while True:
                await asyncio.wait({coming, beating}, return_when=asyncio.FIRST_COMPLETED)
                if not self._holds():
                    yield _end(_SIGNED_OUT)
                    return
                if coming.done():
                    piece = coming.result()
                    if piece is None:
                        return
                    yield piece
                    coming = asyncio.ensure_future(_next(pieces))
                elif beating.result() == beat:  # the server stops
                    return
                if beating.done():
                    beat = beating.result()
                    beating = asyncio.ensure_future(self._pulse.after(beat))
        finally:
            beating.cancel()
            coming.cancel()
            await asyncio.gather(beating, coming, return_exceptions=True)


async def _next(pieces: AsyncIterator[bytes]) -> bytes | None:
    return await anext(pieces, None)


async def _events(api: Api, path: str, query: Mapping[str, Any], seen: str, held: _Held) -> AsyncIterator[bytes]:
    try:
        async with (
            api.stream("GET", path, seen=seen, **query) as pieces,
            aclosing(held.through(aiter(pieces))) as events,
        ):
            async for event in events:
                yield event
    except ApiError as error:
        yield _end(str(error))


def _end(reason: str) -> bytes:
    return b"event: end\ndata: %s\n\n" % msgspec.json.encode({"reason": reason})
