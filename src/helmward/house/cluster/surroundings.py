"""What is around an object, by the world: how it stands, its owners and what it owns, what is wrong with it, what changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from helmward.core.nouns import Actor, Resource
from helmward.explain.causes.places import place_of, places
from helmward.explain.reports import present
from helmward.house.cluster.concerned import visible
from helmward.house.health import Incidents, Place, place, stands
from helmward.house.health.owned import owned
from helmward.house.house import House
from helmward.world.book import Tracked
from helmward.world.kinds import KINDS, kind_of
from helmward.world.objects import Object

_MOST = 50  # changes, findings
_MOST_CHILDREN = 200
_HIGHEST = 8  # owners above each other


def held(house: House, resource: Resource) -> Object | None:
    """The object as the world holds it: not one of another group whose kind has the same name."""
    kind = kind_of(resource.api_version, resource.kind)
    if KINDS.get(resource.kind) is not kind:
        return None
    return house.world.get(kind.name, resource.namespace if kind.namespaced else "", resource.name)


def around(house: House, actor: Actor, resource: Resource, document: dict[str, Any]) -> dict[str, Any]:
    """Health, owners, children, incidents, findings and changes of an object; `health` None: the world does not hold it."""
    incidents, item = visible(house, actor), held(house, resource)
    found = stands(house.world, item, incidents) if item is not None else None
    about = incidents.at(place_of(resource)).entries if item is not None else []
    owners = list(_owners(house, resource, document))
    return {
        "health": found.health if found else None,
        "text": found.text if found else "",
        "owners": [present.plain(one) for one in owners],
        "children": list(_children(house, item, incidents)) if item is not None else [],
        "incidents": [entry.id for entry in about],
        "findings": list(_findings(about, place_of(resource))),
        "changes": _changes(house, [resource, *owners]),
    }


def _owners(house: House, resource: Resource, document: dict[str, Any]) -> Iterator[Resource]:
    """The chain of owners, the nearest first; as far as the world knows it."""
    references = [one for one in (document.get("metadata") or {}).get("ownerReferences") or () if isinstance(one, dict)]
    seen = {resource}
    for _ in range(_HIGHEST):
        reference = next((one for one in references if one.get("controller")), next(iter(references), None))
        if reference is None:
            return
        version, name = str(reference.get("apiVersion", "")), str(reference.get("kind", ""))
        owner = Resource(
            api_version=version,
            kind=name,
            namespace=resource.namespace if kind_of(version, name).namespaced else "",
            name=str(reference.get("name", "")),
        )
        if owner in seen:
            return
        seen.add(owner)
        yield owner
        above = held(house, owner)
        references = [
            {"apiVersion": one.api_version, "kind": one.kind, "name": one.name, "controller": one.controller}
            for one in (above.meta.owner_references if above is not None else ())
        ]


def _children(house: House, item: Object, incidents: Incidents) -> Iterator[dict[str, Any]]:
    """What it owns directly."""
    below = sorted(owned(house.world, item), key=place)
    for child in below[:_MOST_CHILDREN]:
        found = stands(house.world, child, incidents)
        yield present.plain(child.resource) | {"health": found.health, "text": found.text}


def _findings(entries: Iterable[Tracked], where: Place) -> list[dict[str, Any]]:
    found = {finding.id: finding for entry in entries for finding in entry.findings if where in places(finding)}
    worst = sorted(found.values(), key=lambda finding: (finding.severity.rank, finding.depth, finding.id))
    return [present.finding(finding) for finding in worst[:_MOST]]


def _changes(house: House, resources: Iterable[Resource]) -> list[dict[str, Any]]:
    """Its own and those of its owners: a pod changes because its workload did."""
    kept = house.world.changes
    found = [
        change
        for one in resources
        for change in kept.of(one.kind, one.namespace, one.name)
        if _group(change.resource) == _group(one)
    ]
    found.sort(key=lambda change: (change.time, change.path), reverse=True)
    return [present.change(change) for change in found[:_MOST]]


def _group(resource: Resource) -> str:
    """`apps` of `apps/v1`; "" of the core's `v1`."""
    return resource.api_version.rpartition("/")[0]
