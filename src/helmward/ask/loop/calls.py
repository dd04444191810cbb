"""One call of a model: whether it may be made, what the model is told of it, and what it cost of the budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from helmward.ask.loop.answers import Proposed
from helmward.ask.loop.budget import CALLS, PROPOSALS, Budget
from helmward.ask.loop.evidence import Collected
from helmward.ask.loop.pieces import called
from helmward.ask.loop.ports import Attempt, Hands, Refusal, Withheld
from helmward.ask.loop.prompt import PROPOSE, propose_change
from helmward.core.errors import DeniedError, HelmwardError
from helmward.core.model import Offered, ToolCall
from helmward.core.text import one_line
from helmward.door.audit import AuditError
from helmward.door.killswitch import Killed
from helmward.guard.contract import About
from helmward.guard.pipeline import Guards
from helmward.guard.tool_calls import check_call

_MISMATCH = "tool-calls/schema-mismatch"


class Refused(Exception):
    """A call that is not made, with the rule and the sentence that the model is told."""

    def __init__(self, rule: Refusal, why: str) -> None:
        super().__init__(why)
        self.rule = rule


class Calls:
    """The calls of one question."""

    def __init__(self, hands: Hands, guards: Guards, collected: Collected, budget: Budget) -> None:
        self._hands, self._guards, self._collected, self._budget = hands, guards, collected, budget
        self._reading = {one.name: one for one in hands.offered()}
        self._changing = {one.name: one for one in hands.changes()}
        self.looked: list[str] = []
        self.proposed: list[Proposed] = []

    @property
    def offered(self) -> tuple[Offered, ...]:
        """The tools, as the model is offered them."""
        proposing = (propose_change(tuple(self._changing.values())),) if self._changing else ()
        return (*self._reading.values(), *proposing)

    async def answer(self, call: ToolCall, number: int) -> str:
        """What the model is told of its call, the `number`-th (from 0) of its reply. Raises AuditError: then nothing is done, and
        Killed."""
        self._hands.going()
        try:
            arguments = self._checked(call, number)
            if call.name == PROPOSE:
                return await self._propose(arguments)
            return await self._look(call.name, arguments)
        except Refused as error:
            self._budget.mistakes += error.rule not in ("repeated", "withheld")
            await self._hands.note(Attempt(one_line(call.name, 60), call.arguments, error.rule, str(error)))
            return f"Not done: {error}"

    def _checked(self, call: ToolCall, number: int) -> Mapping[str, Any]:
        name = one_line(call.name, 60)
        if number >= CALLS:
            raise Refused("too-many", f"A reply may ask for {CALLS} calls; ask for the others in the next one.")
        if call.name not in self._reading and not (call.name == PROPOSE and self._changing):
            names = ", ".join(one.name for one in self.offered)
            raise Refused("not-offered", f"There is no tool '{name}' for you; there are {names}.")
        if call.arguments is None:
            raise Refused("malformed", f"The arguments of {name} are no JSON object, or too large or deep; mend them.")
        self._guarded(call.name, call.arguments, self.offered)
        if self._budget.repeated(call.name, call.arguments):
            raise Refused("repeated", f"You made this very call of {name} before; its answer is above.")
        return call.arguments

    def _guarded(self, name: str, arguments: Mapping[str, Any], known: Sequence[Offered]) -> None:
        """Raises Refused. That arguments fit their schema is for the tool to say: it names the field."""
        about = About(role="assistant", offered={one.name: one.schema for one in known})
        found = self._guards.actions.hits(check_call(name, arguments, "", about), "assistant", "internal")
        hits = [*found, *self._guards.check(msgspec.json.encode(arguments).decode(), about).spans]
        rules = sorted({hit.rule for hit in hits if hit.action == "block" and hit.rule != _MISMATCH})
        if rules:
            raise Refused("guard", f"The guards blocked the arguments of {name}: {', '.join(rules)}.")

    async def _look(self, name: str, arguments: Mapping[str, Any]) -> str:
        await self._hands.note(Attempt(name, arguments))
        try:
            found = await self._hands.look(name, arguments)
        except HelmwardError as error:
            raise self._refusal(error) from None
        self.looked.append(called(name, arguments))
        taken = self._collected.take(name, arguments, found, self._budget)
        if taken.withheld:
            why = f"The guards withheld part of its answer: {', '.join(taken.withheld)}."
            await self._hands.note(Attempt(name, arguments, "guard", why))
        return taken.text

    async def _propose(self, arguments: Mapping[str, Any]) -> str:
        name, wanted, incident = _wish(arguments)
        if name not in self._changing:
            raise Refused("not-offered", f"There is no change '{one_line(name, 60)}' for you.")
        self._guarded(name, wanted, tuple(self._changing.values()))
        if len(self.proposed) >= PROPOSALS:
            raise Refused("too-many", f"One question may bring {PROPOSALS} proposals.")
        await self._hands.note(Attempt(PROPOSE, arguments))
        try:
            proposed = await self._hands.propose(name, wanted, incident)
        except HelmwardError as error:
            raise self._refusal(error) from None
        self.proposed.append(proposed)
        state = "waits for people to decide on it" if proposed.state == "waiting" else f"is {proposed.state}"
        return f"{proposed.id} {state}. Helmward shows it to the person; say nothing about it."

    def _refusal(self, error: HelmwardError) -> Refused:
        """What went wrong, as a sentence for the model. Raises what ends the question."""
        if isinstance(error, Killed | AuditError):
            raise error
        text = self._guards.check(one_line(str(error), 500), About(role="tool")).masked
        if isinstance(error, Withheld):
            return Refused("withheld", text)
        return Refused("denied" if isinstance(error, DeniedError) else "mistake", text)


def _wish(arguments: Mapping[str, Any]) -> tuple[str, Mapping[str, Any], str | None]:
    """The change, what it takes, and its incident. The model's reason goes nowhere but to the audit log."""
    name, wanted, incident = (arguments.get(key) for key in ("tool", "arguments", "incident"))
    unknown = sorted(set(arguments) - {"tool", "arguments", "reason", "incident"})
    if unknown:
        raise Refused("malformed", f"{PROPOSE} has no argument '{one_line(unknown[0], 60)}'.")
    if not isinstance(name, str) or not isinstance(wanted, dict):
        raise Refused("malformed", f"{PROPOSE} takes tool (a name) and arguments (a JSON object).")
    if incident is not None and not isinstance(incident, str):
        raise Refused("malformed", f"{PROPOSE}: incident is the id of an incident.")
    return name, wanted, incident or None
