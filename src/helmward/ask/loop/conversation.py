"""The loop: the model asks for calls, is told what they found, and in the end says something that is held against it."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Sequence

import msgspec

from helmward.ask.loop.answers import Answer, LeftOut, Stopped
from helmward.ask.loop.bounds import bounded
from helmward.ask.loop.budget import MISTAKES, REPEATS, Budget
from helmward.ask.loop.calls import Calls
from helmward.ask.loop.citing import held
from helmward.ask.loop.evidence import Collected
from helmward.ask.loop.ports import Attempt, Hands, ReplyBlocked
from helmward.ask.loop.prompt import SYSTEM
from helmward.core.model import Model, Offered, Reply, ToolCall, Turn
from helmward.core.nouns import Actor, short_id
from helmward.guard.contract import About
from helmward.guard.pipeline import Guards
from helmward.guard.vault import Vault

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_OLD_CITE = re.compile(r"\[\s*e\d[^\]]{0,40}\]")
_LONGEST_TURN = 4000
_NO_MORE = "No more calls are made: answer with what you have."
_BLOCKED = "The guards blocked your last reply. Ask only for tools that you were offered, with arguments that fit their schema."
_EARLIER = 8  # turns of the conversation before


class Conversation:
    """Answers one question. `hands` act for the actor who asked, within their rights."""

    def __init__(self, model: Model, name: str, hands: Hands, guards: Guards, budget: Budget) -> None:
        self._model, self._name, self._hands, self._guards, self._budget = model, name, hands, guards, budget
        self._collected = Collected(guards)
        self._calls = Calls(hands, guards, self._collected, budget)
        self._numbered = 0

    async def answer(self, actor: Actor, text: str, earlier: Sequence[Turn] = ()) -> Answer:
        """What the model says that is shown by evidence. Raises DeniedError (guards, policy, budget, kill switch), AuditError,
        UnreachableError where no model answers."""
        turns = [Turn(role="system", text=SYSTEM), *_history(earlier), Turn(role="user", text=text[:_LONGEST_TURN])]
        said: str = ""
        stopped: Stopped = "seconds"
        try:
            async with asyncio.timeout(self._budget.seconds):
                said, stopped = await self._rounds(actor, turns)
        except TimeoutError:
            await self._hands.note(Attempt("ask", None, "budget", f"It took longer than {self._budget.seconds:g} s."))
        return await self._held(said, stopped)

    async def _rounds(self, actor: Actor, turns: list[Turn]) -> tuple[str, Stopped]:
        budget, offered = self._budget, self._calls.offered
        while True:
            self._hands.going()
            over = self._over(turns)
            if over:
                turns[-1] = msgspec.structs.replace(turns[-1], text=f"{turns[-1].text}\n{_NO_MORE}")
            most = budget.affords(turns, offered)
            if not most:
                await self._hands.note(Attempt("ask", None, "budget", f"{budget.tokens} tokens were not enough."))
                return "", "tokens"
            reply = await self._replied(actor, turns, offered, most)
            if reply is None and not over:
                turns.append(Turn(role="user", text=_BLOCKED))
            elif reply is None or reply.stop == "refused":
                return "", over or "refused"
            elif not reply.calls or over:
                return await self._last(reply, over)
            else:
                await self._answered(turns, reply)

    async def _replied(
        self, actor: Actor, turns: Sequence[Turn], offered: Sequence[Offered], most: int
    ) -> Reply | None:
        """One round; None where the guards behind the port blocked the reply."""
        blocked = Reply(text="")
        try:
            reply = bounded(await self._model.complete(actor, self._name, tuple(turns), tuple(offered), most))
        except ReplyBlocked as error:
            self._budget.mistakes += 1
            await self._hands.note(Attempt("ask", None, "guard", str(error)))
            reply = blocked
        self._budget.spent(reply, turns, offered)
        return None if reply is blocked else reply

    def _over(self, turns: Sequence[Turn]) -> Stopped:
        """Why no more calls are made; it may say what it has found by then."""
        if not self._budget.another(turns, self._calls.offered):
            return "tokens"
        if self._budget.mistakes >= MISTAKES:
            return "mistakes"
        if self._budget.repeats >= REPEATS:
            return "loop"
        return "steps" if self._budget.rounds >= self._budget.steps else ""

    async def _last(self, reply: Reply, over: Stopped) -> tuple[str, Stopped]:
        if over and reply.calls:
            why = f"No more calls are made: {over}."
            await self._hands.note(Attempt("ask", {"calls": len(reply.calls)}, "budget", why))
        return reply.text, over or ("length" if reply.stop == "length" else "")

    async def _answered(self, turns: list[Turn], reply: Reply) -> None:
        """The reply and what its calls found, as turns. Ids and names are ours: a model's own may be anything."""
        calls = []
        for call in reply.calls:
            self._numbered += 1
            name = call.name if _NAME.fullmatch(call.name) else "unknown"
            calls.append(ToolCall(id=f"call_{self._numbered}", name=name, arguments=call.arguments or {}))
        said = self._guards.check(reply.text[:_LONGEST_TURN], self._about())
        turns.append(Turn(role="assistant", text="" if said.verdict == "block" else said.masked, calls=tuple(calls)))
        for number, (call, ours) in enumerate(zip(reply.calls, calls, strict=True)):
            turns.append(Turn(role="tool", call=ours.id, text=await self._calls.answer(call, number)))

    async def _held(self, said: str, stopped: Stopped) -> Answer:
        # With a vault, what is masked stands under a name that no evidence has: its sentence does not stand.
        verdict = self._guards.check(said, self._about(), Vault())
        blocked = verdict.verdict == "block"
        found = held("" if blocked else verdict.masked, self._collected.pieces)
        if blocked:
            rules = ", ".join(sorted({hit.rule for hit in verdict.spans if hit.action == "block"}))
            await self._hands.note(Attempt("ask", None, "guard", f"The guards blocked its answer: {rules}."))
            found = found._replace(left_out=(LeftOut(rule="guard", count=1),))
        budget = self._budget
        return Answer(
            id=short_id("ask", secrets.token_hex(8)),
            model=self._name,
            sentences=found.sentences,
            evidence=found.evidence,
            proposals=tuple(self._calls.proposed),
            left_out=found.left_out,
            looked=tuple(self._calls.looked),
            stopped=stopped or ("guard" if blocked else ""),
            steps=budget.rounds,
            tokens=budget.used,
            cost=budget.cost,
        )

    def _about(self) -> About:
        offered = {one.name: one.schema for one in self._calls.offered}
        return About(role="assistant", instructions=(SYSTEM,), offered=offered)


def _history(earlier: Sequence[Turn]) -> list[Turn]:
    """What was said before: texts of people and of answers alone, without the ids of evidence that is gone."""
    kept = [turn for turn in earlier if turn.role in ("user", "assistant") and turn.text.strip()][-_EARLIER:]
    cut = [msgspec.structs.replace(turn, text=_OLD_CITE.sub("", turn.text)[:_LONGEST_TURN], calls=()) for turn in kept]
    while cut and cut[0].role == "assistant":
        cut.pop(0)
    return cut
