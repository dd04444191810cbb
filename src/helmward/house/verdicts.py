"""What policy says of an actor's calls of tools before there are arguments, as far as that can be known."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence

from helmward.core.nouns import Actor
from helmward.core.plans import Verdict
from helmward.door.judge import Judge
from helmward.door.policy.request import Request
from helmward.door.tool import Tool
from helmward.house.house import House
from helmward.world.kinds import WORKLOADS

_NAMES_NAMESPACES = re.compile(r"^(?!\s*#).*\bnamespace\b", re.MULTILINE)
"""A policy that speaks of one namespace may say another thing in each."""


async def verdicts(house: House, actor: Actor, tools: Sequence[Tool]) -> dict[str, Verdict | None]:
    """By tool: allow, ask or deny where policy says the same of each place in which the actor may call it, else None. Of a
    change it is what policy says before the change's facts are known: of a plan it may say something stricter.

    Policy is asked once for each environment, for in the namespaces of one it says the same unless it names any."""
    judge = house.door.judge
    spaces = _one_of_each_environment(house, judge, actor)
    asked = {one.name: _requests(judge, actor, one, spaces) for one in tools}
    return await asyncio.to_thread(_decided, judge, asked)


def _decided(judge: Judge, asked: Mapping[str, Sequence[Request | None]]) -> dict[str, Verdict | None]:
    return {name: _same(judge, requests) for name, requests in asked.items()}


def _same(judge: Judge, requests: Sequence[Request | None]) -> Verdict | None:
    said: Verdict | None = None
    for request in requests:
        verdict: Verdict = "deny" if request is None else judge.policy.decide(request).verdict
        if said not in (None, verdict):
            return None
        said = verdict
    return said


def _requests(judge: Judge, actor: Actor, tool: Tool, spaces: Sequence[str]) -> list[Request | None]:
    """What policy is asked; None in the place of what lies outside of the actor's scope."""
    field = tool.arguments.model_fields.get("namespace")
    if field is None:
        places: Sequence[str] = ("",)
    elif not spaces or _names_namespaces(judge):
        return []
    else:
        places = spaces if field.is_required() else (*spaces, "")
    return [judge.request(actor, tool, place) if judge.reaches(actor, place) else None for place in places]


def _one_of_each_environment(house: House, judge: Judge, actor: Actor) -> list[str]:
    """Of those that the actor reaches; where namespaces themselves are not read, of those in which something lies."""
    world = house.world
    named = {item.name for item in world.all("Namespace")}
    named |= {item.namespace for kind in (*WORKLOADS, "Pod") for item in world.all(kind)}
    reached = sorted(name for name in named if judge.reaches(actor, name))
    return list({judge.environment(name): name for name in reached}.values())


def _names_namespaces(judge: Judge) -> bool:
    modules: Mapping[str, str] | None = getattr(judge.policy, "modules", None)
    return modules is None or any(_NAMES_NAMESPACES.search(text) for text in modules.values())
