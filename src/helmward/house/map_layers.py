"""Where things stand in a drawing of what leads where: how near to a thing, which ones first, and in which column."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from helmward.explain.causes.places import Place

Neighbours = Mapping[Place, Collection[Place]]


def near(starts: Iterable[Place], neighbours: Neighbours, hops: int) -> set[Place]:
    """What is at most so many steps from one of `starts`, in any direction; with them."""
    reached = set(starts)
    frontier = set(reached)
    for _ in range(hops):
        frontier = {other for place in frontier for other in neighbours.get(place, ())} - reached
        reached |= frontier
    return reached


def first(places: Collection[Place], neighbours: Neighbours, rank: Callable[[Place], Any], limit: int) -> set[Place]:
    """`limit` of these: by rank, each with what it leads to and what leads to it."""
    if len(places) <= limit:
        return set(places)
    taken: dict[Place, None] = {}
    for place in sorted(places, key=rank):
        for one in (place, *sorted((other for other in neighbours.get(place, ()) if other in places), key=rank)):
            taken[one] = None
            if len(taken) == limit:
                return set(taken)
    return set(taken)


def layers(places: Collection[Place], leads: Neighbours) -> dict[Place, int]:
    """The column of each: 0 where nothing leads to it, else one right of the last that does.

    A circle is cut where a walk from the entries, in the order of their names, comes back to where it has been: it does not
    depend on what is broken, so a drawing stays as it is while health changes.
    """
    order, forward = _walked(places, leads)
    found = dict.fromkeys(places, 0)
    for place in reversed(order):  # what was left last comes first: each before all that it leads to
        for target in forward[place]:
            found[target] = max(found[target], found[place] + 1)
    return found


def _walked(places: Collection[Place], leads: Neighbours) -> tuple[list[Place], dict[Place, list[Place]]]:
    """Depth first: the places in the order in which they were left, and the edges that close no circle.

    Not by recursion: a chain can be longer than Python's stack."""
    led_to = {target for place in places for target in leads.get(place, ())}
    order: list[Place] = []
    forward: dict[Place, list[Place]] = {}
    left: set[Place] = set()
    for start in (*sorted(set(places) - led_to), *sorted(led_to & set(places))):
        path = [(start, iter(_targets(start, places, leads)))] if start not in forward else []
        while path:
            place, targets = path[-1]
            if place not in forward:
                forward[place] = []
            target = next(targets, None)
            if target is None:
                path.pop()
                left.add(place)
                order.append(place)
            elif target in left or target not in forward:
                forward[place].append(target)
                if target not in forward:
                    path.append((target, iter(_targets(target, places, leads))))
    return order, forward


def _targets(place: Place, places: Collection[Place], leads: Neighbours) -> list[Place]:
    return sorted(target for target in leads.get(place, ()) if target in places)
