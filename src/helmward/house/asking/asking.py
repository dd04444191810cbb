"""Plain language: words pass the guards, become a typed command, and the command goes the way of every other.

A question is answered; a change is planned through the door, and waits there for whom policy names. Nothing in words approves,
kills or revives, and a change that policy would let run at once is asked back first."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from helmward.ask.clean import LONGEST
from helmward.ask.conversation import State
from helmward.ask.inventory import Inventory
from helmward.ask.results import Command, Question, Refusal, Result
from helmward.ask.understand import Understood, understand
from helmward.core.errors import DeniedError, HelmwardError
from helmward.core.model import Turn
from helmward.core.nouns import Actor
from helmward.core.text import one_line
from helmward.core.times import format_time
from helmward.door.audit import Entry
from helmward.guard.contract import About
from helmward.house.asking import kept, shapes, transcripts
from helmward.house.asking.changes import Changes
from helmward.house.asking.conversations import Conversation, Conversations, Spoken
from helmward.house.asking.inventory import deeds, inventory
from helmward.house.asking.reads import Reads
from helmward.house.asking.telling import Told, to_nobody
from helmward.house.house import House

if TYPE_CHECKING:
    from helmward.ask.loop import Answer


class Answers(Protocol):
    """A model that helps with what the grammar does not know (asking_model.py)."""

    async def answer(self, actor: Actor, text: str, turns: tuple[Turn, ...], told: Told) -> Answer:
        """What it says, with evidence; its changes are proposals that wait. `told` hears of its calls. Raises
        HelmwardError."""
        ...


_FOR_A_MODEL = ("unknown", "question")
"""Refusals of which a model may know more: it can look and propose, and do nothing."""


def asking(house: House) -> Asking:
    """With the model that the settings name in `ask.model`, where there is one."""
    if house.models is None or house.loaded.settings.ask.model is None:
        return Asking(house)
    from helmward.house.asking.model import ModelAnswers

    return Asking(house, ModelAnswers(house, house.models.port))


class Asking:
    """One for the house. `model` may help where the grammar understands nothing (None: nobody does)."""

    def __init__(self, house: House, model: Answers | None = None) -> None:
        self._house, self._model = house, model
        self._reads, self._changes = Reads(house), Changes(house)
        self._rows = house.conversations
        before = kept.read(self._rows) if self._rows else ()
        self.conversations = Conversations(house.clock, before, house.identity.owner)

    async def ask(
        self,
        actor: Actor,
        text: str,
        conversation: str | None = None,
        sure: bool = False,
        told: Told = to_nobody,
    ) -> dict[str, Any]:
        """What was understood, and what came of it: `kind` is command, question, refusal or answer; `error` says what went
        wrong after a command was understood. `sure`: what policy lets run at once may run without being asked back. `told`
        hears of the command before anything is done, and of each call of a model. Cancelled, it stops a model; a plan that
        is being made is made whole.

        Raises UsageError for an unknown conversation, DeniedError where the guards let the words not pass."""
        going = self.conversations.of(actor, conversation)
        words = await self._guarded(actor, text)
        seen, understood = await self._understood(actor, words, going)
        result = understood.result
        if isinstance(result, Refusal) and result.reason in _FOR_A_MODEL and self._model is not None:
            found = await self._by_model(self._model, actor, words, going, result, told)
        else:
            told("command", {"conversation": going.id, **shapes.understood(result)})
            found = await asyncio.shield(self._carried_out(actor, words, going, seen, understood, sure))
        going.kept.append(Spoken(self._house.clock(), *transcripts.kept(words, found), transcripts.encoded(found)))
        transcripts.trim(going.kept)
        await self._keep(going)
        return {"conversation": going.id, **found}

    async def _keep(self, going: Conversation) -> None:
        if self._rows is not None:
            gone, spoken, data = self.conversations.gone(), format_time(going.spoken), kept.row(going)
            await asyncio.to_thread(kept.write, self._rows, going.id, spoken, data, gone)

    async def _carried_out(
        self, actor: Actor, words: str, going: Conversation, seen: Inventory, understood: Understood, sure: bool
    ) -> dict[str, Any]:
        sure = sure or _confirmed(going.state, words)
        going.state = understood.state
        found = await self._came_of(actor, understood.result, going, seen, sure)
        going.say(Turn(role="user", text=words), Turn(role="assistant", text=shapes.said(found)))
        return found

    async def _understood(self, actor: Actor, words: str, going: Conversation) -> tuple[Inventory, Understood]:
        seen = inventory(self._house, actor)
        found = understand(words, seen, going.state)
        if isinstance(found.result, Question) and found.result.slot in ("action", "plan"):
            seen = replace(seen, deeds=tuple(await deeds(self._house, actor, found.result.intent)))
            found = understand(words, seen, going.state)
        return seen, found

    async def _guarded(self, actor: Actor, text: str) -> str:
        """The words, masked where need be."""
        check, about = self._house.guards.check, About(role="user")
        verdict = await asyncio.to_thread(check, text, about) if len(text) > LONGEST else check(text, about)
        if verdict.verdict != "block":
            return verdict.masked if verdict.verdict == "mask" else text
        rules = one_line(", ".join(sorted({hit.rule for hit in verdict.spans})), 200)
        entry = Entry(actor=actor, action="guard.block", target="ask", outcome="denied", reason=rules)
        await self._house.audit.append(entry)
        raise DeniedError(f"The question was not read: it holds what the guards let nobody send ({rules}).")

    async def _came_of(
        self, actor: Actor, result: Result, going: Conversation, seen: Inventory, sure: bool
    ) -> dict[str, Any]:
        if isinstance(result, Question):
            return shapes.question(result)
        if isinstance(result, Refusal):
            await self._note(actor, False, result.reason, going, result.line)
            return shapes.refused(result)
        shown = shapes.command(result)
        try:
            await self._changes.check(actor, result)
        except HelmwardError as error:
            return shown | shapes.failed(error)
        if result.changes and not sure and self._changes.may_run_at_once(actor, result):
            question = shapes.confirm(result)
            going.state = replace(going.state, question=question)
            return shown | shapes.question(question)
        return shown | await self._run(actor, result, going, seen)

    async def _run(self, actor: Actor, command: Command, going: Conversation, seen: Inventory) -> dict[str, Any]:
        await self._note(actor, True, command.intent, going, *command.lines)
        try:
            if not command.changes:
                return {"result": await self._reads.answer(actor, command, seen)}
            plan = await self._changes.planned(actor, command)
        except HelmwardError as error:
            return shapes.failed(error)
        text = await self._changes.left_waiting(going.state.deed, plan)
        if command.intent not in ("undo", "deny"):
            going.state = replace(going.state, deed=plan["id"])
        return {"result": {"text": text, "evidence": [{"source": "policy", "ref": plan["id"]}], "plan": plan}}

    async def _note(self, actor: Actor, understood: bool, target: str, going: Conversation, *lines: str) -> None:
        """The typed command, or the reason of a refusal, stands in the audit log; the words never: those may hold anything."""
        entry = Entry(
            actor=actor,
            action="ask.understood" if understood else "ask.refused",
            target=target,
            outcome="done" if understood else "denied",
            details={"lines": list(filter(None, lines)), "in": going.id},
        )
        await self._house.audit.append(entry)

    async def _by_model(
        self, model: Answers, actor: Actor, words: str, going: Conversation, otherwise: Refusal, told: Told
    ) -> dict[str, Any]:
        """What the model says; where it fails, what the grammar says, and why the model did not help."""
        name = self._house.loaded.settings.ask.model or ""
        told("command", {"conversation": going.id, **shapes.left_to_a_model(name)})
        try:
            answer = await model.answer(actor, words, going.turns, told)
        except HelmwardError as error:
            return shapes.refused(otherwise) | {"notes": [f"The model did not help: {error}"]}
        if answer.proposals:
            going.state = replace(going.state, question=None, deed=answer.proposals[-1].id)
        spoken = " ".join(sentence.text for sentence in answer.sentences)
        going.say(Turn(role="user", text=words), Turn(role="assistant", text=one_line(spoken, 2000)))
        built: dict[str, Any] = msgspec.to_builtins(answer)
        return {"kind": "answer", "answer": built, "notes": list(answer.notes)}

    # ---- what was said ----

    def said(self, actor: Actor) -> list[dict[str, Any]]:
        """The actor's own conversations, the last one first."""
        return [transcripts.row(one, self.conversations.over(one)) for one in self.conversations.all_of(actor)]

    def said_in(self, actor: Actor, identity: str) -> dict[str, Any]:
        """One of them with its turns. Raises UnknownConversation."""
        one = self.conversations.one_of(actor, identity)
        return transcripts.whole(one, self.conversations.over(one))


def _confirmed(state: State, words: str) -> bool:
    """Is this the yes to a change that would run at once?"""
    question = state.question
    return question is not None and question.slot == "confirm" and words.strip().lower() in _YES


_YES = frozenset({"yes", "y", "1", "yes please", "do it", "go ahead", "네", "예", "응"})
