"""One object, as a person looks at it: its YAML, how it stands, what is around it, what happened to it.

The object and its Events are read through the tools of the house, so that policy, limits, audit and masks hold.
"""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple

import yaml

from helmward.core.cluster import KubernetesError
from helmward.core.errors import DeniedError, UsageError
from helmward.core.nouns import Actor, Resource
from helmward.explain.reports import present
from helmward.house import tooling
from helmward.house.cluster.containers import containers_of
from helmward.house.cluster.surroundings import around
from helmward.house.house import House

_MOST = 50  # events


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
    resource, containers = _resource(document), containers_of(document)
    return {
        "resource": present.plain(resource),
        "yaml": await asyncio.to_thread(_yaml, document),
        "truncated": document.get("truncated"),
        **around(house, actor, resource, document),
        "events": events,
        "unread": unread,
        "containers": [one["name"] for one in containers],
        "containerStates": containers,
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
