"""Looks first at what we are allowed to see."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from helmward.core.cluster import KubernetesError
from helmward.house.house import Sight
from helmward.world.kinds import Kind


class _Connection(Protocol):
    @property
    def context(self) -> str: ...
    @property
    def server(self) -> str: ...
    @property
    def user(self) -> str: ...


class Reviewer(Protocol):
    """What a client must answer about itself."""

    @property
    def connection(self) -> _Connection: ...

    async def version(self) -> str: ...
    async def whoami(self) -> str: ...
    async def can(self, verb: str, group: str, resource: str, namespace: str | None = None) -> bool: ...


async def look(client: Reviewer, kinds: Sequence[Kind]) -> Sight:
    """The context, user, version and rights. Raises KubernetesError if the server cannot be asked at all."""
    version, user = await asyncio.gather(client.version(), client.whoami())
    answers = await asyncio.gather(*(_may(client, kind) for kind in kinds))
    may = tuple(kind.name for kind, allowed in zip(kinds, answers, strict=True) if allowed)
    may_not = tuple(kind.name for kind, allowed in zip(kinds, answers, strict=True) if not allowed)
    connection = client.connection
    return Sight(connection.context, connection.server, user or connection.user, version, may, may_not)


async def _may(client: Reviewer, kind: Kind) -> bool:
    try:
        return await client.can("list", kind.group, kind.plural)
    except KubernetesError:  # no reviews there: the first list will tell
        return True
