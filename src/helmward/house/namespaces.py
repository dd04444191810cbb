"""The namespaces, the worst first: how healthy what lies in each is, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from helmward.core.nouns import Severity
from helmward.house.health import ORDER, Health, Incidents, Place, Standing, place, stands, worst
from helmward.house.health.listed import SERVING
from helmward.house.health.tops import roots
from helmward.house.map_declared import ROUTED
from helmward.world.book import Tracked
from helmward.world.objects import Object
from helmward.world.store import World

_WELL = ("healthy", "suspended")


def namespaces(world: World, incidents: Incidents, sees: Callable[[str], bool]) -> list[dict[str, Any]]:
    """Those that `sees` holds, if something runs there or is wrong there. Health is the worst of what the map and the cluster's
    tree show there, and of what the incidents there are about."""
    sums: defaultdict[str, _Sums] = defaultdict(_Sums)
    known: dict[Place, Health] = {}
    for item in _shown(world):
        if sees(item.namespace):
            found = stands(world, item, incidents)
            known[place(item)] = found.health
            sums[item.namespace].add(item, found)
    for entry in incidents.entries:
        health = _of_incident(world, entry, incidents, known)
        sums[entry.incident.resource.namespace].add_incident(entry, health)
    there = [name for name, found in sums.items() if found.matters]
    return [_row(name, sums[name]) for name in sorted(there, key=lambda name: (*_worse(sums[name]), name))]


def _shown(world: World) -> Iterator[Object]:
    yield from roots(world)
    for kind in ROUTED:
        yield from world.all(kind)


def _of_incident(world: World, entry: Tracked, incidents: Incidents, known: dict[Place, Health]) -> Health:
    """How what an incident is about stands: its workload, else the object; where neither is there, by what is said."""
    about, owner = entry.incident.resource, entry.incident.owner
    places = [(owner.kind, owner.namespace, owner.name)] if owner is not None else []
    for where in (*places, own := (about.kind, about.namespace, about.name)):
        if (health := known.get(where)) is not None:
            return health
        if (item := world.get(*where)) is not None:
            return stands(world, item, incidents).health
    return incidents.at(own).health


@dataclass(slots=True)
class _Sums:
    """What lies in one namespace."""

    workloads: int = 0
    ready: int = 0
    incidents: int = 0
    suppressed: int = 0
    severity: Severity | None = None
    healths: set[Health] = field(default_factory=set)
    culprit: tuple[int, str] | None = None
    matters: bool = False

    def add(self, item: Object, found: Standing) -> None:
        self.healths.add(found.health)
        self.matters = self.matters or item.kind.name not in ROUTED or found.health not in _WELL
        if found.health not in _WELL and (self.culprit is None or ORDER[found.health] < self.culprit[0]):
            self.culprit = ORDER[found.health], f"{item.kind.name} {item.name}: {found.text}"
        if item.kind.name in SERVING and found.wanted is not None:
            self.workloads += 1
            self.ready += (found.ready or 0) >= found.wanted if found.wanted else found.health in _WELL

    def add_incident(self, entry: Tracked, health: Health) -> None:
        severity = entry.incident.severity
        self.healths.add(health)
        self.matters = True
        self.incidents += 1
        self.suppressed += entry.state == "suppressed"
        if self.severity is None or severity.rank < self.severity.rank:
            self.severity = severity

    @property
    def text(self) -> str:
        """Why: the incidents, or where none tells it the worst thing; then the workloads."""
        if self.healths == {"suspended"}:
            return "all of it is scaled to 0 or suspended"
        why = [self._incidents] if self.incidents else [self.culprit[1]] if self.culprit else []
        if self.workloads:
            why.append(f"{self.ready} of {self.workloads} workload{'s' * (self.workloads > 1)} ready")
        return "; ".join(why)

    @property
    def _incidents(self) -> str:
        quiet = "suppressed " if self.suppressed == self.incidents else ""
        if self.incidents == 1:
            return f"1 {quiet}{self.severity} incident"
        some = f", {self.suppressed} suppressed" if self.suppressed and not quiet else ""
        return f"{self.incidents} {quiet}incidents, the worst {self.severity}{some}"


def _worse(found: _Sums) -> tuple[int, int, int]:
    rank = len(Severity) if found.severity is None else found.severity.rank
    return ORDER[worst(found.healths)], rank, -found.incidents


def _row(name: str, found: _Sums) -> dict[str, Any]:
    return {
        "namespace": name,
        "health": worst(found.healths),
        "text": found.text,
        "workloads": found.workloads,
        "ready": found.ready,
        "incidents": found.incidents,
        "severity": None if found.severity is None else str(found.severity),
    }
