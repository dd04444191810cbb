"""Sends a request to the first target that answers: tries again, falls back, keeps a deadline."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import NamedTuple

from helmward.core.errors import HelmwardError, UsageError
from helmward.core.settings_gateway import UpstreamSettings
from helmward.core.upstreams import Upstreams
from helmward.gateway.routing.attempt import Attempt, Good
from helmward.gateway.routing.breaker import Health
from helmward.gateway.routing.errors import UpstreamFailed
from helmward.gateway.routing.pauses import pause
from helmward.gateway.routing.router import Router
from helmward.gateway.routing.rules import Failure, next_step
from helmward.gateway.routing.slots import Slots
from helmward.gateway.routing.target import Incoming, Outgoing, Target


class Load(NamedTuple):
    """An upstream as it is now: its breaker's health, the calls that run there and those that wait."""

    health: Health
    running: int
    waiting: int


class Sender:
    """Sends to the upstreams of `router`. `uniform()` gives [0, 1)."""

    def __init__(
        self,
        router: Router,
        upstreams: Upstreams,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        uniform: Callable[[], float] = random.random,
    ) -> None:
        self.router, self.upstreams = router, upstreams
        self.sleep, self.uniform = sleep, uniform
        self._slots: dict[str, Slots] = {}

    def open(
        self, targets: Sequence[Target], request_for: Callable[[Target], Outgoing]
    ) -> AbstractAsyncContextManager[Incoming]:
        """The first good answer of `targets`, in their order; leaving the block before its end cancels the upstream's work.

        A call is tried again at its target up to the upstream's `retries`, then at the next one, by the rules of rules.py;
        all of it within the longest `total_seconds` of the targets. A target for which `request_for` raises a HelmwardError is
        passed over. Entering raises UpstreamFailed, or where no target could be asked at all, the first of those errors.
        """
        return _Call(self, targets, request_for)

    def attempt(self, target: Target) -> Attempt:
        """A call at one target."""
        name = target.upstream.name
        router = self.router
        return Attempt(target, router.breaker(name), self._slots_of(target.upstream), self.upstreams, router.limit)

    def loads(self) -> Mapping[str, Load]:
        """How each upstream does now, by its name."""
        found = {}
        for name, health in self.router.health().items():
            slots = self._slots.get(name)
            found[name] = Load(health, slots.running if slots else 0, slots.waiting if slots else 0)
        return found

    def _slots_of(self, upstream: UpstreamSettings) -> Slots:
        slots = self._slots.get(upstream.name)
        if slots is None:
            slots = self._slots[upstream.name] = Slots(upstream.connections)
        return slots


class _Call:
    """One request, from its first try to the end of its answer."""

    def __init__(self, sender: Sender, targets: Sequence[Target], request_for: Callable[[Target], Outgoing]) -> None:
        self._sender, self._targets, self._request_for = sender, targets, request_for
        self._clock = sender.router.clock
        self._attempts = 0
        self._unused = True
        self._failed: tuple[Target, Failure] | None = None
        self._unfit: HelmwardError | None = None
        self._attempt: Attempt | None = None

    async def __aenter__(self) -> Incoming:
        self._deadline = self._clock() + max((target.upstream.total_seconds for target in self._targets), default=0.0)
        for target in self._targets:
            incoming = await self._at(target, last=target is self._targets[-1])
            if incoming is not None:
                return incoming
            if self._left() <= 0:
                break
        raise self._error()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._attempt is not None:
            await self._attempt.close()

    async def _at(self, target: Target, last: bool) -> Incoming | None:
        """The answer of one target; None where the next one is to be asked. Raises UpstreamFailed where none is."""
        outgoing = self._request(target)
        if outgoing is None:
            return None
        for tried in range(1, target.upstream.retries + 2):
            got = await self._once(target, outgoing, last)
            if isinstance(got, Incoming):
                return got
            step = next_step(got, outgoing.idempotent, last)
            if step == "stop":
                raise self._error()
            wait = pause(tried, got.retry_after, self._sender.uniform)
            if step == "elsewhere" or tried > target.upstream.retries or wait is None or wait >= self._left():
                return None
            await self._sender.sleep(wait)
        return None

    def _request(self, target: Target) -> Outgoing | None:
        """The request for a target; None where its API cannot say it, while another's may."""
        try:
            return self._request_for(target)
        except HelmwardError as error:
            self._unfit = self._unfit or error
            return None

    async def _once(self, target: Target, outgoing: Outgoing, last: bool) -> Incoming | Failure:
        attempt = self._sender.attempt(target)
        got = await attempt.run(outgoing, self._left(), patient=last)
        if isinstance(got, Good):
            self._attempts += 1
            self._attempt = attempt
            return Incoming(target, got.status, got.headers, got.body, self._attempts)
        self._attempts += got.sent
        self._unused = self._unused and got.unused
        if got.sent or self._failed is None:
            self._failed = target, got
        return got

    def _left(self) -> float:
        return self._deadline - self._clock()

    def _error(self) -> HelmwardError:
        if self._failed is None:
            return self._unfit or UsageError("There is no target to send this to.")
        target, failure = self._failed
        refused = failure.status is not None and failure.status >= 400
        return UpstreamFailed(
            failure.sentence,
            target,
            status=failure.status if refused else None,
            body=failure.body,
            attempts=self._attempts,
            unused=self._unused,
            retry_after=failure.retry_after,
        )
