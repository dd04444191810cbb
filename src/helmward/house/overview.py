"""What matters now, in one answer: incidents, namespaces by health, times, what was done, what waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from helmward.core.errors import HelmwardError
from helmward.core.nouns import Actor, Scope, Severity
from helmward.door.store import Stored
from helmward.house import present_changes, reach
from helmward.house.health import Incidents
from helmward.house.house import House
from helmward.house.lasting import times
from helmward.house.namespaces import namespaces
from helmward.house.present_changes import UnderWay
from helmward.house.titles import titled
from helmward.world.book import Tracked

_SHOWN = 10  # actions
_KEPT = 500  # actions that are looked through for those within a scope

Sees = Callable[[str], bool]
"""Whether somebody may see a namespace."""


async def overview(house: House, actor: Actor) -> dict[str, Any]:
    """All of it, within the actor's scope. Where plans or actions cannot be read, `problems` says so: the rest is shown."""
    sees, problems = reach.sight(house, actor), list[str]()
    plans = await _plans(house, problems)
    did = await _did(house, actor, sees, problems)
    known = [entry for entry in house.incidents("all") if sees(entry.incident.resource.namespace)]
    live = [entry for entry in known if entry.live]
    waiting = [one for one in plans or () if one.state == "waiting" and all(map(sees, _places(one)))]
    return {
        "incidents": _counts(live, present_changes.under_way(plans or ())),
        "namespaces": namespaces(house.world, Incidents(live), sees),
        "times": times(known),
        "did": did,
        "waiting": None if plans is None else len(waiting),
        "problems": problems,
    }


async def _plans(house: House, problems: list[str]) -> list[Stored] | None:
    try:
        return await house.door.plans(states=("waiting", *present_changes.RUNNING))
    except HelmwardError as error:
        problems.append(str(error))
        return None


async def _did(house: House, actor: Actor, sees: Sees, problems: list[str]) -> list[dict[str, Any]]:
    try:
        found = await house.door.actions(limit=_SHOWN if actor.scope == Scope() else _KEPT)
    except HelmwardError as error:
        problems.append(str(error))
        return []
    mine = [one for one in found if sees(one.resource.namespace)][:_SHOWN]
    mine.sort(key=lambda one: one.ended or one.acted or one.intended or "", reverse=True)
    return await titled(house.door, mine)


def _places(found: Stored) -> set[str]:
    return {step.resource.namespace for step in found.plan.steps} or {""}


def _counts(live: Sequence[Tracked], now: UnderWay) -> dict[str, Any]:
    states = {"open": 0, "acting": 0, "suppressed": 0}
    severities = {str(severity): 0 for severity in Severity if severity is not Severity.INFO}
    for entry in live:
        states[present_changes.state(entry.id, entry.state, now)] += 1
        severities[entry.incident.severity] = severities.get(entry.incident.severity, 0) + 1
    return {**states, "bySeverity": severities}
