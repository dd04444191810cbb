"""One call at one target: its slot, its pass of the breaker, its connection, until the answer's end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import NamedTuple

from helmward.core.upstreams import Answer, UpstreamError, Upstreams
from helmward.gateway.routing.breaker import Breaker
from helmward.gateway.routing.errors import UpstreamFailed
from helmward.gateway.routing.retry_after import retry_after
from helmward.gateway.routing.rules import Failure, failure_of
from helmward.gateway.routing.slots import Slots
from helmward.gateway.routing.target import Outgoing, Target

LARGEST_ERROR = 64 << 10
"""Bytes of an error answer that are kept."""
LARGEST_ANSWER = 32 << 20
"""Bytes of an answer that is read whole."""
_ERROR_SECONDS = 5.0  # for the body of an error answer


class Good(NamedTuple):
    """An answer whose first piece is there."""

    status: int
    headers: Mapping[str, str]
    body: AsyncIterator[bytes]


class Attempt:
    """`run` once; then `close`, whatever came of it. A `Failure` has closed it already."""

    def __init__(
        self,
        target: Target,
        breaker: Breaker,
        slots: Slots,
        upstreams: Upstreams,
        limit: Callable[[Target, float], None],
    ) -> None:
        self._target, self._breaker, self._slots, self._upstreams = target, breaker, slots, upstreams
        self._limit = limit
        self._inside = self._passed = False
        self._exchange: AbstractAsyncContextManager[Answer] | None = None

    async def run(self, outgoing: Outgoing, seconds: float, patient: bool) -> Good | Failure:
        """Send, and read until the answer is known to be good. `seconds`: how long it may take, the whole answer included.
        `patient`: wait for a turn where all are taken."""
        upstream = self._target.upstream
        if not await self._slots.enter(min(seconds, upstream.connect_seconds) if patient else 0.0):
            return Failure(
                "busy", f"The upstream '{upstream.name}' is busy with {self._slots.limit} calls; try again soon."
            )
        self._inside = True
        if not self._breaker.enter():
            await self.close()
            return Failure("open", f"The upstream '{upstream.name}' failed and is left alone for now.")
        self._passed = True
        try:
            got = await self._answered(outgoing, seconds)
        except UpstreamError as error:
            got = failure_of(error)
        except BaseException:
            await self.close()
            raise
        self._tell(got)
        if isinstance(got, Failure):
            await self.close()
        return got

    async def close(self) -> None:
        """Let everything go; an answer that is not at its end is cancelled."""
        exchange, self._exchange = self._exchange, None
        try:
            if exchange is not None:
                await exchange.__aexit__(None, None, None)
        finally:
            if self._passed:
                self._passed = False
                self._breaker.left()
            if self._inside:
                self._inside = False
                self._slots.leave()

    # ---- inside ----

    async def _answered(self, outgoing: Outgoing, seconds: float) -> Good | Failure:
        upstream = self._target.upstream
        exchange = self._upstreams.post(upstream, outgoing.path, outgoing.body, outgoing.headers, seconds)
        answer = await exchange.__aenter__()
        self._exchange = exchange
        if not 200 <= answer.status < 300:
            return await self._refusal(answer)
        kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if not _fits(kind, outgoing.stream):
            return Failure("content", self._misfit(outgoing.stream))
        if not outgoing.stream:
            return await self._whole(answer)
        pieces = answer.chunks()
        first = await anext(pieces, None)
        if first is None:
            return Failure("lost", f"The upstream '{upstream.name}' ended its answer before it began.")
        return Good(answer.status, answer.headers, _Pieces(first, pieces, self._target, self._breaker))

    async def _whole(self, answer: Answer) -> Good | Failure:
        pieces, size = [], 0
        async for piece in answer.chunks():
            pieces.append(piece)
            size += len(piece)
            if size > LARGEST_ANSWER:
                name, most = self._target.upstream.name, LARGEST_ANSWER >> 20
                return Failure("large", f"The upstream '{name}' answers with more than {most} MiB; ask for less.")
        if not size:
            return Failure("lost", f"The upstream '{self._target.upstream.name}' answered with an empty body.")
        return Good(answer.status, answer.headers, _one(b"".join(pieces)))

    async def _refusal(self, answer: Answer) -> Failure:
        name, status = self._target.upstream.name, answer.status
        if status < 400:
            sentence = f"The upstream '{name}' sends us elsewhere ({status}); write where it is into its `url`."
            return Failure("status", sentence, status)
        body = await _error_body(answer)
        return Failure("status", _sentence(name, status), status, body, retry_after(answer.headers))

    def _misfit(self, stream: bool) -> str:
        wanted = "a stream (text/event-stream)" if stream else "JSON"
        name = self._target.upstream.name
        return f"The upstream '{name}' answers with something that is not {wanted}; check its `url` and `api`."

    def _tell(self, got: Good | Failure) -> None:
        self._passed = False
        if isinstance(got, Failure) and got.status == 429 and got.retry_after:
            self._limit(self._target, got.retry_after)
            self._breaker.succeeded()  # it is well; only this model of it is limited
        elif isinstance(got, Failure) and got.unhealthy:
            self._breaker.failed(got.sentence, got.retry_after)
        else:
            self._breaker.succeeded()


class _Pieces:
    """The pieces of a stream: the first, which is there, then the others. To break off counts against the upstream."""

    def __init__(self, first: bytes, rest: AsyncIterator[bytes], target: Target, breaker: Breaker) -> None:
        self._first: bytes | None = first
        self._rest, self._target, self._breaker = rest, target, breaker

    def __aiter__(self) -> _Pieces:
        return self

    async def __anext__(self) -> bytes:
        first = self._first
        if first is not None:
            self._first = None
            return first
        try:
            return await self._rest.__anext__()
        except UpstreamError as error:
            self._breaker.failed(str(error))
            raise UpstreamFailed(str(error), self._target) from error


async def _one(body: bytes) -> AsyncIterator[bytes]:
    yield body


async def _error_body(answer: Answer) -> bytes:
    """What can be had of it in short time; an error that breaks off is still an error."""
    kept = bytearray()
    try:
        async with asyncio.timeout(_ERROR_SECONDS):
            async for piece in answer.chunks():
                kept += piece[: LARGEST_ERROR - len(kept)]
                if len(kept) >= LARGEST_ERROR:
                    break
    except (UpstreamError, TimeoutError):
        pass
    return bytes(kept)


def _fits(kind: str, stream: bool) -> bool:
    if stream:
        return kind == "text/event-stream"
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


def _sentence(name: str, status: int) -> str:
    if status == 429:
        return f"The upstream '{name}' has limited us (429); try again later."
    if status in (401, 403):
        return f"The upstream '{name}' refuses our key ({status}); check its `key_env` or `key_file`."
    if status == 404:
        return (
            f"The upstream '{name}' knows no such path or model (404); check its `url` and the model's `upstream_name`."
        )
    return f"The upstream '{name}' answered {status}."
