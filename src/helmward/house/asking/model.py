"""`ask` with a model: a question is answered by a loop that looks, proposes, and must show what it says."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from helmward.ask.loop import Answer, Budget, Conversation, ReplyBlocked
from helmward.core.errors import DeniedError, HelmwardError, UsageError
from helmward.core.model import Model, Offered, Reply, Turn
from helmward.core.nouns import Actor
from helmward.core.text import one_line
from helmward.door.audit import Entry
from helmward.gateway.inbound import Blocked
from helmward.guard.contract import About
from helmward.house.asking.hands import HouseHands
from helmward.house.asking.telling import Told, to_nobody
from helmward.house.calling.calls import ToolCalls
from helmward.house.house import House

_LONGEST = 4000  # characters of a question
_QUESTION = 500  # characters of a question in the audit log


_OF_REPLIES = ("tool-calls/", "leakage/")
"""Guards that stand on replies alone: what they block may be said differently."""


class _Guarded:
    """The port, with a blocked reply told from a blocked question."""

    def __init__(self, model: Model) -> None:
        self._model = model

    async def complete(
        self, actor: Actor, model: str, turns: tuple[Turn, ...], tools: tuple[Offered, ...], max_tokens: int
    ) -> Reply:
        try:
            return await self._model.complete(actor, model, turns, tools, max_tokens)
        except Blocked as error:
            if any(rule.startswith(_OF_REPLIES) for rule in error.rules):
                raise ReplyBlocked(str(error)) from None
            raise


class ModelAnswers:
    """Made once for a running house. `model` is the port behind the gateway; the settings' `ask.model` names which."""

    def __init__(self, house: House, model: Model) -> None:
        self._house, self._model, self._calls = house, model, ToolCalls(house)

    async def answer(self, actor: Actor, text: str, turns: Sequence[Turn] = (), told: Told = to_nobody) -> Answer:
        """What the model says that is shown by evidence, and what it proposed. `turns` are what was said before; `told` hears
        of each call that it makes.

        Raises UsageError without `ask.model`; DeniedError (guards, policy, budget, kill switch); AuditError: then nothing was
        said; UnreachableError where no model answers."""
        settings = self._house.loaded.settings.ask
        if settings.model is None:
            raise UsageError("No model is set up; name one of gateway.models in ask.model of the settings.")
        text = self._guarded(text)
        hands = HouseHands(self._house, self._calls, actor, settings.model, text, told)
        budget = Budget(settings.steps, settings.seconds, settings.tokens)
        loop = Conversation(_Guarded(self._model), settings.model, hands, self._house.guards, budget)
        await self._audit(actor, "ask.question", settings.model, "intended", {"text": one_line(text, _QUESTION)})
        try:
            answer = await loop.answer(actor, text, turns)
        except HelmwardError as error:
            outcome = "denied" if isinstance(error, DeniedError) else "failed"
            await self._audit(actor, "ask.answer", settings.model, outcome, {"steps": budget.rounds}, str(error))
            raise
        except asyncio.CancelledError:
            gone = "Whoever asked went away."
            await self._audit(actor, "ask.answer", settings.model, "failed", {"steps": budget.rounds}, gone)
            raise
        await self._audit(actor, "ask.answer", settings.model, "done", _account(answer))
        return answer

    def _guarded(self, text: str) -> str:
        """The question as it goes on, into the audit log and before approvers too. Raises DeniedError."""
        verdict = self._house.guards.check(text[:_LONGEST], About(role="user"))
        if verdict.verdict == "block":
            rules = ", ".join(sorted({hit.rule for hit in verdict.spans if hit.action == "block"}))
            raise DeniedError(f"The question was not read: the guards blocked it ({rules}).")
        return verdict.masked

    async def _audit(
        self, actor: Actor, action: str, target: str, outcome: str, details: dict[str, object], why: str = ""
    ) -> None:
        entry = Entry(actor=actor, action=action, target=target, outcome=outcome, reason=why, details=details)  # type: ignore[arg-type]
        await self._house.audit.append(entry)


def _account(answer: Answer) -> dict[str, object]:
    """What it came to, by figures and rules; what was left out is not repeated."""
    return {
        "id": answer.id,
        "steps": answer.steps,
        "used": answer.tokens,  # a detail called tokens would be masked
        "usd": answer.cost,
        "stopped": answer.stopped,
        "sentences": len(answer.sentences),
        "leftOut": {left.rule: left.count for left in answer.left_out},
        "plans": [proposed.id for proposed in answer.proposals],
        "looked": len(answer.looked),
    }
