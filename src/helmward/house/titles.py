"""Actions by what they did, not by the tool that did it: the title of their plan's step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from helmward.core.plans import Action
from helmward.door.door import Door
from helmward.house import present_changes


async def titled(door: Door, actions: Iterable[Action]) -> list[dict[str, Any]]:
    """Each as `present_changes.action` shows it, with a `title`: for few, as each asks for its plan. Where that is gone, the
    tool's name is the title."""
    titles: dict[str, dict[int, str]] = {}
    rows = []
    for one in actions:
        if one.plan not in titles:
            titles[one.plan] = await _steps(door, one.plan)
        rows.append(present_changes.action(one) | {"title": titles[one.plan].get(one.number, one.tool)})
    return rows


async def _steps(door: Door, plan: str) -> dict[int, str]:
    found = [one.plan for one in await door.plans_called(plan) if one.plan.id == plan]
    return {number: step.title for one in found for number, step in enumerate(one.steps)}
