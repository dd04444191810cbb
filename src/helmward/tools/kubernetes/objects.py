"""Looks objects up for the tools, as the API server has them now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from helmward.core.cluster import Forbidden, KubernetesError, NotFound
from helmward.core.errors import UsageError
from helmward.core.nouns import Resource
from helmward.core.text import one_line
from helmward.core.typed import decode
from helmward.door.tool import Reader, Rule
from helmward.tools.kubernetes.ownership import READS, Lookup, lookups, named
from helmward.world.kinds import Kind

Document = dict[str, Any]

CONTROLLERS = tuple(Rule(group, resource, ("get", "list")) for group, resource in READS)
"""The rights to find out who would put a change back."""


class NoSuchObject(UsageError):
    """The cluster has no object of this name."""

    http_status = 404


def path_of(kind: Kind, namespace: str, name: str) -> str:
    """The URL path of one object."""
    collection = collection_of(kind, namespace)
    return f"{collection}/{quote(name, safe='')}"


def collection_of(kind: Kind, namespace: str) -> str:
    """The URL path of the objects of a kind in a namespace."""
    if not kind.namespaced or not namespace:
        return kind.path
    root, _, plural = kind.path.rpartition("/")
    return f"{root}/namespaces/{quote(namespace, safe='')}/{plural}"


async def read(reader: Reader, kind: Kind, namespace: str, name: str) -> Document:
    """One object. Raises NoSuchObject where there is none."""
    try:
        raw = await reader.get(path_of(kind, namespace, name))
    except NotFound:
        raise NoSuchObject(_nothing(kind, namespace, name)) from None
    return decode(raw, Document)


async def read_all(
    reader: Reader, kind: Kind, namespace: str, labels: str | None = None, fields: str | None = None
) -> list[Document]:
    """Every object of a kind in a namespace ("": in all), that a label and a field selector select."""
    params = {"labelSelector": labels, "fieldSelector": fields}
    given = {name: value for name, value in params.items() if value}
    listing = await reader.list(collection_of(kind, namespace), params=given or None)
    # Lists leave out what kind their items are of.
    return [{"apiVersion": kind.api, "kind": kind.name, **msgspec.json.decode(item)} for item in listing.items]


async def find(reader: Reader, kind: Kind, namespace: str, name: str) -> Document:
    """One object, by a list of one: what may be listed may be read, and no further right is needed.

    Raises NoSuchObject where there is none."""
    for document in await read_all(reader, kind, namespace, fields=f"metadata.name={name}"):
        if document.get("metadata", {}).get("name") == name:
            return document
    raise NoSuchObject(_nothing(kind, namespace, name))


async def controllers(reader: Reader, item: Document, paths: Sequence[str]) -> list[Document]:
    """What may put a change of these paths back: autoscalers, Argo CD, Flux, owners. What is not served or not granted is
    not among them; then the worse is assumed (ownership/)."""
    asked: set[Lookup] = set()
    found: list[Document] = []
    while wanted := [lookup for lookup in lookups(item, paths, found) if lookup not in asked]:
        for lookup in wanted:
            asked.add(lookup)
            raws = await _looked_up(reader, lookup)
            found += [named(lookup, decode(raw, Document)) for raw in raws]
    return found


async def _looked_up(reader: Reader, lookup: Lookup) -> Sequence[bytes]:
    try:
        if not lookup.listing:
            return [await reader.get(lookup.path)]
        params = {"fieldSelector": lookup.selector} if lookup.selector else None
        items: Sequence[bytes] = (await reader.list(lookup.path, params=params)).items
    except (NotFound, Forbidden):
        return []
    except KubernetesError as error:
        if error.status == 405:
            return []
        raise
    return items


def resource_of(kind: Kind, document: Document) -> Resource:
    """The object's noun."""
    meta = document.get("metadata", {})
    return Resource(
        api_version=kind.api,
        kind=kind.name,
        namespace=meta.get("namespace", "") if kind.namespaced else "",
        name=meta.get("name", ""),
    )


def _nothing(kind: Kind, namespace: str, name: str) -> str:
    where = f" in {one_line(namespace, 63)}" if kind.namespaced else ""
    return f"There is no {kind.name} {one_line(name, 253)}{where}."
