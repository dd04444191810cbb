"""Keeps apart what cannot be one incident: findings that are tied together, directly or through others, are one cluster."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

Cluster = frozenset[str]
"""The ids of findings that are tied together."""


class Clusters:
    """The connected components of findings over the knots that tie them. A change regroups only those it reaches."""

    def __init__(self) -> None:
        self._knots: dict[str, frozenset[Hashable]] = {}
        self._tied: dict[Hashable, set[str]] = {}
        self._of: dict[str, Cluster] = {}
        self._loose: set[str] = set()

    def tie(self, identity: str, knots: Iterable[Hashable]) -> None:
        """What ties a finding now, in place of what did before; no knots: it is gone. Its cluster is a new one then."""
        new = frozenset(knots)
        old = self._knots.pop(identity, frozenset())
        for knot in old - new:
            tied = self._tied[knot]
            tied.discard(identity)
            if not tied:
                del self._tied[knot]
        for knot in new - old:
            self._tied.setdefault(knot, set()).add(identity)
        if new:
            self._knots[identity] = new
        self._loose.add(identity)

    def settle(self) -> tuple[set[Cluster], set[Cluster]]:
        """(gone, new) clusters since the last call. One of which a member was tied again is both, even if none left it."""
        gone = {self._of[identity] for identity in self._loose if identity in self._of}
        open_ends = self._loose.union(*gone)
        for identity in open_ends:
            self._of.pop(identity, None)
        self._loose = set()
        new: set[Cluster] = set()
        for identity in open_ends:
            if identity in self._knots and self._of.get(identity) not in new:
                cluster = self._reach(identity)
                gone |= {self._of[member] for member in cluster if member in self._of}
                self._of.update(dict.fromkeys(cluster, cluster))
                new.add(cluster)
        return gone, new

    def _reach(self, identity: str) -> Cluster:
        """Everything that is tied to one finding, directly or through others."""
        reached, frontier = {identity}, [identity]
        passed: set[Hashable] = set()
        while frontier:
            for knot in self._knots[frontier.pop()] - passed:
                passed.add(knot)
                more = self._tied[knot] - reached
                reached |= more
                frontier += more
        return frozenset(reached)
