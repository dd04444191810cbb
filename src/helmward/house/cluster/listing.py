"""The list of workloads, each with its tree: filtered, the worst first, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from helmward.core.nouns import Actor
from helmward.house import reach
from helmward.house.cluster.concerned import visible
from helmward.house.cluster.tree import Top, row, top
from helmward.house.health import ORDER, Incidents, led_to, place
from helmward.house.health.owned import below
from helmward.house.health.tops import roots
from helmward.house.house import House
from helmward.world.objects import Object
from helmward.world.store import World


class Wanted(NamedTuple):
    """Which workloads: of a namespace (None: all), with `q` in a name of theirs or of a node that runs them, only `broken` ones;
    `limit` of them after `offset`."""

    namespace: str | None = None
    q: str = ""
    broken: bool = False
    limit: int = 200
    offset: int = 0


def listing(house: House, actor: Actor, wanted: Wanted) -> dict[str, Any]:
    """`workloads` (one page), `total` (of all pages), how many of these are `services` behind which no workload stands, and
    `namespaces`, all of them within the actor's scope."""
    world, incidents, word = house.world, visible(house, actor), wanted.q.strip().lower()
    items = [*roots(world), *_leading_nowhere(world, incidents)]
    within = _namespaces(house, actor, items)
    asked = within if wanted.namespace is None else within & {wanted.namespace}
    found = [top(world, item, incidents) for item in items if item.namespace in asked]
    found = [one for one in found if _matches(world, one, word)] if word else found
    if wanted.broken:
        found = [one for one in found if place(one.item) in incidents or _ails(one)]
    found.sort(key=_worst)
    page = found[wanted.offset : wanted.offset + wanted.limit]
    return {
        "workloads": [row(world, one, incidents) for one in page],
        "total": len(found),
        "services": sum(one.item.kind.name == "Service" for one in found),
        "namespaces": sorted(within),
    }


def _leading_nowhere(world: World, incidents: Incidents) -> Iterator[Object]:
    """Services that lead to nothing at the top of a tree, though they should or there is an incident about them: they would
    stand nowhere else."""
    for item in world.all("Service"):
        if (item.view.spec.selector or place(item) in incidents) and next(led_to(world, item), None) is None:
            yield item


def _namespaces(house: House, actor: Actor, tops: Iterable[Object]) -> set[str]:
    """Those there are, and those that something lies in where namespaces themselves are not read."""
    known = {item.name for item in house.world.all("Namespace")} | {item.namespace for item in tops}
    return {name for name in known if reach.reaches(house, actor, [name])}


def _matches(world: World, found: Top, word: str) -> bool:
    """Does a name of the workload, of a Service before it, of anything below it, or of a node that runs it hold the word?"""
    items = (found.item, *(one for one, _ in found.services), *below(world, found.item))
    return any(word in name.lower() for one in items for name in _names(one))


def _names(item: Object) -> tuple[str, ...]:
    return (item.name, item.view.spec.node_name or "") if item.kind.name == "Pod" else (item.name,)


def _ails(found: Top) -> bool:
    return found.worst not in ("healthy", "suspended")


def _worst(one: Top) -> tuple[int, int, str, str, str]:
    """The worst first, a workload before one that only its Service makes as bad."""
    return ORDER[one.worst], ORDER[one.standing.health], one.item.namespace, one.item.name, one.item.kind.name
