"""Which live incidents are about an object: by what their findings are about, and by the workload those belong to."""

from __future__ import annotations

from collections.abc import Iterable

from helmward.core.nouns import Actor, Finding
from helmward.house import reach
from helmward.house.house import House
from helmward.world.book import Tracked

Place = tuple[str, str, str]
"""Kind, namespace, name."""


def visible(house: House, actor: Actor) -> list[Tracked]:
    """The live incidents that lie within the actor's scope, the worst first."""
    within: dict[str, bool] = {}
    found = []
    for entry in house.incidents():
        namespace = entry.incident.resource.namespace
        if namespace not in within:
            within[namespace] = reach.reaches(house, actor, [namespace])
        if within[namespace]:
            found.append(entry)
    return found


def by_place(entries: Iterable[Tracked]) -> dict[Place, list[Tracked]]:
    """The incidents of each object and workload that one of their findings is about, in the order given."""
    found: dict[Place, list[Tracked]] = {}
    for entry in entries:
        for place in {place for finding in entry.findings for place in places_of(finding)}:
            found.setdefault(place, []).append(entry)
    return found


def places_of(finding: Finding) -> Iterable[Place]:
    """What a finding is about, and the workload that belongs to."""
    resource, owner = finding.resource, finding.owner
    yield resource.kind, resource.namespace, resource.name
    if owner is not None:
        yield owner.kind, owner.namespace, owner.name
