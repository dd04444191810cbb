"""The map: what depends on what, as the cluster's configuration declares it, and where it is broken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from helmward.core.errors import UsageError
from helmward.core.nouns import Actor
from helmward.core.text import one_line
from helmward.explain.causes.places import Place
from helmward.house import reach
from helmward.house.health import ORDER, Incidents, Standing, place, stands
from helmward.house.health.counts import COUNTED
from helmward.house.house import House
from helmward.house.map_declared import ENTRIES, Edge, edges, named, things, uses
from helmward.house.map_faults import Faults
from helmward.house.map_layers import first, layers, near
from helmward.world.book import Tracked
from helmward.world.lens import Lens
from helmward.world.objects import Object
from helmward.world.store import World

_USED = ("ConfigMap", "Secret", "PersistentVolumeClaim")
_READY = COUNTED | {"Service"}
_ABSENT = Standing("broken", "it is named, and not there")
_LONGEST = 160  # characters of where an edge is declared


class NotOnMap(UsageError):
    """The map has nothing of this name."""

    http_status = 404


class Asked(NamedTuple):
    """Which part of the map: of one namespace with its direct neighbours, or what is within `hops` of `around`
    (kind/namespace/name); at most `limit` things, the worst and their neighbours first."""

    namespace: str | None = None
    around: str | None = None
    hops: int = 2
    limit: int = 150


def shown(house: House, actor: Actor, asked: Asked) -> dict[str, Any]:
    """The map as far as this actor may see. Raises UsageError, NotOnMap."""
    return draw(house.world, house.incidents(), house.clock(), asked, reach.sight(house, actor))


def draw(
    world: World, incidents: Sequence[Tracked], now: datetime, asked: Asked, sees: Callable[[str], bool]
) -> dict[str, Any]:
    """`shown`, of a world and its live incidents, the worst first; `sees` says whether a namespace lies within the scope."""
    told = Incidents(one for one in incidents if sees(one.incident.resource.namespace))
    graph = _Graph(world, Lens(world, now), told, sees)
    found = graph.part(asked)
    return graph.drawn(first(found, graph.neighbours, graph.ranks.__getitem__, asked.limit), len(found))


class _Graph:
    """Everything that the actor may see: `items` is None for a Service that is named and not there."""

    def __init__(self, world: World, lens: Lens, incidents: Incidents, sees: Callable[[str], bool]) -> None:
        self._lens, self._incidents, self._faults, self._sees = lens, incidents, Faults(incidents), sees
        self.items: dict[Place, Object | None] = {place(item): item for item in things(world) if sees(item.namespace)}
        self._how: dict[Edge, list[str]] = {}
        for where, item in list(self.items.items()):
            for edge, how in edges(lens, where, item) if item else ():
                self._join(edge, how)
        self._join_blamed()
        self.leads: dict[Place, set[Place]] = {}
        self.neighbours: dict[Place, set[Place]] = {}
        for source, target in self._how:
            self.leads.setdefault(source, set()).add(target)
            self.neighbours.setdefault(source, set()).add(target)
            self.neighbours.setdefault(target, set()).add(source)
        self._standing = {
            where: stands(world, item, incidents) if item else _ABSENT for where, item in self.items.items()
        }
        self.ranks = {where: self._rank(where) for where in self.items}

    def part(self, asked: Asked) -> set[Place]:
        """What was asked for."""
        found = set(self.items)
        if asked.around is not None:
            found = near(self._starts(asked.around), self.neighbours, asked.hops)
        if asked.namespace is not None:
            found &= near((where for where in found if where[1] == asked.namespace), self.neighbours, 1)
        return found

    def _rank(self, where: Place) -> tuple[int, int, int, Place]:
        """The worst first; of equals, what most depends on and leads to."""
        severity = self._incidents.at(where).severity
        bad = ORDER[self._standing[where].health], severity.rank if severity else 9
        return *bad, -len(self.neighbours.get(where, ())), where

    def drawn(self, chosen: set[Place], total: int) -> dict[str, Any]:
        """The answer, in an order that what is broken does not change."""
        column = layers(chosen, self.leads)
        names = {where: "/".join(map(_shown, where)) for where in chosen}
        inside = [pair for pair in self._how if pair[0] in chosen and pair[1] in chosen]
        broken = self._faults.along(self._how, self._is_down)
        ranks = {where: rank for rank, where in enumerate(sorted(chosen, key=self.ranks.__getitem__))}
        return {
            "nodes": [
                self._node(where, names[where], column[where]) | {"rank": ranks[where]}
                for where in sorted(chosen, key=lambda where: (column[where], where[1], where[2], where[0]))
            ],
            "edges": [
                {
                    "from": names[source],
                    "to": names[target],
                    "how": _together(self._how[source, target]),
                    "broken": (source, target) in broken,
                    "incident": broken.get((source, target)),
                }
                for source, target in sorted(inside)
            ],
            "total": total,
            "namespaces": sorted({_shown(where[1]) for where in self.items}),
        }

    def _node(self, where: Place, name: str, layer: int) -> dict[str, Any]:
        item, about, found = self.items[where], self._incidents.at(where), self._standing[where]
        counted = where[0] in _READY
        return {
            "id": name,
            "kind": where[0],
            "namespace": _shown(where[1]),
            "name": _shown(where[2]),
            "health": found.health,
            "text": found.text,
            "incidents": about.ids,
            "severity": str(about.severity) if about.severity else None,
            "layer": layer,
            "absent": item is None,
            "ready": found.ready if counted else None,
            "wanted": found.wanted if counted else None,
            "uses": uses(item) if item else None,
        }

    def _add(self, service: Place) -> None:
        """A Service that is named, and not there."""
        if service not in self.items and self._sees(service[1]) and self._lens.knows("Service"):
            self.items[service] = None

    def _join(self, edge: Edge, how: str) -> None:
        if edge[0][0] in ENTRIES:  # they can lead to nothing but Services; a workload may name other hosts
            self._add(edge[1])
        if edge[0] in self.items and edge[1] in self.items:
            hows = self._how.setdefault(edge, [])
            if how not in hows:
                hows.append(how)

    def _join_blamed(self) -> None:
        """A Service that evidence names is on the map even if nothing declares it, or if it is not there at all."""
        for source, target in self._faults.blamed():
            item = self.items.get(source)
            if item is not None and (source, target) not in self._how:
                self._add(target)
                self._join((source, target), named(self._lens, item, target) or "named in its evidence")

    def _is_down(self, where: Place) -> bool:
        found = self._standing.get(where)
        if found is None or where[0] not in COUNTED or found.ready is None:
            return False
        return found.ready == 0 and (bool(found.wanted) or found.health == "broken")

    def _starts(self, around: str) -> set[Place]:
        """What `around` names; for a pod its workload, for configuration and claims those that use them."""
        kind, _, rest = around.partition("/")
        namespace, _, name = rest.partition("/")
        if not (kind and namespace and name):
            raise UsageError("Write what to look around as kind/namespace/name, for example Deployment/shop/payment.")
        pod = self._lens.get(kind, namespace, name) if kind == "Pod" else None
        top = self._lens.workload(pod) if pod else None
        found = {(top.kind, top.namespace, top.name) if top else (kind, namespace, name)}
        if kind in _USED:
            found = {place(item) for item in self._lens.users(kind, namespace, name)}
        if not (found := found & set(self.items)):
            raise NotOnMap(f"There is no {one_line(around, 120)} on the map; it shows workloads, Services and entries.")
        return found


@lru_cache(maxsize=8192)
def _shown(name: str) -> str:
    return one_line(name, 253)


def _together(hows: Sequence[str]) -> str:
    more = f" and {len(hows) - 1} more" if len(hows) > 1 else ""
    return one_line(hows[0], _LONGEST) + more
