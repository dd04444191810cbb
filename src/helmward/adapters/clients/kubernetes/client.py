"""The client of one Kubernetes API server. It reads; what writes is made by `writer`, for one mandate of the door."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from types import TracebackType
from urllib.parse import quote

import msgspec

from helmward.adapters.clients.kubernetes import reviews
from helmward.adapters.clients.kubernetes.auth import Credentials
from helmward.adapters.clients.kubernetes.connection import Connection
from helmward.adapters.clients.kubernetes.discovery import Discovery, ServedResource
from helmward.adapters.clients.kubernetes.listing import Lister, Listing
from helmward.adapters.clients.kubernetes.secrets import Reducer, Unreadable, names_secrets
from helmward.adapters.clients.kubernetes.transport import Call, Limits, Transport
from helmward.adapters.clients.kubernetes.watching import Watcher, WatchEvent
from helmward.adapters.clients.kubernetes.writing import Rehearsal, Writer
from helmward.core.cluster import KubernetesError
from helmward.core.mandate import Mandate

_logger = logging.getLogger(__name__)
_LOG_BYTES = 1 << 20


class _Version(msgspec.Struct, rename="camel"):
    git_version: str = ""


def _warn(sentence: str, path: str) -> None:
    _logger.warning(sentence)


class Client:
    """Reads one API server; use it inside `async with`, from one event loop.

    `hash_key` (16 to 64 bytes) keys the hashes that stand for secret values (secrets.py). `report` is told, in
    a sentence and with the URL path, of objects that had to be left out of watches and of API groups that do not answer.

    Every method raises the errors of core/cluster.py. The constructor raises UnreadableError or UsageError where
    certificates, keys or the proxy of `connection` cannot be used.
    """

    def __init__(
        self,
        connection: Connection,
        hash_key: bytes,
        *,
        limits: Limits | None = None,
        credentials: Credentials | None = None,
        report: Callable[[str, str], None] = _warn,
        env: Mapping[str, str] = os.environ,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.connection = connection
        self._reducer = Reducer(hash_key)
        self._transport = Transport(
            connection, limits or Limits(), credentials or Credentials(connection, env), env, sleep
        )
        self._lister = Lister(self._transport, self._reducer)
        self._watcher = Watcher(self._transport, self._reducer, report)
        self._discovery = Discovery(self._transport, report)

    async def __aenter__(self) -> Client:
        await self._transport.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._transport.__aexit__(kind, error, trace)

    async def list(
        self,
        path: str,
        *,
        limit: int = 500,
        resource_version: str | None = None,
        exact: bool = False,
        params: Mapping[str, str] | None = None,
    ) -> Listing:
        """All objects under a URL path such as `/api/v1/pods`, in pages of `limit`, as one consistent list.

        With `resource_version`, not older than that; with `exact` too, at exactly that version: raises ExactRefused
        where the server does not do so, and `Listing.exact` is False where it silently gave another version. `params`
        are further query parameters (labelSelector, fieldSelector).
        """
        return await self._lister.read(path, limit, resource_version, exact, params)

    def watch(
        self,
        path: str,
        resource_version: str,
        *,
        seconds: float = 300.0,
        params: Mapping[str, str] | None = None,
        opened: Callable[[], None] = lambda: None,
    ) -> AsyncGenerator[WatchEvent, None]:
        """Changes under `path` after `resource_version`, bookmarks among them. Ends when the server ends it, after
        `seconds` to twice that. Close the iterator (contextlib.aclosing) when leaving it early. `opened()` is called
        once the server has granted the watch, long before a first event may come.

        Raises Gone (list again) and Interrupted or Unavailable (watch again from the last event's version).
        """
        return self._watcher.events(path, resource_version, seconds, params, opened)

    async def get(self, path: str) -> bytes:
        """One object, reduced. Raises NotFound."""
        raw = (await self._transport.fetch(Call(path=path))).strip()
        try:
            return self._reducer.reduce(raw, secret=names_secrets(path))
        except Unreadable as error:
            raise KubernetesError(f"The object {path} of {self.connection.server} cannot be read ({error}).") from None

    async def log(
        self,
        namespace: str,
        pod: str,
        container: str,
        previous: bool = False,
        tail_lines: int | None = None,
        limit_bytes: int | None = None,
        since_time: str | None = None,
        timestamps: bool = False,
    ) -> str:
        """A container's log, or its previous run's; at most `limit_bytes` (1 MiB if None), from `since_time` on (RFC
        3339), each line after its time with `timestamps`. Bytes that are no UTF-8 become U+FFFD. The text is unmasked
        and hostile: guard/ masks it before anyone sees it."""
        most = _LOG_BYTES if limit_bytes is None else limit_bytes
        params = {"container": container, "limitBytes": str(most)}
        params |= {"previous": "true"} if previous else {}
        params |= {"tailLines": str(tail_lines)} if tail_lines is not None else {}
        params |= {"sinceTime": since_time} if since_time is not None else {}
        params |= {"timestamps": "true"} if timestamps else {}
        path = f"/api/v1/namespaces/{quote(namespace, safe='')}/pods/{quote(pod, safe='')}/log"
        return await self._transport.fetch_text(Call(path=path, params=params, accept="*/*"), most)

    async def version(self) -> str:
        """The server's version, for example `v1.34.3`."""
        return (await self._transport.fetch_as(Call(path="/version"), _Version)).git_version

    async def whoami(self) -> str:
        """Our user name there; "" where the server does not tell."""
        return await reviews.whoami(self._transport)

    async def can(self, verb: str, group: str, resource: str, namespace: str | None = None) -> bool:
        """May we `verb` this resource (`pods`, `pods/log`) in `namespace`, or in all of them if None?"""
        return await reviews.can(self._transport, verb, group, resource, namespace)

    async def rules(self, namespace: str) -> reviews.Rules:
        """What we may do in `namespace`."""
        return await reviews.rules(self._transport, namespace)

    async def discover(self) -> list[ServedResource]:  # type: ignore[valid-type]
        """Every resource the server serves, in every version; subresources left out."""
        return await self._discovery.discover()


class Cluster:
    """A connected client, taken apart by what each part may do. The composition root alone makes one, and hands `reader` to
    everybody, `rehearsal` to plans, and `writer` to the door."""

    def __init__(self, client: Client) -> None:
        self.reader = client
        self.rehearsal = Rehearsal(client._transport)
        self._transport = client._transport

    def writer(self, mandate: Mandate, sending: Callable[[], None] = lambda: None) -> Writer:
        """What can make this one write. `sending` is asked right before it is sent, and raises where it may not be."""
        return Writer(self._transport, mandate, sending)
