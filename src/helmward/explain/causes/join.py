"""Joins findings to incidents: each finding goes to the first cause that explains it (edges.py says along what).

What nothing explains is a first cause. First causes on one workload, or that blame one same object, are one incident.
A join is kept true while findings and world change: every look-up is recorded, and what looked at a touched key is
asked again. From nothing it is the same code.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Set
from datetime import datetime

from helmward.core.nouns import Finding
from helmward.explain.causes.backing import Backing
from helmward.explain.causes.clusters import Cluster, Clusters
from helmward.explain.causes.edges import READS, explanation
from helmward.explain.causes.found import Found, Sight
from helmward.explain.causes.grouping import Explained, Group, group, roots_of, same_incident
from helmward.explain.causes.places import home, place_of
from helmward.explain.recorded import Kept
from helmward.world.indexes import Key
from helmward.world.store import World

__all__ = ["READS", "Group", "Join", "join"]


def join(findings: Iterable[Finding], world: World, now: datetime) -> list[Group]:
    """The incidents that `findings` amount to: each serious finding in exactly one. Informational ones stay outside."""
    joined = Join(world)
    _, clusters = joined.update({finding.id: finding for finding in findings}, frozenset(), now)
    return [group for cluster in clusters for group in joined.groups(cluster)]


class Join:
    """The clusters of findings that may be one incident, and the groups that each amounts to."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._now: datetime
        self._found = Found()
        self._backing = Backing(self.sight)
        self._explained: Kept[str, Explained | None] = Kept(self._explain)
        self._clusters = Clusters()

    def update(
        self, changed: Mapping[str, Finding | None], touched: Set[Key], now: datetime
    ) -> tuple[set[Cluster], set[Cluster]]:
        """(gone, new) clusters after these findings (by id; None: gone) and keys of the world changed."""
        self._now = now
        for identity, finding in changed.items():
            self._found.put(identity, finding)
            self._explained.forget(identity)
        keys = touched | self._found.drain()
        self._backing.touch(keys)
        for identity in self._explained.touch(keys) | changed.keys():
            self._clusters.tie(identity, self._knots(identity))
        return self._clusters.settle()

    def groups(self, cluster: Cluster) -> Iterator[Group]:
        """The incidents in the making of one cluster."""
        members = {identity: self._of(identity) for identity in sorted(cluster)}
        found = {identity: self._explained.ask(identity, set()) for identity in members}
        explained = {identity: cause for identity, cause in found.items() if cause is not None}
        root_of = roots_of(members.values(), explained)
        under: dict[str, list[Finding]] = {}
        for identity, finding in members.items():
            under.setdefault(root_of[identity].id, []).append(finding)
        for causes in same_incident({root.id: root for root in root_of.values()}.values()):
            yield group(causes, [member for cause in causes for member in under[cause.id]], explained)

    def sight(self, seen: set[Key]) -> Sight:
        """The world and the findings, for one look-up whose keys are added to `seen`."""
        return Sight(self._world, self._now, self._found, seen)

    def _explain(self, identity: str, seen: set[Key]) -> Explained | None:
        return explanation(self._of(identity), self.sight(seen), self._backing)

    def _knots(self, identity: str) -> Iterator[Hashable]:
        """What ties a finding to others: what explains it, and what would make first causes one incident."""
        if (finding := self._found.get(identity)) is None:
            return
        yield identity
        yield home(finding)
        yield from map(place_of, finding.blames)
        if (explained := self._explained.ask(identity, set())) is not None:
            yield explained.cause.id

    def _of(self, identity: str) -> Finding:
        finding = self._found.get(identity)
        assert finding is not None, identity
        return finding
