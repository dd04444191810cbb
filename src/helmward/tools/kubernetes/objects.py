"""Looks objects up for the tools, as the API server has them now."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import msgspec

from helmward.core.cluster import Forbidden, KubernetesError, NotFound
from helmward.core.errors import UsageError
from helmward.core.nouns import Resource
from helmward.core.text import one_line
from helmward.door.tool import Reader
from helmward.world.kinds import Kind

Document = dict[str, Any]

_CONTROLLERS = (
    "/apis/autoscaling/v2/namespaces/{namespace}/horizontalpodautoscalers",
    "/apis/keda.sh/v1alpha1/namespaces/{namespace}/scaledobjects",
    "/apis/argoproj.io/v1alpha1/applications",
    "/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations",
    "/apis/helm.toolkit.fluxcd.io/v2/helmreleases",
)
"""Where those stand that may put a change back."""


def path_of(kind: Kind, namespace: str, name: str) -> str:
    """The URL path of one object."""
    collection = collection_of(kind, namespace)
    return f"{collection}/{quote(name, safe='')}"


def collection_of(kind: Kind, namespace: str) -> str:
    """The URL path of the objects of a kind in a namespace."""
    if not kind.namespaced:
        return kind.path
    root, _, plural = kind.path.rpartition("/")
    return f"{root}/namespaces/{quote(namespace, safe='')}/{plural}"


async def read(reader: Reader, kind: Kind, namespace: str, name: str) -> Document:
    """One object. Raises UsageError where there is none."""
    try:
        raw = await reader.get(path_of(kind, namespace, name))
    except NotFound:
        where = f" in {one_line(namespace, 63)}" if kind.namespaced else ""
        raise UsageError(f"There is no {kind.name} {one_line(name, 253)}{where}.") from None
    return msgspec.json.decode(raw, type=Document)


async def read_all(reader: Reader, kind: Kind, namespace: str) -> list[Document]:
    """Every object of a kind in a namespace."""
    listing = await reader.list(collection_of(kind, namespace))
    return [msgspec.json.decode(item, type=Document) for item in listing.items]


async def controllers(reader: Reader, namespace: str) -> list[Document]:
    """What may put a change back: autoscalers, Argo CD, Flux. What is not served or not granted is not among them, and then
    the marks on the object itself decide."""
    found: list[Document] = []
    for template in _CONTROLLERS:
        try:
            listing = await reader.list(template.format(namespace=quote(namespace, safe="")))
        except (NotFound, Forbidden):
            continue
        except KubernetesError as error:
            if error.status == 405:
                continue
            raise
        found += [msgspec.json.decode(item, type=Document) for item in listing.items]
    return found


def resource_of(kind: Kind, document: Document) -> Resource:
    """The object's noun."""
    meta = document.get("metadata", {})
    return Resource(
        api_version=kind.api,
        kind=kind.name,
        namespace=meta.get("namespace", "") if kind.namespaced else "",
        name=meta.get("name", ""),
    )
