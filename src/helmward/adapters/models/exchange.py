"""One HTTP exchange with an upstream: its times, what is let through of its answer, and its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from types import TracebackType

import aiohttp

from helmward.adapters.models.failures import broken_off, no_answer
from helmward.adapters.models.line import Line
from helmward.core.upstreams import UpstreamError

_LET_THROUGH = frozenset({b"content-type", b"retry-after", b"retry-after-ms", b"request-id", b"x-request-id"})
_LIMITS = (b"x-ratelimit-", b"anthropic-ratelimit-")


class HttpAnswer:
    """An answer of aiohttp, as the port has it."""

    def __init__(self, line: Line, response: aiohttp.ClientResponse) -> None:
        self._line, self._response = line, response
        self.status = response.status
        self.headers: Mapping[str, str] = _let_through(response)

    def chunks(self) -> AsyncIterator[bytes]:
        """See core.upstreams.Answer."""
        chunks = _Chunks(self._line, self._response)
        return chunks if self.status < 400 else self._line.key.hidden_in(chunks)


class Exchange:
    """`async with` it: sends, gives the answer, and closes the connection at once where the answer is not at its end."""

    def __init__(
        self,
        line: Line,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str] | None,
        seconds: float | None,
    ) -> None:
        self._line, self._method, self._path, self._body = line, method, path, body
        self._headers, self._seconds = headers, seconds
        self._response: aiohttp.ClientResponse | None = None

    async def __aenter__(self) -> HttpAnswer:
        upstream = self._line.upstream
        try:
            async with asyncio.timeout(upstream.connect_seconds + upstream.first_byte_seconds):
                response = await self._line.send(self._method, self._path, self._body, self._headers, self._seconds)
        except (
            aiohttp.ClientError,
            aiohttp.http_exceptions.HttpProcessingError,
            OSError,
        ) as error:  # TimeoutError is an OSError
            raise no_answer(upstream, error) from error
        self._response = response
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            self._end()
            # It was told not to. What is small here may be huge when unpacked.
            raise UpstreamError(
                f"The upstream '{upstream.name}' answers compressed, though asked not to; mend it.", "form"
            )
        return HttpAnswer(self._line, response)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        if self._response is not None:
            self._response.close()


class _Chunks:
    """The pieces of a body. A class, since a generator that is dropped in the middle is closed by nobody in time."""

    def __init__(self, line: Line, response: aiohttp.ClientResponse) -> None:
        self._upstream = line.upstream
        self._response = response
        self._begun = False

    def __aiter__(self) -> _Chunks:
        return self

    async def __anext__(self) -> bytes:
        try:
            chunk = await self._response.content.readany()
        except (aiohttp.ClientError, aiohttp.http_exceptions.HttpProcessingError, OSError) as error:
            raise broken_off(self._upstream, error) from error
        if not chunk:
            raise StopAsyncIteration
        if not self._begun:
            self._begun = True
            connection = self._response.connection
            if connection is not None and connection.protocol is not None:
                connection.protocol.read_timeout = self._upstream.idle_seconds
                connection.protocol.start_timeout()  # the one that runs is still that of the first byte
        return chunk


def _let_through(response: aiohttp.ClientResponse) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in response.raw_headers:
        low = name.lower()
        if low in _LET_THROUGH or low.startswith(_LIMITS):
            found.setdefault(low.decode("latin-1"), value.decode("latin-1"))
    return found
