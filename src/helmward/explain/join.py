"""Joins findings to incidents: each finding goes to the first cause that explains it, along owners, blame, nodes and needs.

A finding is explained by another where one of these edges leads to it (strongest first):
  blame        its evidence names the other's object (a Service in a log line, an unbound claim, a quota)
  workload     both stand on one workload and the other is nearer to the ground (a wrong image explains a stuck rollout)
  backing      it stands on a Service, the other on a workload behind that Service
  node         it stands on a pod, the other on the pod's node, and it began later
  need         it merely suffers, and its workload needs a Service on which (or behind which) the other stands
What nothing explains is a first cause. First causes on one workload, or that blame one same absent object, are one incident.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import NamedTuple

from helmward.core.nouns import Finding, Resource
from helmward.core.times import parse_time
from helmward.explain.codes import EFFECT, GROUND
from helmward.world.lens import Lens
from helmward.world.objects import Object

Place = tuple[str, str, str]  # kind, namespace, name

READS = frozenset({"Pod", "Service", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob", "ConfigMap"})
"""The kinds that joining looks at; RBAC needs them beside what the analyzers read."""

_CLOCK_SLACK = timedelta(seconds=30)


class Group(NamedTuple):
    """One incident in the making: its first causes, best first, and everything they explain."""

    causes: tuple[Finding, ...]
    symptoms: tuple[Finding, ...]
    reasons: dict[str, str]
    """Finding id → why it ranks where it does."""


class _Edge(NamedTuple):
    strength: float
    cause: Finding
    reason: str


def join(findings: Iterable[Finding], world: Lens) -> list[Group]:
    """The incidents that `findings` amount to. Informational findings stay outside incidents."""
    serious = [finding for finding in findings if finding.severity != "info"]
    at = _by_place(serious)
    parents = {finding.id: _best(finding, _explanations(finding, at, world)) for finding in serious}
    root_of = {finding.id: _root(finding, parents) for finding in serious}
    groups = []
    for causes in _same_incident({root.id: root for root in root_of.values()}.values()):
        ids = {cause.id for cause in causes}
        groups.append(_group(causes, [finding for finding in serious if root_of[finding.id].id in ids], parents))
    return groups


def places(finding: Finding) -> tuple[Place, ...]:
    """Where a finding stands: on its object and on the workload that owns it."""
    resource, owner = finding.resource, finding.owner
    own = (resource.kind, resource.namespace, resource.name)
    return (own,) if owner is None else (own, (owner.kind, owner.namespace, owner.name))


def home(finding: Finding) -> Place:
    """The one place that stands for a finding: its workload, or its object if no workload owns it."""
    return places(finding)[-1]


def _by_place(findings: Iterable[Finding]) -> dict[Place, list[Finding]]:
    at: dict[Place, list[Finding]] = {}
    for finding in findings:
        for place in set(places(finding)):
            at.setdefault(place, []).append(finding)
    return at


def _explanations(finding: Finding, at: dict[Place, list[Finding]], world: Lens) -> Iterator[_Edge]:
    for blamed in finding.blames:
        place = (blamed.kind, blamed.namespace, blamed.name)
        yield from (_Edge(1.0, cause, f"its evidence names {blamed}") for cause in at.get(place, ()))
        if blamed.kind == "Service" and (service := world.get(*place)) is not None:
            for cause in _behind(service, at, world):
                yield _Edge(0.98, cause, f"its evidence names {blamed}, which {cause.resource.name} stands behind")
    for cause in at.get(home(finding), ()):
        if cause.depth < finding.depth:
            yield _Edge(0.95, cause, "it stands on the same workload and is nearer to the ground")
    if finding.resource.kind == "Service" and (service := world.get("Service", *_name(finding.resource))) is not None:
        for cause in _behind(service, at, world):
            if cause.depth < finding.depth:
                yield _Edge(0.9, cause, f"it stands on a workload behind {finding.resource}")
    yield from _of_node(finding, at, world)
    if finding.depth >= EFFECT and finding.owner is not None:
        yield from _of_needs(finding, at, world)


def _of_node(finding: Finding, at: dict[Place, list[Finding]], world: Lens) -> Iterator[_Edge]:
    if finding.depth <= GROUND:
        return
    for pod in _pods_of(finding, world):
        for cause in at.get(("Node", "", pod.view.spec.node_name), ()):
            if _began_before(cause, finding):
                yield _Edge(0.85, cause, f"its pod {pod.name} runs on the node {cause.resource.name}")


def _of_needs(finding: Finding, at: dict[Place, list[Finding]], world: Lens) -> Iterator[_Edge]:
    assert finding.owner is not None
    workload = world.get(finding.owner.kind, finding.owner.namespace, finding.owner.name)
    for need in world.needs(workload) if workload else ():
        service = need.service
        near = at.get(("Service", service.namespace, service.name), ())
        for cause in (*near, *_behind(service, at, world)):
            if cause.depth < finding.depth or cause in near:
                yield _Edge(0.7, cause, f"{finding.owner.name} needs Service {service.name} ({need.place})")


def _behind(service: Object, at: dict[Place, list[Finding]], world: Lens) -> Iterator[Finding]:
    """The findings on the workloads whose pods a Service selects."""
    seen: set[Place] = set()
    for pod in world.pods_matching(service.namespace, service.view.spec.selector or {}):
        owner = world.workload(pod)
        place = (owner.kind, owner.namespace, owner.name) if owner else ("Pod", pod.namespace, pod.name)
        if place not in seen:
            seen.add(place)
            yield from at.get(place, ())


def _pods_of(finding: Finding, world: Lens) -> Iterable[Object]:
    resource = finding.resource
    if resource.kind == "Pod":
        pod = world.get("Pod", resource.namespace, resource.name)
        return (pod,) if pod else ()
    if resource.kind == "Service" and (service := world.get("Service", *_name(resource))) is not None:
        return world.pods_matching(service.namespace, service.view.spec.selector or {})
    return ()


def _began_before(cause: Finding, effect: Finding) -> bool:
    first, then = parse_time(cause.since), parse_time(effect.since)
    return first is None or then is None or first <= then + _CLOCK_SLACK


def _name(resource: Resource) -> tuple[str, str]:
    return resource.namespace, resource.name


def _best(finding: Finding, edges: Iterable[_Edge]) -> _Edge | None:
    """The explanation nearest to the ground; among equals the strongest edge, the surest, the earliest."""
    others = [edge for edge in edges if edge.cause.id != finding.id]
    return min(
        others,
        key=lambda edge: (edge.cause.depth, -edge.strength, -edge.cause.certainty, edge.cause.since or "", edge.cause.id),
        default=None,
    )


def _root(finding: Finding, parents: dict[str, _Edge | None]) -> Finding:
    """Follow explanations to what nothing explains. Of findings that blame each other, the earliest is the root."""
    trail = [finding]
    while (edge := parents[trail[-1].id]) is not None:
        if edge.cause in trail:
            circle = trail[trail.index(edge.cause) :]
            return min(circle, key=lambda member: (member.depth, member.since or "", member.id))
        trail.append(edge.cause)
    return trail[-1]


def _same_incident(roots: Iterable[Finding]) -> Iterator[list[Finding]]:
    """First causes that are one problem: on one workload, or blaming one same object that has no finding itself."""
    group_of: dict[object, list[Finding]] = {}
    for root in sorted(roots, key=lambda root: root.id):
        keys: list[object] = [home(root), *(("blamed", *_place(blamed)) for blamed in root.blames)]
        joined = [root]
        for group in {id(group_of[key]): group_of[key] for key in keys if key in group_of}.values():
            joined += group
        for key, group in list(group_of.items()):
            if any(member in joined for member in group):
                group_of[key] = joined
        group_of.update(dict.fromkeys(keys, joined))
    yield from {id(group): group for group in group_of.values()}.values()


def _place(resource: Resource) -> Place:
    return resource.kind, resource.namespace, resource.name


def _group(causes: list[Finding], members: list[Finding], parents: dict[str, _Edge | None]) -> Group:
    # Replicas repeat one cause: it counts once for each workload, and the other pods' findings are symptoms of it.
    ranked = sorted(causes, key=lambda cause: (cause.depth, -cause.certainty, cause.since or "", cause.id))
    first: dict[tuple[str, Place], Finding] = {}
    for cause in ranked:
        first.setdefault((cause.code, home(cause)), cause)
    kept = tuple(first.values())
    symptoms = tuple(sorted((member for member in members if member not in kept), key=_by_severity))
    reasons = {finding.id: edge.reason for finding in members if (edge := parents[finding.id]) is not None}
    reasons |= {cause.id: _reason(cause, len(symptoms)) for cause in kept}
    return Group(kept, symptoms, reasons)


def _by_severity(finding: Finding) -> tuple[int, int, str]:
    return finding.severity.rank, finding.depth, finding.id


def _reason(cause: Finding, explained: int) -> str:
    change = any(piece.source == "change" for piece in cause.evidence)
    parts = ["nothing found explains it", f"it explains {explained} other finding{'s' * (explained != 1)}"]
    return "; ".join([*(["it was changed just before"] if change else []), parts[0], *([parts[1]] if explained else [])])
