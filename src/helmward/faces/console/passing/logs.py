"""A container's log on its way to a browser: the API's own events, passed through one by one.

What the API refuses becomes the stream's end, because a browser's EventSource tells nobody what a refusal said.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import StreamingResponse

from helmward.faces.console.client import Api, ApiError

PATH = re.compile(r"/objects/Pod/[^/]+/[^/]+/logs/stream")
"""Addresses of logs; the API has the same below /api/v1."""

_ASKED = ("container", "tail", "previous")
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_SIGNED_OUT = "You were signed out; load the page again."


def follow(api: Api, request: Request, holds: Callable[[], bool]) -> StreamingResponse:
    """The log at this address. `holds`: whether the caller is still signed in."""
    query: dict[str, Any] = {name: request.query_params[name] for name in _ASKED if name in request.query_params}
    # Not the decoded path: a name's own %2F must stay one part.
    path = request.scope.get("raw_path", request.url.path.encode()).decode("ascii")
    # The header where a browser connects again by itself; one that begins anew can only name the place in the address.
    seen = request.headers.get("last-event-id") or request.query_params.get("after", "")
    events = _events(api, path, query, seen, holds)
    return StreamingResponse(events, media_type="text/event-stream", headers=_HEADERS)


async def _events(
    api: Api, path: str, query: Mapping[str, Any], seen: str, holds: Callable[[], bool]
) -> AsyncIterator[bytes]:
    try:
        async with api.stream("GET", path, seen=seen, **query) as pieces:
            async for piece in pieces:
                if not holds():
                    yield _end(_SIGNED_OUT)
                    return
                yield piece
    except ApiError as error:
        yield _end(str(error))


def _end(reason: str) -> bytes:
    return b"event: end\ndata: %s\n\n" % msgspec.json.encode({"reason": reason})
