"""What matters now, in one answer: incidents, namespaces by health, times, what was done, what waits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from helmward.core.errors import HelmwardError
from helmward.core.nouns import Actor, Scope, Severity
from helmward.door.store import Stored
from helmward.house import present_changes, reach
from helmward.house.house import House
from helmward.house.lasting import times
from helmward.house.present_changes import UnderWay
from helmward.world.book import Tracked

_SHOWN = 10  # actions
_KEPT = 500  # actions that are looked through for those within a scope
_HEALTH = ("broken", "degraded", "healthy")
_GRAVE = (Severity.CRITICAL, Severity.HIGH)

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
        "namespaces": _namespaces(live, [row for row in house.workloads() if sees(row["namespace"])]),
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
    return [present_changes.action(one) for one in mine]


def _places(found: Stored) -> set[str]:
    return {step.resource.namespace for step in found.plan.steps} or {""}


def _counts(live: Sequence[Tracked], now: UnderWay) -> dict[str, Any]:
    states = {"open": 0, "acting": 0, "suppressed": 0}
    severities = {str(severity): 0 for severity in Severity if severity is not Severity.INFO}
    for entry in live:
        states[present_changes.state(entry.id, entry.state, now)] += 1
        severities[entry.incident.severity] = severities.get(entry.incident.severity, 0) + 1
    return {**states, "bySeverity": severities}


@dataclass(slots=True)
class _Sums:
    """What stands in one namespace."""

    workloads: int = 0
    ready: int = 0
    incidents: int = 0
    severity: Severity | None = None
    grave: bool = False

    def add_workload(self, row: dict[str, Any]) -> None:
        self.workloads += 1
        self.ready += row["ready"] >= row["wanted"]

    def add_incident(self, entry: Tracked) -> None:
        severity = entry.incident.severity
        self.incidents += 1
        self.grave = self.grave or (severity in _GRAVE and entry.state != "suppressed")
        if self.severity is None or severity.rank < self.severity.rank:
            self.severity = severity

    @property
    def health(self) -> str:
        """`broken`: a critical or high incident that nobody suppressed; `degraded`: any other, or replicas not ready."""
        return _HEALTH[0 if self.grave else 1 if self.incidents or self.ready < self.workloads else 2]


def _namespaces(live: Iterable[Tracked], workloads: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    sums: defaultdict[str, _Sums] = defaultdict(_Sums)
    for row in workloads:
        sums[row["namespace"]].add_workload(row)
    for entry in live:
        sums[entry.incident.resource.namespace].add_incident(entry)
    return [_row(name, sums[name]) for name in sorted(sums, key=lambda name: (*_worse(sums[name]), name))]


def _worse(found: _Sums) -> tuple[int, int, int]:
    rank = len(Severity) if found.severity is None else found.severity.rank
    return _HEALTH.index(found.health), rank, -found.incidents


def _row(name: str, found: _Sums) -> dict[str, Any]:
    return {
        "namespace": name,
        "health": found.health,
        "workloads": found.workloads,
        "ready": found.ready,
        "incidents": found.incidents,
        "severity": None if found.severity is None else str(found.severity),
    }
