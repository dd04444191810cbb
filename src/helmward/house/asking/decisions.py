"""Who said yes or no to plans."""

from __future__ import annotations

from typing import Any

from helmward.ask.inventory import Thing
from helmward.ask.results import Slots
from helmward.core.nouns import Actor
from helmward.door.store import Stored
from helmward.house import reach
from helmward.house.house import House

_MOST = 8


async def decided(house: House, actor: Actor, slots: Slots) -> list[Stored]:
    """The plans that somebody, or policy alone, said yes or no to and that this actor may see, the newest first. With
    `slots.latest` only the newest."""
    found = [one for one in await house.door.plans(states=_DECIDED) if _is_meant(house, actor, slots, one)]
    return found[: 1 if slots.latest else _MOST]


_DECIDED = ("approved", "running", "done", "failed", "undone", "killed", "denied")


def _is_meant(house: House, actor: Actor, slots: Slots, one: Stored) -> bool:
    touched = [step.resource for step in one.plan.steps]
    return (
        reach.reaches(house, actor, {resource.namespace for resource in touched})
        and (not slots.namespace or any(resource.namespace == slots.namespace for resource in touched))
        and (slots.target is None or any(_same(slots.target, resource) for resource in touched))
    )


def _same(target: Thing, resource: Any) -> bool:
    return (target.kind, target.namespace, target.name) == (resource.kind, resource.namespace, resource.name)


def told(row: dict[str, Any]) -> str:
    """Who decided on the plan of this row, in a clause."""
    given, state = row["approval"], row["state"]
    if given is not None:
        glass = " (broken glass)" if given["breakGlass"] else ""
        reason = f": {given['reason']}" if given["reason"] else ""
        return f"approved by {given['approver']}{glass} at {given['time']}{reason}"
    if state == "waiting":
        return "it waits; nobody has approved it yet"
    if state in ("denied", "expired"):
        return str(row["text"])
    if row["undoOf"] is not None and row["decision"] != "allow":
        return "the approval of what it takes back covers it"
    if row["decision"] != "allow":
        return str(row["text"] or state)
    return "policy allowed it, so that nobody had to approve it"
