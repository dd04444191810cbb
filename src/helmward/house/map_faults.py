"""What is broken on the map: which incidents touch a thing, how bad that is, and along which edges a fault travels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from helmward.core.nouns import Severity
from helmward.explain.causes.places import Place, home, place_of, places
from helmward.house.map_declared import Edge
from helmward.world.book import Tracked
from helmward.world.objects import Object

_BAD = (Severity.CRITICAL, Severity.HIGH)


class Faults:
    """The findings of live incidents by where they stand. `entries`: the worst incident first."""

    def __init__(self, entries: Sequence[Tracked]) -> None:
        self._entries = entries
        self._rank = {entry.id: rank for rank, entry in enumerate(entries)}
        self._at: dict[Place, list[str]] = {}
        self._worst: dict[Place, Severity] = {}
        for entry in entries:
            self._touch(place_of(entry.incident.resource), entry.id, entry.incident.severity)
            for found in entry.findings:
                for where in places(found):
                    self._touch(where, entry.id, found.severity)

    def incidents(self, place: Place) -> list[str]:
        """The ids of the incidents that touch it, the worst first."""
        return list(self._at.get(place, ()))

    def severity(self, place: Place) -> Severity | None:
        """The worst that was found there."""
        return self._worst.get(place)

    def blamed(self) -> Iterator[tuple[Place, Place]]:
        """What suffers and the Service that its evidence names, whether or not that is there."""
        for entry in self._entries:
            for found in entry.findings:
                yield from ((home(found), place_of(each)) for each in found.blames if each.kind == "Service")

    def along(self, edges: Iterable[Edge], is_down: Callable[[Place], bool]) -> dict[Edge, str]:
        """The edges along which a fault travels, each with the worst incident that does: one that touches both ends, or one
        that leaves nothing behind a Service to answer those who need it.

        A Service stands for who needs it and for what is behind it: it has seldom findings of its own."""
        edges = list(edges)
        dead = self._dead(edges, is_down)
        edges = [edge for edge in edges if edge[0] in self._at or edge[1] in self._at or edge[1] in dead]
        at = {place: set(ids) for place, ids in self._at.items()}
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

    def _dead(self, edges: Sequence[Edge], is_down: Callable[[Place], bool]) -> dict[Place, set[str]]:
        """Services behind which incidents left nothing ready; with those."""
        leads = [edge for edge in edges if edge[0][0] == "Service"]
        down = {target for _, target in leads if target in self._at and is_down(target)}
        alive = {source for source, target in leads if target not in down}
        found: dict[Place, set[str]] = {}
        for source, target in leads:
            if source not in alive:
                found.setdefault(source, set()).update(self._at[target])
        return found

    def _touch(self, place: Place, incident: str, severity: Severity) -> None:
        ids = self._at.setdefault(place, [])
        if not ids or ids[-1] != incident:  # one incident's come after each other
            ids.append(incident)
        known = self._worst.get(place)
        if known is None or severity.rank < known.rank:
            self._worst[place] = severity


def replicas(item: Object) -> tuple[int, int] | None:
    """Ready and wanted pods of a workload; None where that is no question (a Service, a Job)."""
    match item.kind.name:
        case "DaemonSet":
            status = item.view.status
            return status.number_ready, status.desired_number_scheduled
        case "Deployment" | "StatefulSet" | "ReplicaSet":
            wanted = item.view.spec.replicas
            return item.view.status.ready_replicas, 1 if wanted is None else wanted
    return None


def health(severity: Severity | None, ready: tuple[int, int] | None) -> str:
    """`broken`: something was found and no pod of those wanted is ready, or something serious where none is wanted or there
    are none to be ready; `degraded`: something was found, or some are not ready."""
    if ready is None or not any(ready):
        return "broken" if severity in _BAD else "degraded" if severity is not None else "healthy"
    missing = ready[0] < ready[1]
    if severity is not None and missing and ready[0] == 0:
        return "broken"
    return "degraded" if severity is not None or missing else "healthy"
