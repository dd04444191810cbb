"""What the API server serves: aggregated discovery in two requests, else one request a group and version.

Formats: kubernetes.io/docs, The Kubernetes API, Discovery API; `apidiscovery.k8s.io/v2` since Kubernetes 1.30.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from itertools import chain

import msgspec

from helmward.adapters.clients.kubernetes.transport import Call, Transport
from helmward.core.cluster import KubernetesError

_ACCEPT = ",".join(
    [f"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList" for version in ("v2", "v2beta1")]
    + ["application/json"]
)


class ServedResource(msgspec.Struct, frozen=True):
    """One resource in one version. `group` is "" for core; within a group, versions come in the server's preference."""

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool
    verbs: tuple[str, ...]
    singular: str = ""
    short: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """Where all of them are listed, for example `/apis/apps/v1/deployments`."""
        return f"{_prefix(self.group, self.version)}/{self.plural}"


class _Kind(msgspec.Struct):
    kind: str = ""


class _Resource(msgspec.Struct, rename="camel"):
    resource: str = ""
    response_kind: _Kind | None = None
    scope: str = ""
    verbs: tuple[str, ...] = ()
    singular_resource: str = ""
    short_names: tuple[str, ...] | None = ()


class _Version(msgspec.Struct, rename="camel"):
    version: str = ""
    resources: tuple[_Resource, ...] | None = ()
    freshness: str = "Current"


class _Meta(msgspec.Struct):
    name: str = ""


class _Group(msgspec.Struct):
    metadata: _Meta = msgspec.field(default_factory=_Meta)
    versions: tuple[_Version, ...] = ()


class _PlainVersion(msgspec.Struct):
    version: str


class _PlainGroup(msgspec.Struct):
    name: str
    versions: tuple[_PlainVersion, ...] = ()


class _Root(msgspec.Struct):
    """APIGroupDiscoveryList (items), APIVersions (versions) or APIGroupList (groups)."""

    items: tuple[_Group, ...] | None = None
    versions: tuple[str, ...] = ()
    groups: tuple[_PlainGroup, ...] = ()


class _PlainResource(msgspec.Struct, rename="camel"):
    name: str
    kind: str = ""
    namespaced: bool = False
    verbs: tuple[str, ...] = ()
    singular_name: str = ""
    short_names: tuple[str, ...] | None = ()


class _PlainResources(msgspec.Struct):
    resources: tuple[_PlainResource, ...] | None = ()


class Discovery:
    """Discovers. `report` is told (a sentence, a path) of groups whose server does not answer; the others are there."""

    def __init__(self, transport: Transport, report: Callable[[str, str], None]) -> None:
        self._transport, self._report = transport, report

    async def discover(self) -> list[ServedResource]:
        """See Client.discover."""
        found = await asyncio.gather(self._root("/api"), self._root("/apis"))
        return list(chain.from_iterable(found))

    async def _root(self, path: str) -> list[ServedResource]:
        root = await self._transport.fetch_as(Call(path=path, accept=_ACCEPT), _Root)
        if root.items is not None:
            return [resource for group in root.items for resource in self._aggregated(group)]
        served = [("", version) for version in root.versions]
        served += [(group.name, version.version) for group in root.groups for version in group.versions]
        found = await asyncio.gather(*(self._plain(group, version) for group, version in served))
        return list(chain.from_iterable(found))

    def _aggregated(self, group: _Group) -> Iterator[ServedResource]:
        name = group.metadata.name
        for version in group.versions:
            if version.freshness == "Stale":
                sentence = f"The server behind {name}/{version.version} does not answer; its kinds may be old."
                self._report(sentence, _prefix(name, version.version))
            for resource in version.resources or ():
                kind = resource.response_kind.kind if resource.response_kind else ""
                namespaced = resource.scope == "Namespaced"
                yield ServedResource(
                    name,
                    version.version,
                    resource.resource,
                    kind,
                    namespaced,
                    resource.verbs,
                    resource.singular_resource,
                    resource.short_names or (),
                )

    async def _plain(self, group: str, version: str) -> list[ServedResource]:
        try:
            answer = await self._transport.fetch_as(Call(path=_prefix(group, version)), _PlainResources)
        except KubernetesError as error:
            self._report(f"What {group or 'core'}/{version} serves is not known: {error}", _prefix(group, version))
            return []
        return [
            ServedResource(
                group,
                version,
                resource.name,
                resource.kind,
                resource.namespaced,
                resource.verbs,
                resource.singular_name,
                resource.short_names or (),
            )
            for resource in answer.resources or ()
            if "/" not in resource.name  # a subresource
        ]


def _prefix(group: str, version: str) -> str:
    return f"/apis/{group}/{version}" if group else f"/api/{version}"
