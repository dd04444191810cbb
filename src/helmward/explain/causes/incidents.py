"""From joined findings to the incidents people read: severity, title, impact, timeline, remedies, confidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from datetime import datetime

from helmward.core.nouns import Cause, Finding, Incident, Moment, Remedy, Severity, short_id
from helmward.explain import titles
from helmward.explain.causes.clusters import Cluster
from helmward.explain.causes.grouping import Group
from helmward.explain.causes.impact import Impact, Impacts
from helmward.explain.causes.join import Join
from helmward.explain.causes.places import home
from helmward.explain.evidence import clean
from helmward.explain.recorded import Kept
from helmward.world.indexes import Key
from helmward.world.store import World

_MOST_CAUSES = 5
_MOST_MOMENTS = 30
# A second first cause of one incident is less likely than the first; measured on nothing, it orders and never decides.
_SECOND = 0.6


def incidents(findings: Iterable[Finding], world: World, now: datetime) -> list[Incident]:
    """The incidents, most severe first, then most confident. Their ids follow from cause and place alone."""
    return Incidents(world).update({finding.id: finding for finding in findings}, frozenset(), now)


class Incidents:
    """The incidents of a world, kept true while its findings and itself change: only what a change reaches is built again."""

    def __init__(self, world: World) -> None:
        self._join = Join(world)
        self._kept: Kept[Cluster, list[Incident]] = Kept(self._build)
        self._built: dict[Cluster, list[Incident]] = {}

    def update(self, changed: Mapping[str, Finding | None], touched: Set[Key], now: datetime) -> list[Incident]:
        """All of them, after these findings changed (by id; None: gone) and these keys of the world were touched."""
        gone, new = self._join.update(changed, touched, now)
        stale = self._kept.touch(touched)
        for cluster in gone:
            self._kept.forget(cluster)
            del self._built[cluster]
        for cluster in (stale - gone) | new:
            self._built[cluster] = self._kept.ask(cluster, set())
        return sorted((incident for each in self._built.values() for incident in each), key=_order)

    def _build(self, cluster: Cluster, seen: set[Key]) -> list[Incident]:
        impacts = Impacts(self._join.sight(seen))
        return [_incident(group, impacts) for group in self._join.groups(cluster)]


def _order(incident: Incident) -> tuple[int, float, str]:
    return incident.severity.rank, -incident.causes[0].confidence, incident.id


def _incident(group: Group, impacts: Impacts) -> Incident:
    first = group.causes[0]
    members = (*group.causes, *group.symptoms)
    hurt = impacts.of(members)
    return Incident(
        id=short_id("inc", first.code, *home(first)),
        severity=_severity(members, hurt),
        title=title(first),
        resource=first.resource,
        owner=first.owner,
        causes=tuple(_causes(group)),
        findings=tuple(finding.id for finding in members),
        symptoms=tuple(finding.id for finding in group.symptoms),
        impact=clean(hurt.text),
        timeline=_timeline(members),
        remedies=_remedies(group.causes),
    )


def title(first: Finding) -> str:
    """`payment-service: image tag not found`: the workload and the cause, the same as long as the incident lives."""
    name = first.owner.name if first.owner else first.resource.name
    return clean(f"{name}: {titles.words(first.slug)}", 120)


def _severity(members: Iterable[Finding], hurt: Impact) -> Severity:
    worst = min((finding.severity for finding in members), key=lambda severity: severity.rank)
    return Severity.CRITICAL if hurt.down and worst.rank <= Severity.HIGH.rank else worst


def _causes(group: Group) -> Iterable[Cause]:
    factor = 1.0
    for cause in group.causes[:_MOST_CAUSES]:
        yield Cause(finding=cause.id, confidence=round(cause.certainty * factor, 2), reason=group.reasons[cause.id])
        factor *= _SECOND


def _timeline(members: Iterable[Finding]) -> tuple[Moment, ...]:
    moments: dict[tuple[str, bool, str], Moment] = {}
    for finding in members:
        for piece in finding.evidence:
            if piece.time:
                said = piece.excerpt.removesuffix(f" at {piece.time}")
                key = (_second(piece.time), piece.source != "change", said)
                moments[key] = Moment(time=piece.time, text=said, evidence=piece.id)
        if finding.since and finding.evidence:
            proof = finding.evidence[0].id
            said = finding.brief or finding.message  # the change has a line of its own
            moments[_second(finding.since), True, said] = Moment(time=finding.since, text=said, evidence=proof)
    return tuple(moments[key] for key in sorted(moments))[:_MOST_MOMENTS]


def _second(time: str) -> str:
    """Most times of Kubernetes are whole seconds: within one, the change comes first."""
    return time[:19]


def _remedies(causes: Iterable[Finding]) -> tuple[Remedy, ...]:
    found: dict[tuple[str, str], Remedy] = {}
    for cause in causes:
        for remedy in cause.remedies or (Remedy(text=cause.remedy),):
            found.setdefault((remedy.text, remedy.command), remedy)
    return tuple(found.values())
