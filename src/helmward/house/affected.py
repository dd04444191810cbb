"""The affected graph of an incident: what its first cause touches, in order from the cause to what people notice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec

from helmward.core.nouns import Finding, Resource
from helmward.explain.causes.backing import Backing
from helmward.explain.causes.edges import explanation
from helmward.explain.causes.found import Found, Sight
from helmward.explain.causes.places import Place, home, place_of, places
from helmward.explain.evidence import clean
from helmward.house.health import Health, Incidents, stands
from helmward.house.leads import Lead, Leads, named_by
from helmward.world.book import Tracked
from helmward.world.indexes import Key
from helmward.world.kinds import KINDS
from helmward.world.lens import Lens
from helmward.world.objects import Object
from helmward.world.store import World

MOST = 40
"""Nodes that are shown."""
_MOST_OWNED = 3  # pods of one workload: its replicas repeat one story
_SCALED = frozenset({"Deployment", "StatefulSet", "ReplicaSet", "DaemonSet"})
_STAND = _SCALED | {"Pod", "Service", "Job", "CronJob", "Node"}
_NONE = Incidents()


def affected(
    world: World, entry: Tracked, now: datetime, sees: Callable[[str], bool], live: Incidents = _NONE
) -> dict[str, Any]:
    """`{"nodes": [{"id", "resource", "role", "health", "text", "severity"}], "edges": [{"from", "to", "how", "by"}], "more": 0}`.

    `health` is that of the map and the cluster's tree, by what is counted and by the `live` incidents; None of what neither is
    about (a ConfigMap that is only named).

    What lies in namespaces that `sees` does not hold is left out as if it were not there. Each edge rests on the objects as
    they are now, or on what a finding says; an object that nothing ties to the cause stands without one."""
    walk = _Walk(world, entry, now, sees, live)
    walk.from_causes()
    walk.to_the_others()
    return walk.shown()


class _Walk:
    """From the first causes outward, the nearest first; each object once."""

    def __init__(
        self, world: World, entry: Tracked, now: datetime, sees: Callable[[str], bool], live: Incidents
    ) -> None:
        found = Found()
        for finding in entry.findings:
            found.put(finding.id, finding)

        def sight(seen: set[Key]) -> Sight:
            return Sight(world, now, found, seen)

        self._world, self._sees = sight(set()), sees
        self._all, self._live = world, live
        self._backing, self._leads = Backing(sight), Leads(self._world, entry.findings)
        self._findings = entry.findings
        first = {cause.finding for cause in entry.incident.causes}
        self._causes = [finding for finding in entry.findings if finding.id in first]
        self._distance: dict[Place, int] = {}
        self._edges: dict[tuple[Place, Place], Lead] = {}
        self._more: set[Place] = set()

    def from_causes(self) -> None:
        """What the first causes' evidence names, what they stand on, and all that follows."""
        homes = dict.fromkeys(map(home, self._causes))
        named = dict.fromkeys(place for cause in self._causes for place in named_by(cause))
        at = [self._put(place, 0) for place in named if place not in homes]
        for place in filter(None, at):
            self._follow(place, self._leads.named(place))
        for place in homes:
            self._put(place, 0)
        self._spread([place for place in homes if place in self._distance])

    def to_the_others(self) -> None:
        """Where the configuration shows no way to a finding, the join may know one."""
        open_ends = self._open_ends()
        while open_ends:
            reached = [finding for finding in open_ends if self._explained(finding)]
            if not reached:
                break
            self._spread([home(finding) for finding in reached])
            open_ends = self._open_ends()
        last = max(self._distance.values(), default=-1) + 1
        for finding in open_ends:
            self._put(home(finding), last)

    def shown(self) -> dict[str, Any]:
        """As JSON."""
        order = sorted(self._distance, key=lambda place: self._distance[place])
        names = {place: _text(place) for place in order}
        edges = [
            {
                "from": names[begin],
                "to": names[end],
                "how": clean(lead.how(), 200),
                "by": names[end if lead.by_to else begin],
            }
            for (begin, end), lead in sorted(self._edges.items(), key=lambda item: tuple(map(order.index, item[0])))
        ]
        return {"nodes": list(self._nodes(order)), "edges": edges, "more": len(self._more)}

    # ---- walking ----

    def _put(self, place: Place, distance: int) -> Place | None:
        """The place, if it is new and may be shown."""
        if place in self._distance or not self._sees(place[1]):
            return None
        if len(self._distance) == MOST:
            self._more.add(place)
            return None
        self._distance[place] = distance
        self._more.discard(place)
        return place

    def _spread(self, frontier: Iterable[Place]) -> None:
        queue = list(frontier)
        for place in queue:  # it grows while it is walked
            queue += self._follow(place, self._leads.of(place))

    def _follow(self, place: Place, leads: Iterable[Lead]) -> list[Place]:
        """The new places that these leads reach; of two leads between the same two the first counts."""
        reached, owned, distance = list[Place](), 0, self._distance[place] + 1
        for lead in leads:
            owned += lead.owned
            if owned > _MOST_OWNED and lead.to not in self._distance and self._sees(lead.to[1]):
                self._more.add(lead.to)
                continue
            if new := self._put(lead.to, distance):
                reached.append(new)
            if self._distance.get(lead.to, 0) >= distance:
                self._edges.setdefault((place, lead.to), lead)
        return reached

    def _open_ends(self) -> list[Finding]:
        return [finding for finding in self._findings if self._is_open(home(finding))]

    def _is_open(self, place: Place) -> bool:
        return place not in self._distance and place not in self._more and self._sees(place[1])

    def _explained(self, finding: Finding) -> bool:
        """Whether the join leads to it from what is shown already; then it is shown too."""
        why = explanation(finding, self._world, self._backing)
        begin, end = home(why.cause) if why else None, home(finding)
        if why is None or begin is None or begin not in self._distance or begin == end:
            return False
        if self._put(end, self._distance[begin] + 1) is None:
            return False
        reason = why.reason
        self._edges[begin, end] = Lead(end, lambda: reason)
        return True

    # ---- telling ----

    def _nodes(self, order: Iterable[Place]) -> Iterator[dict[str, Any]]:
        followed = {begin for begin, _ in self._edges}
        causes = {place for cause in self._causes for place in (home(cause), *named_by(cause))}
        said = {
            place: text for finding in reversed(self._findings) for place, text in named_by(finding).items() if text
        }
        at: dict[Place, list[Finding]] = {}
        for finding in self._findings:
            for place in places(finding):
                at.setdefault(place, []).append(finding)
        for place in order:
            found = at.get(place, [])
            worst = min((finding.severity for finding in found), key=lambda severity: severity.rank, default=None)
            touched = "affected" if found or place not in followed else "between"
            yield {
                "id": _text(place),
                "resource": msgspec.to_builtins(self._resource(place)),
                "role": "cause" if place in causes else touched,
                "health": self._health(place),
                "text": self._told(place, found, said),
                "severity": None if worst is None else str(worst),
            }

    def _health(self, place: Place) -> Health | None:
        item = self._all.get(*place) if place[0] in KINDS else None
        if item is None or (place[0] not in _STAND and place not in self._live):
            return None
        return stands(self._all, item, self._live).health

    def _told(self, place: Place, found: list[Finding], said: Mapping[Place, str]) -> str:
        """What is wrong there, without the change: that is told with the cause. Else how it is."""
        if found:
            return found[0].brief or found[0].message
        return said.get(place) or clean(_state(place, self._world), 200)

    def _resource(self, place: Place) -> Resource:
        for finding in self._findings:
            for resource in (finding.resource, *finding.blames):
                if place_of(resource) == place:
                    return resource
        kind, namespace, name = place
        return Resource(api_version=KINDS[kind].api if kind in KINDS else "", kind=kind, namespace=namespace, name=name)


def _text(place: Place) -> str:
    return "/".join(part for part in place if part)


def _state(place: Place, world: Lens) -> str:
    """How an object is of which no finding says anything."""
    kind, item = place[0], world.get(*place)
    if item is None:
        return "does not exist" if world.knows(kind) else ""
    if kind in _SCALED:
        status, wanted = item.view.status, item.view.spec.replicas
        if kind == "DaemonSet":
            return f"{status.number_ready} of {status.desired_number_scheduled} replicas ready"
        return f"{status.ready_replicas} of {1 if wanted is None else wanted} replicas ready"
    if kind == "Service":
        pods = world.pods_matching(item.namespace, item.view.spec.selector or {})
        return f"{sum(map(_is_ready, pods))} of {len(pods)} pods behind it are ready" if world.knows("Pod") else ""
    return f"it is {item.view.status.phase}" if kind == "Pod" else ""


def _is_ready(pod: Object) -> bool:
    return any(one.type == "Ready" and one.status == "True" for one in pod.view.status.conditions)
