"""The list of workloads, each with its tree: filtered, the worst first, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from helmward.core.nouns import Actor
from helmward.house import reach
from helmward.house.cluster.concerned import by_place, visible
from helmward.house.cluster.health import Standing
from helmward.house.cluster.pods import ORDER, read_pod
from helmward.house.cluster.tree import Incidents, below, children, place_of, pod_columns, roots, stands
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


class _Found(NamedTuple):
    item: Object
    standing: Standing


def listing(house: House, actor: Actor, wanted: Wanted) -> dict[str, Any]:
    """`workloads` (one page), `total` (of all pages) and `namespaces`, all of them within the actor's scope."""
    world, incidents, word = house.world, by_place(visible(house, actor)), wanted.q.strip().lower()
    tops = list(roots(world))
    within = _namespaces(house, actor, tops)
    asked = within if wanted.namespace is None else within & {wanted.namespace}
    found = [
        _Found(item, stands(world, item, incidents))
        for item in tops
        if item.namespace in asked and _matches(world, item, word)
    ]
    if wanted.broken:
        found = [one for one in found if place_of(one.item) in incidents or _ails(one.standing)]
    found.sort(key=_worst)
    page = found[wanted.offset : wanted.offset + wanted.limit]
    return {
        "workloads": [workload(world, one.item, one.standing, incidents) for one in page],
        "total": len(found),
        "namespaces": sorted(within),
    }


def workload(world: World, item: Object, found: Standing, incidents: Incidents) -> dict[str, Any]:
    """A row of the list: the workload, with everything below it."""
    row: dict[str, Any] = {
        "kind": item.kind.name,
        "namespace": item.namespace,
        "name": item.name,
        "health": found.health,
        "text": found.text,
        "ready": found.ready,
        "wanted": found.wanted,
        "incidents": [entry.id for entry in incidents.get(place_of(item), ())],
        "created": item.meta.creation_timestamp,
    }
    if item.kind.name == "Pod":
        return row | {"pod": pod_columns(item, read_pod(item)), "children": []}
    return row | children(world, item, incidents)


def _namespaces(house: House, actor: Actor, tops: Iterable[Object]) -> set[str]:
    """Those there are, and those that something lies in where namespaces themselves are not read."""
    known = {item.name for item in house.world.all("Namespace")} | {item.namespace for item in tops}
    return {name for name in known if reach.reaches(house, actor, [name])}


def _matches(world: World, item: Object, word: str) -> bool:
    """Does a name of the workload, of anything below it, or of a node that runs it hold the word?"""
    return not word or any(word in name.lower() for one in (item, *below(world, item)) for name in _names(one))


def _names(item: Object) -> tuple[str, ...]:
    return (item.name, item.view.spec.node_name or "") if item.kind.name == "Pod" else (item.name,)


def _ails(found: Standing) -> bool:
    return found.health not in ("healthy", "suspended")


def _worst(one: _Found) -> tuple[int, str, str, str]:
    return ORDER[one.standing.health], one.item.namespace, one.item.name, one.item.kind.name
