"""What explains a finding: the edges that lead from it to others, and the nearest of them.

In this order, the nearest first:
  blame     its evidence names the other's object (a Service in a log line, an unbound claim, a quota)
  backing   it stands on a Service, the other on a workload behind that Service
  workload  both stand on one workload and the other is nearer to the ground (a wrong image explains a stuck rollout)
  node      it stands on a pod of a node, the other on that node, and it began later
  need      it merely suffers, and its workload needs a Service on which (or behind which) the other stands
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import IntEnum
from typing import NamedTuple

from helmward.core.nouns import Finding
from helmward.core.times import parse_time
from helmward.explain.causes.backing import Backing
from helmward.explain.causes.found import Sight
from helmward.explain.causes.grouping import Explained
from helmward.explain.causes.places import home, place_of
from helmward.explain.codes import EFFECT, FAULT, GROUND
from helmward.world.objects import Object

READS = frozenset(
    {"Pod", "Service", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob", "ConfigMap"}
)
"""The kinds that joining looks at; RBAC needs them beside what the analyzers read."""


class _Near(IntEnum):
    """How near an edge leads; a nearer explanation is taken before a deeper one."""

    BLAME = 0
    BACKING = 1
    WORKLOAD = 2
    NODE = 3
    NEED = 4


class _Edge(NamedTuple):
    near: _Near
    cause: Finding
    reason: str


def explanation(finding: Finding, world: Sight, backing: Backing) -> Explained | None:
    """The nearest explanation; among equally near ones that next to the ground, the surest, the earliest."""
    edges = (edge for edge in _Edges(world, backing).of(finding) if edge.cause.id != finding.id)
    best = min(edges, key=_order, default=None)
    return Explained(best.cause, best.reason) if best else None


class _Edges(NamedTuple):
    """The edges that lead from one finding to what could explain it."""

    world: Sight
    backing: Backing

    def of(self, finding: Finding) -> Iterator[_Edge]:
        """Every edge, the nearest kinds first."""
        yield from self._blame(finding)
        yield from self._backing(finding)
        yield from self._workload(finding)
        yield from self._node(finding)
        yield from self._need(finding)

    def _blame(self, finding: Finding) -> Iterator[_Edge]:
        own = home(finding)
        for blamed in finding.blames:
            found = [(cause, f"its evidence names {blamed}") for cause in self.world.at(place_of(blamed))]
            if blamed.kind == "Service":
                found += [
                    (cause, f"its evidence names {blamed}, behind which {cause.resource} stands")
                    for cause in self.backing.behind(place_of(blamed), self.world)
                ]
            for cause, reason in found:
                if home(cause) != own or cause.depth < finding.depth:
                    yield _Edge(_Near.BLAME, cause, reason)

    def _backing(self, finding: Finding) -> Iterator[_Edge]:
        if finding.resource.kind == "Service":
            for cause in self.backing.behind(place_of(finding.resource), self.world):
                if cause.depth < finding.depth:
                    yield _Edge(_Near.BACKING, cause, f"it stands on a workload behind {finding.resource}")

    def _workload(self, finding: Finding) -> Iterator[_Edge]:
        if finding.depth <= FAULT:
            return  # a pod that crashes is there: no quota that keeps others from being created made it crash
        for cause in self.world.at(home(finding)):
            if cause.depth < finding.depth:
                yield _Edge(_Near.WORKLOAD, cause, "it stands on the same workload and is nearer to the ground")

    def _node(self, finding: Finding) -> Iterator[_Edge]:
        if finding.depth <= GROUND or not self.world.faulty_nodes:
            return
        for pod in self._pods(finding):
            for cause in self.world.at(("Node", "", pod.view.spec.node_name)):
                if _follows(finding, cause):
                    yield _Edge(_Near.NODE, cause, f"its pod {pod.name} runs on the node {cause.resource.name}")

    def _need(self, finding: Finding) -> Iterator[_Edge]:
        if finding.depth < EFFECT or finding.owner is None or finding.blames:
            return  # what names its cause does not suffer from whatever else is down
        for service, place in self.backing.needs(home(finding), self.world):
            near = self.world.at(service)
            for cause in (*near, *self.backing.behind(service, self.world)):
                if home(cause) != home(finding):
                    yield _Edge(_Near.NEED, cause, f"{finding.owner.name} needs Service {service[2]} ({place})")

    def _pods(self, finding: Finding) -> Iterable[Object]:
        kind, namespace, name = place_of(finding.resource)
        item = self.world.get(kind, namespace, name) if kind in READS else None
        if item is None:
            return ()
        match kind:
            case "Pod":
                return (item,)
            case "Service":
                return self.world.pods_matching(namespace, item.view.spec.selector or {})
            case "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" if finding.depth >= EFFECT:
                selector = item.view.spec.selector
                return self.world.pods_matching(namespace, (selector.match_labels or {}) if selector else {})
        return ()


def _follows(effect: Finding, cause: Finding) -> bool:
    """What a node does to its pods comes after it; a fault of the pod's own needs both times to be laid to the node."""
    first, then = parse_time(cause.since), parse_time(effect.since)
    if first is None or then is None:
        return effect.depth >= EFFECT
    return first <= then


def _order(edge: _Edge) -> tuple[int, int, float, str, str, str]:
    # Of two edges to one cause the reason decides: in which order the world lists its pods must not.
    cause = edge.cause
    return edge.near, cause.depth, -cause.certainty, cause.since or "~", cause.id, edge.reason
