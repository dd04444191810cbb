"""One model call from its bytes to its answer: guards in → authorise → reserve → route → guards out → settle → audit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

from helmward.core.errors import DeniedError, HelmwardError
from helmward.core.nouns import Actor
from helmward.core.settings_gateway import GatewaySettings
from helmward.gateway.answering import Answering
from helmward.gateway.asked import Asked, Expected
from helmward.gateway.authorise import Authoriser
from helmward.gateway.budget import Budgets, Estimate, Used
from helmward.gateway.inbound import Inbound
from helmward.gateway.outbound import Outbound
from helmward.gateway.prices import Prices
from helmward.gateway.recording import Record, Recorder
from helmward.gateway.routing import Router, Sender, Target, UnknownModel
from helmward.gateway.tokens import most_tokens
from helmward.gateway.wire import Request, read_anthropic, read_chat, read_embeddings

_READ = {
    ("openai", "chat"): read_chat,
    ("openai", "embeddings"): read_embeddings,
    ("anthropic", "chat"): read_anthropic,
}
_PATHS = {
    ("openai", "chat"): "/chat/completions",
    ("openai", "embeddings"): "/embeddings",
    ("anthropic", "chat"): "/messages",
}


@dataclass(frozen=True, slots=True)
class Parts:
    """What the gateway is made of."""

    settings: GatewaySettings
    inbound: Inbound
    outbound: Outbound
    authoriser: Authoriser
    budgets: Budgets
    prices: Prices
    router: Router
    sender: Sender
    recorder: Recorder
    barred: Callable[[str], None]
    """Raises where the kill switch is on for an actor of this name."""


class Answer:
    """An answer: either `body` is the whole of it, or `pieces` are its server-sent events, to be left with `close`."""

    def __init__(
        self,
        body: bytes = b"",
        pieces: AsyncGenerator[bytes, None] | None = None,
        left: Callable[[], Awaitable[None]] | None = None,
        used: Used | None = None,
    ) -> None:
        self.body, self.pieces, self._left, self.used = body, pieces, left, used

    async def close(self) -> None:
        """The caller has gone, or has everything: the upstream is let go."""
        if self.pieces is not None and self._left is not None:
            await self.pieces.aclose()
            await self._left()


class Gateway:
    """Answers model calls."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    async def unfit(self, asked: Asked, error: HelmwardError) -> None:
        """Record a call whose body could not be taken. Raises AuditError."""
        record = Record(asked.caller, asked.api, asked.kind, request=asked.request)
        await self.parts.recorder.refused(record, str(error))

    async def call(self, asked: Asked) -> Answer:
        """The answer. Raises WireError, Blocked, DeniedError, BudgetReached, UpstreamFailed, AuditError, each with one
        sentence; by then it is recorded."""
        record = Record(asked.caller, asked.api, asked.kind, asked.request)
        try:
            request = _READ[asked.api, asked.kind](asked.body)
            record.model, record.stream = request.model, request.stream
            targets = await self._permitted(asked, request, record)
            expected = self._expected(request)
            estimate = Estimate(tokens=sum(expected), usd=self._dearest(targets, expected))
            lease = await self.parts.budgets.reserve(asked.caller, request.model, estimate)
        except HelmwardError as error:
            record.found = getattr(error, "inspected", record.found)
            await self.parts.recorder.refused(record, str(error))
            raise
        except BaseException as error:  # what fails in Helmward, and who goes away before they are answered
            reason = "the caller went away" if isinstance(error, asyncio.CancelledError) else "it failed"
            self.parts.recorder.ended(record, "failed", reason, None)
            raise
        try:
            answering = Answering(self.parts, asked, request, record, lease, expected)
        except HelmwardError:  # the audit takes no intent: nothing was sent
            self.parts.budgets.release(lease)
            raise
        return await self._opened(answering, targets)

    async def _permitted(self, asked: Asked, request: Request, record: Record) -> list[Target]:
        parts = self.parts
        parts.barred(asked.caller.actor.name)
        self._known(asked, request)
        record.known = True
        record.found = await parts.inbound.inspect(request, asked.least)
        targets = parts.router.targets(request.model, request.kind, record.found.leaves)
        refusal = ""
        for target in targets:
            decision = parts.authoriser.decide(
                asked.caller.actor, target.model.name, record.found.leaves, target.upstream, bool(request.offered)
            )
            if decision.verdict == "allow":
                continue
            refusal = decision.reason
            targets = [one for one in targets if one is not target]
        if not targets:
            raise DeniedError(f"The model {request.model} is denied to {asked.caller.actor.name}: {refusal}")
        return targets

    def _known(self, asked: Asked, request: Request) -> None:
        """Before anything else hears a name from outside. Raises UnknownModel, which tells only of models that the caller may
        use; NoneHealthy."""
        router = self.parts.router
        try:
            router.targets(request.model, request.kind, "public")
        except UnknownModel:
            router.targets(request.model, request.kind, "public", lambda name: self.may_name(asked.caller.actor, name))

    def may_name(self, actor: Actor, name: str) -> bool:
        """Whether an actor may use a model of this name at all."""
        settings = self.parts.settings
        upstreams = {one.name: one for one in settings.upstreams}
        return any(
            self.parts.authoriser.decide(actor, name, "public", upstreams[model.upstream], False).verdict == "allow"
            for model in settings.models
            if model.name == name
        )

    def _expected(self, request: Request) -> Expected:
        answer = 0
        if request.kind == "chat":
            answer = (request.max_output_tokens or self.parts.settings.max_output_tokens) * request.choices
        return Expected(most_tokens(request), answer)

    def _dearest(self, targets: list[Target], expected: Expected) -> float | None:
        """What the call can cost at most, at the dearest of its targets; None where a price is not known."""
        costs = [self.parts.prices.most(target, *expected) for target in targets]
        return None if None in costs else max(cost for cost in costs if cost is not None)

    async def _opened(self, answering: Answering, targets: list[Target]) -> Answer:
        stack = AsyncExitStack()
        try:
            await answering.begin(stack, targets)
            if answering.request.stream:
                gone = GeneratorExit()
                return Answer(pieces=answering.pieces(stack), left=lambda: answering.broken(stack, gone))
            return Answer(body=await answering.whole(stack), used=answering.used)
        except BaseException as error:
            await asyncio.shield(answering.broken(stack, error))
            raise
