"""One object, as a person looks at it: its YAML, how it stands, what is around it, what happened to it.

The object and its Events are read through the tools of the house, so that policy, limits, audit and masks hold.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import yaml

from helmward.core.cluster import KubernetesError
from helmward.core.errors import DeniedError, UsageError
from helmward.core.nouns import Actor, Resource
from helmward.explain.reports import present
from helmward.house import tooling
from helmward.house.cluster.concerned import by_place, places_of, visible
from helmward.house.cluster.tree import Incidents, owned, place_of, stands
from helmward.house.house import House
from helmward.world.book import Tracked
from helmward.world.kinds import KINDS
from helmward.world.objects import Object

_MOST = 50  # events, changes, findings
_MOST_CHILDREN = 200
_HIGHEST = 8  # owners above each other


class Named(NamedTuple):
    """An object by its kind (any word kubectl takes), namespace ("" or "-": it is in none), name; `api_version` where several
    groups have such a kind."""

    kind: str
    namespace: str
    name: str
    api_version: str | None = None


class _Dumper(yaml.SafeDumper):
    """Writes text of several lines as such."""


_Dumper.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None),
)


async def shown_object(house: House, actor: Actor, named: Named) -> dict[str, Any]:
    """The object. Raises NoSuchObject, DeniedError where policy or scope says no, UsageError for an unknown kind."""
    document = await _document(house, actor, named)
    events, unread = await _events(house, actor, document)
    resource = _resource(document)
    item = house.world.get(resource.kind, resource.namespace, resource.name)
    return {
        "resource": present.plain(resource),
        "yaml": await asyncio.to_thread(_yaml, document),
        "truncated": document.get("truncated"),
        **_around(house, actor, resource, item, document),
        "events": events,
        "unread": unread,
        "containers": _containers(document),
    }


async def _document(house: House, actor: Actor, named: Named) -> dict[str, Any]:
    given = {
        "kind": named.kind,
        "name": named.name,
        "namespace": None if named.namespace in ("", "-") else named.namespace,
        "api_version": named.api_version,
    }
    arguments = {key: value for key, value in given.items() if value is not None}
    page = await tooling.read(house, actor, "resources_get", arguments, None)
    found: dict[str, Any] = page["items"][0]
    return found


async def _events(house: House, actor: Actor, document: dict[str, Any]) -> tuple[list[dict[str, Any]], list[str]]:
    """The newest Events about it; where they may not be read, why."""
    resource = _resource(document)
    about = {"kind": resource.kind, "name": resource.name, "limit": _MOST}
    about |= {"namespace": resource.namespace} if resource.namespace else {}
    try:
        page = await tooling.read(house, actor, "events_list", about, None)
    except (DeniedError, KubernetesError, UsageError) as error:
        return [], [f"The events were not read: {error}"]
    keys = ("time", "type", "reason", "message", "count")
    return [{key: row.get(key) for key in keys} for row in page["items"]], []


def _around(
    house: House, actor: Actor, resource: Resource, item: Object | None, document: dict[str, Any]
) -> dict[str, Any]:
    entries = visible(house, actor)
    incidents = by_place(entries)
    place = (resource.kind, resource.namespace, resource.name)
    found = stands(house.world, item, incidents) if item is not None else None
    owners = list(_owners(house, resource, document))
    return {
        "health": found.health if found else None,
        "text": found.text if found else "",
        "owners": [present.plain(one) for one in owners],
        "children": list(_children(house, item, incidents)) if item is not None else [],
        "incidents": [entry.id for entry in incidents.get(place, ())],
        "findings": list(_findings(incidents.get(place, ()), place)),
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
        kind = KINDS.get(str(reference.get("kind")))
        namespace = "" if kind is not None and not kind.namespaced else resource.namespace
        owner = Resource(
            api_version=str(reference.get("apiVersion", "")),
            kind=str(reference.get("kind", "")),
            namespace=namespace,
            name=str(reference.get("name", "")),
        )
        if owner in seen:
            return
        seen.add(owner)
        yield owner
        above = house.world.get(owner.kind, owner.namespace, owner.name)
        references = [
            {"apiVersion": one.api_version, "kind": one.kind, "name": one.name, "controller": one.controller}
            for one in (above.meta.owner_references if above is not None else ())
        ]


def _children(house: House, item: Object, incidents: Incidents) -> Iterator[dict[str, Any]]:
    """What it owns directly."""
    below = sorted(owned(house.world, item), key=place_of)
    for child in below[:_MOST_CHILDREN]:
        found = stands(house.world, child, incidents)
        yield present.plain(child.resource) | {"health": found.health, "text": found.text}


def _findings(entries: Iterable[Tracked], place: tuple[str, str, str]) -> list[dict[str, Any]]:
    found = {
        finding.id: finding for entry in entries for finding in entry.findings if place in tuple(places_of(finding))
    }
    worst = sorted(found.values(), key=lambda finding: (finding.severity.rank, finding.depth, finding.id))
    return [present.finding(finding) for finding in worst[:_MOST]]


def _changes(house: House, resources: Iterable[Resource]) -> list[dict[str, Any]]:
    """Its own and those of its owners: a pod changes because its workload did."""
    kept = house.world.changes
    found = [change for one in resources for change in kept.of(one.kind, one.namespace, one.name)]
    found.sort(key=lambda change: (change.time, change.path), reverse=True)
    return [present.change(change) for change in found[:_MOST]]


def _containers(document: dict[str, Any]) -> list[str]:
    """Of a pod: its containers, then its init containers."""
    if document.get("kind") != "Pod":
        return []
    spec = document.get("spec") or {}
    return [str(one.get("name")) for key in ("containers", "initContainers") for one in spec.get(key) or ()]


def _resource(document: dict[str, Any]) -> Resource:
    meta = document.get("metadata") or {}
    return Resource(
        api_version=str(document.get("apiVersion", "")),
        kind=str(document.get("kind", "")),
        namespace=str(meta.get("namespace") or ""),
        name=str(meta.get("name", "")),
    )


def _yaml(document: dict[str, Any]) -> str:
    shown = {key: value for key, value in document.items() if key != "truncated"}
    text: str = yaml.dump(shown, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=160)
    return text
