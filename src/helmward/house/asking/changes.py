"""Changes asked for in words: planned through the door like any other, with the asking actor's rights and no more."""

from __future__ import annotations

from typing import Any

from helmward.ask.results import Command
from helmward.core.errors import UsageError
from helmward.core.nouns import Actor
from helmward.core.plans import Effect
from helmward.door.propose import Wish
from helmward.house import reach
from helmward.house.change_requests import ChangeRequests
from helmward.house.house import House

_WHY = "asked for in plain language"


class Changes:
    """Plans what was understood."""

    def __init__(self, house: House) -> None:
        self._house, self._requests = house, ChangeRequests(house)

    def may_run_at_once(self, actor: Actor, command: Command) -> bool:
        """Could this be carried out without anybody's approval? An undo may be covered by the approval of what it takes back."""
        if command.intent in ("undo", "deny"):
            return command.intent == "undo"
        door, target = self._house.door, command.slots.target
        namespace = target.namespace if target else ""
        named = {call.tool for call in command.calls}
        tools = [one for one in door.tools(actor) if one.effect is not Effect.READ and (not named or one.name in named)]
        return any(door.judge.call(actor, one, namespace).verdict == "allow" for one in tools)

    async def check(self, actor: Actor, command: Command) -> None:
        """Raises HelmwardError where it is plain before anything is asked that this cannot be done."""
        identity = command.slots.identity
        if identity:
            await reach.check(self._house, actor, identity)
        if command.intent == "undo":
            found = await self._requests.find(identity)
            if found.state == "waiting":
                plan = found.plan.id
                raise UsageError(f"{plan} still waits and nothing of it was done; say `deny {plan}` to drop it.")

    async def left_waiting(self, before: str, plan: dict[str, Any]) -> str:
        """What is to be said of the plan `before` of the same conversation, where another one was made in its stead."""
        if not before or before == plan["id"]:
            return ""
        try:
            found = await self._requests.find(before)
        except UsageError:  # its row is gone
            return ""
        return f"{before} still waits too: helmward deny {before} --reason …" if found.state == "waiting" else ""

    async def planned(self, actor: Actor, command: Command) -> dict[str, Any]:
        """The plan, as `helmward plan` shows it. Raises HelmwardError."""
        identity = command.slots.identity
        if command.intent == "mend":
            return await self._requests.row(await self._requests.plan_for(actor, identity))
        if command.intent == "undo":
            return await self._requests.row(await self._requests.undo(actor, identity, _WHY))
        if command.intent == "deny":
            return await self._requests.row(await self._requests.deny(actor, identity, _WHY))
        wishes = [Wish(call.tool, call.arguments) for call in command.calls]
        return await self._requests.row(await self._requests.propose(actor, wishes, _WHY, None))
