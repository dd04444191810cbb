"""Every tool that an actor may see, and a call of one by name, for faces that speak of tools alone: MCP, and models.

What reads answers at once. What changes something is proposed: where policy allows it, it runs; else its plan waits, and an
approval that comes by another way runs it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import msgspec

from helmward.core.errors import DeniedError, HelmwardError, UsageError
from helmward.core.nouns import Actor, Scope
from helmward.core.plans import ENDED, Effect
from helmward.core.text import one_line
from helmward.door.read import Caller
from helmward.door.tool import Page, Tell, Tool, to_nobody
from helmward.door.toolbox import Toolbox
from helmward.house.calling.answers import Answer, Offer, UnknownTool, what_next
from helmward.house.calling.guard import Blocked, ToolGuard
from helmward.house.calling.own import HOUSE, HOUSE_TOOLS, SINGLE, HouseTool, progress
from helmward.house.calling.own_arguments import ActionArguments
from helmward.house.calling.proposals import HOUSE_CHANGES, Proposals
from helmward.house.calling.shapes import input_schema, output_schema
from helmward.house.change_requests import ChangeRequests
from helmward.house.house import House

_PAUSE = 0.25  # seconds between two looks at a plan that is followed
_MOST_FOLLOWERS = 32  # calls that wait at the same time; more are answered at once


class ToolCalls:
    """Made once for a running house. `closing`: set when its server stops, so that nobody is followed any more."""

    def __init__(self, house: House, closing: asyncio.Event | None = None) -> None:
        self._house, self._requests = house, ChangeRequests(house)
        self._closing, self._followers = closing or asyncio.Event(), 0
        self._guard = ToolGuard(house.guards, house.audit)
        self._proposals = Proposals(house)
        self._own = {one.name: one for one in HOUSE_TOOLS}
        self._prototypes: list[Tool] = [*(one(house, _NOBODY) for one in HOUSE_TOOLS), *HOUSE_CHANGES]
        known: list[Tool] = [*house.door.means.toolbox, *self._prototypes]
        self._tools = {one.name: one for one in sorted(known, key=lambda one: one.name)}
        self._offers = {name: _offer(one) for name, one in self._tools.items()}

    # ---- what there is ----

    def offered(self, actor: Actor) -> list[Offer]:
        """What this actor may see, by name."""
        return [self._offers[one.name] for one in self._seen(actor)]

    def offer(self, name: str) -> Offer | None:
        """One of them, whoever asks."""
        return self._offers.get(name)

    # ---- a call ----

    async def call(self, actor: Actor, name: str, given: Mapping[str, Any], tell: Tell = to_nobody) -> Answer:
        """Raises UnknownTool, UsageError naming the argument and what was expected, DeniedError, and what the tool raises."""
        if name not in self._offers:
            await self._unknown(actor, name)
        try:
            answer = await self._answered(actor, name, given, tell)
        except Blocked:
            raise
        except HelmwardError as error:
            if isinstance(error, UsageError):
                await self._check_seen(actor, name)  # who may not call it is told no more of it than that
            raise await self._in_words(actor, name, error) from None
        try:
            data, found = await self._guard.result(actor, name, answer.data)
        except Blocked as error:
            if self._offers[name].effect is Effect.READ:
                raise
            data, found = _bare(answer.data), error.rules  # it was proposed: what became of it must be told
        return replace(answer, data=data, found=found)

    async def _in_words(self, actor: Actor, name: str, error: HelmwardError) -> HelmwardError:
        said = str(error)
        guarded = await self._guard.sentence(actor, name, said)
        return error if guarded == said else HelmwardError(guarded)

    async def _answered(self, actor: Actor, name: str, given: Mapping[str, Any], tell: Tell) -> Answer:
        offer = self._offers[name]
        changes = offer.effect is not Effect.READ
        given = await self._guard.arguments(actor, name, given, offer.takes, changes)
        if not changes:
            return await self._read(actor, name, given, tell)
        if isinstance(reason := given.get("reason"), str):
            await self._guard.reason(actor, name, reason)
        # Nobody's hanging up leaves half a proposal.
        return await asyncio.shield(self._proposals.propose(actor, name, given))

    async def _read(self, actor: Actor, name: str, given: Mapping[str, Any], tell: Tell) -> Answer:
        if name in self._own:
            return await self._told(actor, self._own[name], given, tell)

        async def told(done: float, total: float | None, text: str) -> None:
            await tell(done, total, await self._guard.sentence(actor, name, text))

        return _of_page(await self._house.door.read(actor, name, given, told))

    def _seen(self, actor: Actor) -> list[Tool]:
        return [one for one in self._tools.values() if self._house.door.judge.sees(actor, one)]

    async def _unknown(self, actor: Actor, name: str) -> None:
        try:
            Toolbox(self._seen(actor)).get(name)
        except UsageError as error:
            await self._house.people.lacking(actor, DeniedError(str(error)), f"the tool {one_line(name, 60)}")
            raise UnknownTool(str(error)) from None

    async def _check_seen(self, actor: Actor, name: str) -> None:
        if not self._house.door.judge.sees(actor, self._tools[name]):
            error = DeniedError(f"{name} is denied: {actor.name} may not use {name}.")
            await self._house.people.lacking(actor, error, f"the tool {name}")
            raise error

    async def _told(self, actor: Actor, kind: type[HouseTool], given: Mapping[str, Any], tell: Tell) -> Answer:
        """The scope is the tool's own business: an id says more of where something lies than an argument."""
        tools = Toolbox([kind(self._house, actor)])
        caller = Caller(replace(self._house.door.means, toolbox=tools))
        page = await caller.read(msgspec.structs.replace(actor, scope=_EVERYWHERE), kind.name, given)
        if kind.name not in SINGLE:
            return _of_page(page)
        found = page.items[0]
        if kind.name == "actions_get":
            found = await self._followed(actor, found, ActionArguments.model_validate(given), tell)
        return Answer(found)

    async def _followed(self, actor: Actor, plan: dict[str, Any], asked: ActionArguments, tell: Tell) -> dict[str, Any]:
        """How far it is, once it has ended, the time is over, or the actor's token is, or the server stops."""
        if plan["state"] in ENDED or not asked.wait_seconds or self._followers >= _MOST_FOLLOWERS:
            return progress(plan, asked.id) | what_next(plan)
        self._followers += 1
        try:
            plan = await self._until_ended(actor, plan, asked.wait_seconds, tell)
        finally:
            self._followers -= 1
        return progress(plan, asked.id) | what_next(plan)

    async def _until_ended(self, actor: Actor, plan: dict[str, Any], seconds: int, tell: Tell) -> dict[str, Any]:
        until, seen, count = time.monotonic() + seconds, "", 0
        house = self._house
        while plan["state"] not in ENDED and time.monotonic() < until and house.identity.stands(actor, house.clock()):
            if plan["state"] != seen:
                seen, count = plan["state"], count + 1
                await tell(count, None, f"{plan['id']} is {seen}")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), _PAUSE)
                break
            plan = await self._requests.row(await self._requests.find(plan["id"]))
        return plan


def _of_page(page: Page) -> Answer:
    return Answer(msgspec.to_builtins(page))


def _bare(proposed: dict[str, Any]) -> dict[str, Any]:
    """What became of a change, in nobody's words but ours."""
    return {**{key: proposed[key] for key in ("state", "action", "actions")}, "plan": {"id": proposed["plan"]["id"]}}


def _offer(one: Tool) -> Offer:
    return Offer(
        name=one.name,
        title=one.title,
        description=one.description,
        effect=one.effect,
        takes=input_schema(one),
        gives=output_schema(one, one.name in SINGLE),
        outside=one.system != HOUSE,
    )


_EVERYWHERE = Scope()
_NOBODY = Actor(name="nobody", kind="service")
