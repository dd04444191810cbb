"""The second half of a model call: from the open upstream to the last byte; settled and recorded however it ends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING

from msgspec import structs

from helmward.core.errors import HelmwardError
from helmward.core.model import DATA_CLASSES
from helmward.door.audit.record import Outcome
from helmward.gateway.asked import Asked, Expected, outgoing
from helmward.gateway.budget import Lease, Used
from helmward.gateway.inbound import LARGE, Blocked
from helmward.gateway.recording import Record
from helmward.gateway.routing import Incoming, Outgoing, Target, UpstreamFailed
from helmward.gateway.streamed import StreamGuard
from helmward.gateway.tokens import count
from helmward.gateway.translate import translate_response
from helmward.gateway.wire import Request, Response, Usage, WireError, read_response, stream_reader, stream_writer

if TYPE_CHECKING:
    from helmward.gateway.gateway import Parts

LARGEST_ANSWER = 64 << 20
"""Bytes of a whole answer; an upstream that sends more is broken."""


class Answering:
    """One permitted call. `begin`, then `whole` or `pieces`; `broken` where one of them raises."""

    def __init__(
        self, parts: Parts, asked: Asked, request: Request, record: Record, lease: Lease, expected: Expected
    ) -> None:
        self.request = request
        self._parts, self._asked, self._record = parts, asked, record
        self._lease, self._expected = lease, expected
        self._timing = record.timing
        self._intent = parts.recorder.intend(record)
        self._number: int | None = None
        self._incoming: Incoming | None = None
        self._target: Target | None = None
        self._answered = 0
        self._sent = self._ended = False

    async def begin(self, stack: AsyncExitStack, targets: list[Target]) -> None:
        """Send it; the answer's head is there, and the intent durable, when this returns."""
        opened = self._parts.sender.open(targets, self._outgoing)
        self._sent = self._timing.sent = True
        self._timing.pause()
        try:
            self._incoming = await stack.enter_async_context(opened)
        except UpstreamFailed as error:
            self._timing.sent = error.attempts > 0
            self._sent, self._record.attempts, self._target = not error.unused, error.attempts, error.target
            raise
        except HelmwardError:  # it cannot be said in the target's API
            self._sent = self._timing.sent = False
            raise
        finally:
            self._timing.resume()
        self._target = self._incoming.target
        self._record.upstream, self._record.attempts = self._incoming.target.upstream.name, self._incoming.attempts
        # A future awaited as it is would be cancelled with its waiter, and nobody would learn the record's number.
        self._number = await asyncio.shield(self._intent)

    def _outgoing(self, target: Target) -> Outgoing:
        self._timing.resume()
        try:
            return outgoing(self.request, target, self._asked.headers, self._parts.settings.max_output_tokens)
        finally:
            self._timing.pause()

    async def whole(self, stack: AsyncExitStack) -> bytes:
        """The whole answer as the caller's API writes it."""
        async with stack:
            incoming = self._given
            read = bytearray()
            async for piece in incoming.body:
                read += piece
                if len(read) > LARGEST_ANSWER:
                    raise WireError(f"The answer of '{incoming.target.upstream.name}' is larger than 64 MiB.")
        api = incoming.target.upstream.api
        try:
            response = read_response(api, bytes(read), self.request.kind)
        except WireError as error:
            raise UpstreamFailed(
                f"'{incoming.target.upstream.name}' answered nonsense: {error}", incoming.target
            ) from None
        self._used(response.usage, count(slot.text for slot in response.slots))
        # The guards of much text run beside the event loop, as they do for requests.
        body = self._judged(response) if len(read) < LARGE else await asyncio.to_thread(self._judged, response)
        self._end("done", "")
        return body

    def _judged(self, response: Response) -> bytes:
        """The answer as it goes out. One that becomes OpenAI's is judged as such: there the texts of all blocks are one."""
        asked, found = self._asked.api, self._record.found
        if asked == "openai":
            response = translate_response(response, asked, int(time.time()))
        self._parts.outbound.inspect(response, found)
        return translate_response(response, asked, int(time.time())).encode(model=self.request.model)

    async def pieces(self, stack: AsyncExitStack) -> AsyncGenerator[bytes, None]:
        """The answer's server-sent events for the caller; it ends in the API's own error event where it must."""
        incoming, request = self._given, self.request
        api = incoming.target.upstream.api
        reader = stream_reader(api)
        writer = stream_writer(self._asked.api, api, request.model, request.include_usage, int(time.time()))
        joined = api == "anthropic" and self._asked.api == "openai"
        guard = StreamGuard(self._parts.outbound, self._record.found, writer, joined)
        held: list[bytes] | None = [] if self._buffers() else None
        timing = self._timing
        try:
            async with stack:
                try:
                    timing.pause()
                    async for chunk in incoming.body:
                        timing.resume()
                        out = guard.feed(reader.feed(chunk))
                        if held is not None:
                            held.append(out)
                        elif out:
                            timing.given(guard.size > 0)
                            yield out
                        if guard.over:
                            break
                        timing.pause()
                    timing.resume()
                    out = guard.feed(reader.close())
                    timing.given(guard.size > 0)
                    yield out if held is None else b"".join([*held, out])
                except Blocked as error:
                    self._settle_stream(guard)
                    self._end("denied", str(error))
                    yield writer.fail(403, str(error), code=Blocked.CODE)
                except (UpstreamFailed, WireError) as error:
                    guard.failed = str(error)
                    yield writer.fail(502, str(error))
            self._settle_stream(guard)
            self._end("failed" if guard.failed else "done", guard.failed)
        except BaseException as error:
            self._settle_stream(guard)
            await asyncio.shield(self.broken(AsyncExitStack(), error))
            raise

    async def broken(self, stack: AsyncExitStack, error: BaseException) -> None:
        """It ended otherwise: the upstream is let go, what was used is settled, and it is recorded."""
        await stack.aclose()
        if self._ended:
            return
        if self._number is None:
            with suppress(HelmwardError):  # the log that could not take the intent cannot take its end
                self._number = await asyncio.shield(self._intent)
        if not self._sent:
            self._parts.budgets.release(self._lease)
            self._record.used = Used(0, 0, 0, 0.0)
        elif isinstance(error, UpstreamFailed) and error.status is not None:
            self._refused()
        elif self._record.used is None:
            self._used(None, max(self._answered, 0 if self.request.stream else self._expected.answer))
        reason = (
            str(error) if isinstance(error, HelmwardError) else "the caller went away" if _left(error) else "it failed"
        )
        self._end("denied" if isinstance(error, Blocked) else "failed", reason)

    def _refused(self) -> None:
        """The upstream answered with an error: nobody bills for that, and it counts as a request alone."""
        self._record.used = Used(0, 0, 0, 0.0)
        self._parts.budgets.settle(self._lease, self._record.used)

    def _buffers(self) -> bool:
        least = self._parts.settings.buffer_from
        return least is not None and DATA_CLASSES.index(self._record.found.data_class) >= DATA_CLASSES.index(least)

    @property
    def used(self) -> Used | None:
        """What it used, once that is known."""
        return self._record.used

    @property
    def _given(self) -> Incoming:
        assert self._incoming is not None
        return self._incoming

    def _settle_stream(self, guard: StreamGuard) -> None:
        self._answered = guard.size
        if self._record.used is None:
            usage = guard.usage
            if usage is not None and not (guard.over and not guard.failed):
                # It broke off: what the upstream said so far is of the beginning (Anthropic's message_start).
                said = min(max(usage.output_tokens, guard.size), max(self._expected.answer, usage.output_tokens))
                usage = structs.replace(usage, output_tokens=said)
            self._used(usage, guard.size)

    def _used(self, usage: Usage | None, answered: int) -> None:
        """Settle by what the upstream says, or where it says nothing, by what is sure to be no less."""
        if usage is None or not (usage.input_tokens or usage.output_tokens):
            usage = Usage(input_tokens=self._expected.given, output_tokens=answered)
        given, answer, cached = usage.input_tokens, usage.output_tokens, usage.cached_tokens
        target, written = self._target, usage.cache_write_tokens
        usd = None if target is None else self._parts.prices.cost(target, given, answer, cached, written)
        self._record.used = Used(given, answer, cached, usd)
        self._parts.budgets.settle(self._lease, self._record.used)

    def _end(self, outcome: Outcome, reason: str) -> None:
        if not self._ended:
            self._ended = True
            self._parts.recorder.ended(self._record, outcome, reason, self._number)


def _left(error: BaseException) -> bool:
    return isinstance(error, (asyncio.CancelledError, GeneratorExit))
