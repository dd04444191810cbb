"""A call that changes something becomes a plan. The house adds two such tools of its own: what mends an incident, and an undo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from helmward.core.errors import DeniedError, UsageError
from helmward.core.nouns import Actor
from helmward.core.plans import Effect
from helmward.door.propose import Wish
from helmward.door.store import Stored
from helmward.door.tool import Tool
from helmward.door.toolbox import arguments_of
from helmward.house import reach
from helmward.house.calling.answers import Answer, what_next
from helmward.house.calling.own import HOUSE
from helmward.house.calling.own_arguments import PlanningArguments, UndoArguments
from helmward.house.calling.shapes import ABOUT
from helmward.house.change_requests import ChangeRequests
from helmward.house.house import House


class HouseChange(Tool):
    """Base of these. `about` is what of ABOUT they take."""

    system = HOUSE
    effect = Effect.MUTATE
    about: ClassVar[tuple[str, ...]] = ()


class PlansCreate(HouseChange):
    """Plans what mends an incident."""

    name = "plans_create"
    title = "Plan what mends an incident"
    description = "Gives an incident's latest plan, or makes one by the playbook that fits its first cause."
    permission = "heal"
    arguments = PlanningArguments


class ActionsUndo(HouseChange):
    """Takes an action back."""

    name = "actions_undo"
    title = "Take an action back"
    description = "Plans the undo of an action: it restores the values from before, unless they were changed since."
    permission = "undo"
    arguments = UndoArguments
    about = ("reason",)


HOUSE_CHANGES: tuple[HouseChange, ...] = (ActionsUndo(), PlansCreate())


class Proposals:
    """Proposes in the name of who calls. It counts as shown to nobody: a person must have seen what they approve."""

    def __init__(self, house: House) -> None:
        self._house, self._requests = house, ChangeRequests(house)
        self._own = {one.name: one for one in HOUSE_CHANGES}

    async def propose(self, actor: Actor, name: str, given: Mapping[str, Any]) -> Answer:
        """The plan and what becomes of it. Raises UsageError, DeniedError, and what the tool raises."""
        own = self._own.get(name)
        keys = tuple(ABOUT) if own is None else own.about
        about = {key: _word(name, given, key) for key in keys}
        arguments = {key: value for key, value in given.items() if key not in keys}
        if own is not None:
            return await self._answer(await self._by_the_house(actor, own, arguments, about.get("reason", "")))
        incident = about["incident"]
        await reach.check(self._house, actor, incident)
        wishes = [Wish(name, arguments)]
        found = await self._requests.propose(actor, wishes, about["reason"], incident or None, shown=False)
        return await self._answer(found)

    async def _by_the_house(self, actor: Actor, tool: HouseChange, given: Mapping[str, Any], reason: str) -> Stored:
        asked: Any = arguments_of(tool, given)
        if not self._house.door.judge.sees(actor, tool):
            error = DeniedError(f"{tool.name} is denied: {actor.name} may not use {tool.name}.")
            await self._house.people.lacking(actor, error, f"the tool {tool.name}")
            raise error
        await reach.check(self._house, actor, asked.id)
        if tool.name == PlansCreate.name:
            return await self._requests.plan_for(actor, asked.id, asked.new, shown=False)
        return await self._requests.undo(actor, asked.id, reason, shown=False)

    async def _answer(self, found: Stored) -> Answer:
        plan = await self._requests.row(found)
        refused = f"{plan['id']} is refused: {plan['text']}" if plan["state"] == "refused" else None
        ids = [one["id"] for one in plan["actions"]]
        answer = {"state": plan["state"], "action": ids[0], "actions": ids, "plan": plan}
        return Answer(answer | what_next(plan), refused=refused)


def _word(tool: str, given: Mapping[str, Any], key: str) -> str:
    value = given.get(key)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > ABOUT[key]["maxLength"]:
        raise UsageError(f"{tool}: {key}: it is a text of at most {ABOUT[key]['maxLength']} characters.")
    return value
