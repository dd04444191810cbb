"""Files for people to keep: the API's own answer, passed through piece by piece as the browser takes it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from helmward.faces.console.client import Api, Pieces

PATHS = frozenset({"/audit/export"})
"""Addresses of downloads; the API has the same below /api/v1."""

_ASKED = ("after", "format", "actor", "kind", "action", "target", "outcome", "q", "since", "until")
_KEPT = ("content-type", "content-disposition", "content-length")


class Download(StreamingResponse):
    """An answer of the API on its way. It ends there, too, when the browser leaves."""

    def __init__(self, pieces: Pieces, ending: AsyncExitStack) -> None:
        headers = {name: pieces.headers[name] for name in _KEPT if name in pieces.headers}
        super().__init__(pieces, headers=headers)
        self._ending = ending

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI 3."""
        async with self._ending:
            await super().__call__(scope, receive, send)


async def download(api: Api, path: str, query: Mapping[str, str]) -> Download:
    """The file at one of PATHS, as this query asks for it. Raises ApiError."""
    ending = AsyncExitStack()
    asked = {name: query[name] for name in _ASKED if name in query}
    pieces = await ending.enter_async_context(api.stream("GET", path, None, **asked))
    return Download(pieces, ending)
