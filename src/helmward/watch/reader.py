"""What the watch needs of a cluster client (adapters/clients/kubernetes is the one there is; tests replay recordings)."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from typing import Protocol


class Listing(Protocol):
    """A whole list: the objects' JSON and the resourceVersion they stand at; `problems` are sentences about objects left
    out, `exact` is False where another version was asked for."""

    @property
    def items(self) -> list[bytes]: ...
    @property
    def resource_version(self) -> str: ...
    @property
    def problems(self) -> tuple[str, ...]: ...
    @property
    def exact(self) -> bool: ...


class WatchEvent(Protocol):
    """ADDED, MODIFIED, DELETED or BOOKMARK."""

    @property
    def type(self) -> str: ...
    @property
    def raw(self) -> bytes: ...
    @property
    def resource_version(self) -> str: ...


class ClusterReader(Protocol):
    """Reads of one cluster. Raises the errors of core/cluster.py."""

    async def list(
        self, path: str, *, limit: int = 500, resource_version: str | None = None, exact: bool = False
    ) -> Listing: ...

    def watch(
        self, path: str, resource_version: str, *, opened: Callable[[], None] = ...
    ) -> AsyncGenerator[WatchEvent, None]: ...

    async def log(
        self,
        namespace: str,
        pod: str,
        container: str,
        previous: bool = False,
        tail_lines: int | None = None,
        limit_bytes: int | None = None,
    ) -> str: ...
