"""What is broken on the map: along which edges a fault travels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from helmward.explain.causes.places import Place, home, place_of
from helmward.house.health import Incidents
from helmward.house.map_declared import Edge


class Faults:
    """Live incidents, by the edges on which their faults lie."""

    def __init__(self, incidents: Incidents) -> None:
        self._incidents = incidents
        self._rank = {entry.id: rank for rank, entry in enumerate(incidents.entries)}

    def blamed(self) -> Iterator[tuple[Place, Place]]:
        """What suffers and the Service that its evidence names, whether or not that is there."""
        for entry in self._incidents.entries:
            for found in entry.findings:
                yield from ((home(found), place_of(each)) for each in found.blames if each.kind == "Service")

    def along(self, edges: Iterable[Edge], is_down: Callable[[Place], bool]) -> dict[Edge, str]:
        """The edges along which a fault travels, each with the worst incident that does: one that touches both ends, one that
        leaves nothing behind a Service to answer those who need it, or one by which the Service itself is broken.

        A Service stands for who needs it and for what is behind it: it has seldom findings of its own."""
        edges = list(edges)
        at = {where: set(self._incidents.at(where).ids) for edge in edges for where in edge if where in self._incidents}
        dead = {**self._broken(edges, at), **_dead(edges, at, is_down)}
        edges = [edge for edge in edges if edge[0] in at or edge[1] in at or edge[1] in dead]
        behind, before = dict(at), dict(at)
        for source, target in edges:
            if source[0] == "Service":
                behind[source] = behind.get(source, set()) | at.get(target, set())
            if target[0] == "Service":
                before[target] = before.get(target, set()) | at.get(source, set())
        found = {}
        for source, target in edges:
            both = before.get(source, set()) & behind.get(target, set())
            if source[0] == "Service" and is_down(target):
                both = at.get(target, set())
            if both := both | dead.get(target, set()):
                found[source, target] = min(both, key=self._rank.__getitem__)
        return found

    def _broken(self, edges: Sequence[Edge], at: Mapping[Place, set[str]]) -> dict[Place, set[str]]:
        """Services of which an incident says something serious; with what is said of them."""
        named = {target for _, target in edges if target[0] == "Service" and target in at}
        return {where: at[where] for where in named if self._incidents.at(where).serious}


def _dead(
    edges: Sequence[Edge], at: Mapping[Place, set[str]], is_down: Callable[[Place], bool]
) -> dict[Place, set[str]]:
    """Services behind which incidents left nothing ready; with those."""
    leads = [edge for edge in edges if edge[0][0] == "Service"]
    down = {target for _, target in leads if target in at and is_down(target)}
    alive = {source for source, target in leads if target not in down}
    found: dict[Place, set[str]] = {}
    for source, target in leads:
        if source not in alive:
            found.setdefault(source, set()).update(at[target])
    return found
