"""A model's hands in the running house: it looks in the name of who asked; what it wants changed becomes a plan for people."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from helmward.ask.loop import Attempt, Found, Proposed, Withheld
from helmward.core.errors import DeniedError
from helmward.core.model import Offered
from helmward.core.nouns import Actor
from helmward.core.plans import Effect
from helmward.core.text import one_line
from helmward.door.audit import Entry
from helmward.door.propose import About, Proposer, Wish
from helmward.house import reach
from helmward.house.asking.judge import PeopleDecide
from helmward.house.asking.shapes import amount
from helmward.house.asking.steps import Steps
from helmward.house.asking.telling import Told, to_nobody
from helmward.house.calling.calls import ToolCalls
from helmward.house.calling.guard import Blocked
from helmward.house.calling.shapes import ABOUT
from helmward.house.change_requests import ChangeRequests
from helmward.house.house import House
from helmward.world.book import Transition

TOOL, SYSTEM = "ask", "helmward"
"""What the kill switch knows a model's loop as."""

_LONGEST = 2000  # characters of arguments in the audit log
_QUESTION = 200


class HouseHands:
    """Made for one question. Reads are made as an agent of the actor's name, so that policy, limits and the audit know that a
    model asks; a plan is the actor's own, and is only ever proposed."""

    def __init__(
        self, house: House, calls: ToolCalls, actor: Actor, model: str, question: str, told: Told = to_nobody
    ) -> None:
        self._house, self._calls, self._actor, self._model = house, calls, actor, model
        self._agent = msgspec.structs.replace(actor, kind="agent")
        self._question = one_line(question, _QUESTION)
        self._requests, self._steps = ChangeRequests(house), Steps(house.guards, told)
        judge = PeopleDecide(house.door.judge, self._agent)
        self._proposer = Proposer(replace(house.door.means, judge=judge))

    # ---- what there is ----

    def offered(self) -> tuple[Offered, ...]:
        """What both the actor and an agent may see, and that reads."""
        return self._visible(reads=True)

    def changes(self) -> tuple[Offered, ...]:
        """The changes that both may ask for, with what each takes; what it is for is another thing."""
        known = {one.name for one in self._house.door.means.toolbox}
        found = (one for one in self._visible(reads=False) if one.name in known)
        return tuple(msgspec.structs.replace(one, schema=_alone(one.schema)) for one in found)

    def going(self) -> None:
        """Raises Killed where the switch is on for everything, for models, or for this actor; DeniedError once their credential
        has ended."""
        self._house.door.kills.check(tool=TOOL, system=SYSTEM, actors=(self._actor.name,))
        if not self._house.door.means.valid(self._actor):
            raise DeniedError(f"The credential that {self._actor.name} came with has ended.")

    def _visible(self, reads: bool) -> tuple[Offered, ...]:
        theirs = {one.name for one in self._calls.offered(self._actor)}
        return tuple(
            Offered(name=one.name, description=one.description, schema=one.takes)
            for one in self._calls.offered(self._agent)
            if one.name in theirs and (one.effect is Effect.READ) is reads
        )

    # ---- what is done ----

    async def note(self, attempt: Attempt) -> None:
        """One record `ask.call`; a call that is not made is told of."""
        details = {"via": "model", "model": self._model, "rule": attempt.rule, "arguments": _shown(attempt.arguments)}
        entry = Entry(
            actor=self._actor,
            action="ask.call",
            target=attempt.tool,
            outcome="denied" if attempt.rule else "intended",
            reason=attempt.why,
            details=details,
        )
        await self._house.audit.append(entry)
        if attempt.rule:
            self._steps.not_made(attempt, self._calls.offer(attempt.tool) is not None)

    async def look(self, name: str, arguments: Mapping[str, Any]) -> Found:
        """Call a tool that reads."""
        offer = self._calls.offer(name)
        if offer is None or offer.effect is not Effect.READ:
            raise DeniedError(f"{one_line(name, 60)} is no tool that reads.")
        with self._steps.made(name, arguments) as step:
            try:
                answer = await self._calls.call(self._agent, name, arguments)
            except Blocked as error:
                raise Withheld(str(error)) from None
            step.result = amount(answer.data)
        return Found(answer.data, answer.text)

    async def propose(self, name: str, arguments: Mapping[str, Any], incident: str | None) -> Proposed:
        """A plan in the actor's name. Who stops waiting leaves no half of one."""
        with self._steps.made(name, arguments) as step:
            found = await asyncio.shield(self._proposed(name, dict(arguments), incident))
            step.result = f"proposed: {found.id} is {found.state}"
        return found

    async def _proposed(self, name: str, arguments: dict[str, Any], incident: str | None) -> Proposed:
        await reach.check(self._house, self._actor, incident or "")
        # The reason that approvers read is ours: a model's own words would be an advertisement.
        about = About(reason=f"The model {self._model} proposed it when {self._actor.name} asked: {self._question}")
        entry = self._house.incident(incident) if incident else None
        if entry is not None:
            about = about._replace(incident=entry.id, severity=str(entry.incident.severity))
        await self._house.door.kills.notice()
        found = await self._proposer.propose(self._actor, [Wish(name, arguments)], about)
        if entry is not None:
            self._house.bus.publish(Transition("changed", entry))
        plan = await self._requests.row(found)
        step = found.plan.steps[0]
        return Proposed(
            id=found.plan.id, state=found.state, title=found.plan.title, line=line(step.tool, arguments), plan=plan
        )


def line(tool: str, arguments: Mapping[str, Any]) -> str:
    """The command of the command line that asks for a change."""
    words = [f"{key}={value if isinstance(value, str) else _plain(value)}" for key, value in arguments.items()]
    return shlex.join(["helmward", "tools", "run", tool, *words])


def _alone(schema: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in schema["properties"].items() if key not in ABOUT}
    return {**schema, "properties": kept}


def _shown(arguments: Mapping[str, Any] | None) -> str | None:
    return None if arguments is None else one_line(_plain(arguments), _LONGEST)


def _plain(value: Any) -> str:
    return msgspec.json.encode(value).decode()
