"""Joins findings to incidents: each finding goes to the first cause that explains it.

A finding is explained by another where one of these edges leads to it. The nearest edge counts, in this order:
  blame     its evidence names the other's object (a Service in a log line, an unbound claim, a quota)
  backing   it stands on a Service, the other on a workload behind that Service
  workload  both stand on one workload and the other is nearer to the ground (a wrong image explains a stuck rollout)
  node      it stands on a pod of a node, the other on that node, and it began later
  need      it merely suffers, and its workload needs a Service on which (or behind which) the other stands
What nothing explains is a first cause. First causes on one workload, or that blame one same object, are one incident.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import IntEnum
from typing import NamedTuple

from helmward.core.nouns import Finding, Severity
from helmward.core.times import parse_time
from helmward.explain.causes.grouping import Explained, Group, group, roots_of, same_incident
from helmward.explain.causes.places import Place, Places, home, place_of
from helmward.explain.codes import EFFECT, FAULT, GROUND
from helmward.world.lens import Lens
from helmward.world.objects import Object

__all__ = ["READS", "Group", "Place", "home", "join"]

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


def join(findings: Iterable[Finding], world: Lens) -> list[Group]:
    """The incidents that `findings` amount to: each serious finding in exactly one. Informational ones stay outside."""
    serious = sorted({f.id: f for f in findings if f.severity is not Severity.INFO}.values(), key=lambda f: f.id)
    places = Places(serious, world)
    explained: dict[str, Explained] = {}
    for finding in serious:
        if (edge := _best(finding, _Edges(places, world).of(finding))) is not None:
            explained[finding.id] = Explained(edge.cause, edge.reason)
    root_of = roots_of(serious, explained)
    members: dict[str, list[Finding]] = {}
    for finding in serious:
        members.setdefault(root_of[finding.id].id, []).append(finding)
    roots = {root.id: root for root in root_of.values()}
    return [
        group(causes, [member for cause in causes for member in members[cause.id]], explained)
        for causes in same_incident(roots.values())
    ]


class _Edges(NamedTuple):
    """The edges that lead from one finding to what could explain it."""

    places: Places
    world: Lens

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
            found = [(cause, f"its evidence names {blamed}") for cause in self.places.at(place_of(blamed))]
            if blamed.kind == "Service" and (service := self.world.get(*place_of(blamed))) is not None:
                found += [
                    (cause, f"its evidence names {blamed}, behind which {cause.resource} stands")
                    for cause in self.places.behind(service)
                ]
            for cause, reason in found:
                if home(cause) != own or cause.depth < finding.depth:
                    yield _Edge(_Near.BLAME, cause, reason)

    def _backing(self, finding: Finding) -> Iterator[_Edge]:
        if finding.resource.kind == "Service" and (service := self.world.get(*place_of(finding.resource))) is not None:
            for cause in self.places.behind(service):
                if cause.depth < finding.depth:
                    yield _Edge(_Near.BACKING, cause, f"it stands on a workload behind {finding.resource}")

    def _workload(self, finding: Finding) -> Iterator[_Edge]:
        if finding.depth <= FAULT:
            return  # a pod that crashes is there: no quota that keeps others from being created made it crash
        for cause in self.places.at(home(finding)):
            if cause.depth < finding.depth:
                yield _Edge(_Near.WORKLOAD, cause, "it stands on the same workload and is nearer to the ground")

    def _node(self, finding: Finding) -> Iterator[_Edge]:
        if finding.depth <= GROUND or not self.places.has_nodes:
            return
        for pod in self._pods(finding):
            for cause in self.places.at(("Node", "", pod.view.spec.node_name)):
                if _follows(finding, cause):
                    yield _Edge(_Near.NODE, cause, f"its pod {pod.name} runs on the node {cause.resource.name}")

    def _need(self, finding: Finding) -> Iterator[_Edge]:
        if finding.depth < EFFECT or finding.owner is None or finding.blames:
            return  # what names its cause does not suffer from whatever else is down
        owner = finding.owner
        for service, place in self.places.needs(home(finding)):
            near = self.places.at(("Service", service.namespace, service.name))
            for cause in (*near, *self.places.behind(service)):
                if home(cause) != home(finding):
                    yield _Edge(_Near.NEED, cause, f"{owner.name} needs Service {service.name} ({place})")

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


def _best(finding: Finding, edges: Iterable[_Edge]) -> _Edge | None:
    """The nearest explanation; among equally near ones that next to the ground, the surest, the earliest."""
    return min((edge for edge in edges if edge.cause.id != finding.id), key=_order, default=None)


def _order(edge: _Edge) -> tuple[int, int, float, str, str]:
    cause = edge.cause
    return edge.near, cause.depth, -cause.certainty, cause.since or "~", cause.id
