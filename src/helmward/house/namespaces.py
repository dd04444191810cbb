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
_ILL = ("degraded", "broken")


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
    worst: Severity | None = None
    """Of those that nobody keeps quiet."""
    ill: int = 0
    """Ready workloads that are not well all the same."""
    healths: set[Health] = field(default_factory=set)
    culprit: tuple[int, str] | None = None
    matters: bool = False

    def add(self, item: Object, found: Standing) -> None:
        self.healths.add(found.health)
        self.matters = self.matters or item.kind.name not in ROUTED or found.health not in _WELL
        if found.health not in _WELL and (self.culprit is None or ORDER[found.health] < self.culprit[0]):
            self.culprit = ORDER[found.health], f"{item.kind.name} {item.name}: {found.text}"
        if item.kind.name in SERVING and found.wanted is not None:
            ready = (found.ready or 0) >= found.wanted if found.wanted else found.health in _WELL
            self.workloads += 1
            self.ready += ready
            self.ill += ready and found.health in _ILL

    def add_incident(self, entry: Tracked, health: Health) -> None:
        severity = entry.incident.severity
        self.healths.add(health)
        self.matters = True
        self.incidents += 1
        self.suppressed += entry.state == "suppressed"
        if self.severity is None or severity.rank < self.severity.rank:
            self.severity = severity
        if entry.state != "suppressed" and (self.worst is None or severity.rank < self.worst.rank):
            self.worst = severity

    @property
    def text(self) -> str:
        """Why: the incidents, or where none tells it the worst thing; then the workloads."""
        if self.healths == {"suspended"}:
            return "all of it is scaled to 0 or suspended"
        why = [self._incidents] if self.incidents else [self.culprit[1]] if self.culprit else []
        if self.workloads:
            several = self.workloads > 1
            ill = (f", {self.ill} of them not well" if several else ", but not well") if self.ill else ""
            why.append(f"{self.ready} of {self.workloads} workload{'s' * several} ready{ill}")
        return "; ".join(why)

    @property
    def _incidents(self) -> str:
        """Counted as the first page does: what is kept quiet stands apart."""
        loud = self.incidents - self.suppressed
        if not loud:
            return f"{self._some(self.incidents, self.severity)}, kept quiet"
        return self._some(loud, self.worst) + (f" and {self.suppressed} kept quiet" if self.suppressed else "")

    def _some(self, count: int, worst: Severity | None) -> str:
        return f"1 {worst} incident" if count == 1 else f"{count} incidents (the worst {worst})"


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
        "suppressed": found.suppressed,
        "severity": None if found.severity is None else str(found.severity),
    }
