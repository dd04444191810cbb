"""Lists: fetched page by page, split into the objects' own bytes, each reduced before it leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from helmward.adapters.clients.kubernetes.secrets import Reducer, Unreadable, names_secrets
from helmward.adapters.clients.kubernetes.transport import Call, Transport
from helmward.core.cluster import ExactRefused, Gone, Interrupted, KubernetesError, Unavailable
from helmward.core.text import one_line

_RESTARTS = 3  # of a list whose continue token expired under it
_TOO_LARGE = "Too large resource version"  # apimachinery, storage/errors: 504 for a version not yet reached


@dataclass(frozen=True, slots=True)
class Listing:
    """A whole list. `items` are JSON objects, without apiVersion and kind where the server leaves them out.

    `exact`: all of it stands at the resourceVersion that was asked for. `problems` are sentences about items left out.
    """

    items: list[bytes]
    resource_version: str
    problems: tuple[str, ...] = ()
    exact: bool = False


class _ListMeta(msgspec.Struct, rename="camel"):
    resource_version: str = ""
    continue_: str = msgspec.field(name="continue", default="")


class _Page(msgspec.Struct, rename="camel"):
    kind: str = ""
    metadata: _ListMeta = msgspec.field(default_factory=_ListMeta)
    items: list[msgspec.Raw] | msgspec.UnsetType | None = msgspec.UNSET


_Pages = msgspec.json.Decoder(_Page)


class Lister:
    """Lists by URL path."""

    def __init__(self, transport: Transport, reducer: Reducer) -> None:
        self._transport, self._reducer = transport, reducer

    async def read(
        self, path: str, limit: int, resource_version: str | None, exact: bool, params: Mapping[str, str] | None
    ) -> Listing:
        """See Client.list."""
        query = {**(params or {}), **_version(resource_version, exact)}
        for restarts_left in range(_RESTARTS, -1, -1):
            try:
                listing = await self._pages(path, limit, query)
            except Gone as error:
                if exact:
                    raise _exact_refused(error) from error
                if not restarts_left:
                    raise
                continue
            except KubernetesError as error:
                if exact and _refuses_version(error):
                    raise _exact_refused(error) from error
                raise
            listing_exact = exact and listing.resource_version == resource_version
            return Listing(listing.items, listing.resource_version, listing.problems, listing_exact)
        raise AssertionError("the last try returns or raises")

    async def _pages(self, path: str, limit: int, query: Mapping[str, str]) -> Listing:
        items: list[bytes] = []
        problems: list[str] = []
        params = {**query, "limit": str(limit)}
        while True:
            page = await self._page(path, params)
            self._split(path, page, items, problems)
            token = page.metadata.continue_
            if not token:
                return Listing(items, page.metadata.resource_version, tuple(problems))
            # The token carries the version; the server refuses both together.
            params = {name: value for name, value in query.items() if not name.startswith("resourceVersion")}
            params |= {"limit": str(limit), "continue": token}

    async def _page(self, path: str, params: Mapping[str, str]) -> _Page:
        call = Call(path=path, params=params)
        server = self._transport.connection.server
        for tries_left in (1, 0):
            body = await self._transport.fetch(call)
            try:
                page = _Pages.decode(body)
            except (msgspec.DecodeError, RecursionError) as error:
                if tries_left and not isinstance(error, msgspec.ValidationError | RecursionError):
                    continue
                raise _unreadable(server, path, error) from None
            if page.items is msgspec.UNSET and not page.kind.endswith("List"):
                raise KubernetesError(f"The API server at {server} answers {path} with no list; check the path.")
            return page
        raise AssertionError("the last try returns or raises")

    def _split(self, path: str, page: _Page, items: list[bytes], problems: list[str]) -> None:
        secret = page.kind == "SecretList" or names_secrets(path)
        reduce = self._reducer.reduce
        if not page.items:  # absent, null or empty
            return
        for index, part in enumerate(page.items):
            try:
                items.append(reduce(bytes(part), secret=secret))
            except Unreadable as error:
                problems.append(f"Item {index} of a page of {path} was left out: it cannot be read ({error}).")


def _version(resource_version: str | None, exact: bool) -> dict[str, str]:
    """kubernetes.io/docs: API concepts, resource versions. Never sent without its match: unset, its meaning depends."""
    if resource_version is None:
        return {}
    return {"resourceVersion": resource_version, "resourceVersionMatch": "Exact" if exact else "NotOlderThan"}


def _refuses_version(error: KubernetesError) -> bool:
    if isinstance(error, Unavailable):
        return _TOO_LARGE in error.message
    return error.status in (400, 422)


def _exact_refused(error: KubernetesError) -> ExactRefused:
    return ExactRefused(
        f"{str(error).rstrip('.')}: it does not list at exactly that version; list without it.",
        status=error.status,
        reason=error.reason,
        message=error.message,
    )


def _unreadable(server: str, path: str, error: Exception) -> KubernetesError:
    if isinstance(error, RecursionError):
        return KubernetesError(f"The list {path} of {server} holds an object nested too deep to be read.")
    if isinstance(error, msgspec.ValidationError):
        return KubernetesError(f"The API server at {server} answers {path} with no list ({one_line(str(error), 120)}).")
    return Interrupted(f"The API server at {server} sent a list {path} that breaks off ({one_line(str(error), 80)}).")
