"""Watches: changes as they come, bookmarks, and 410 where the past is forgotten."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from aiohttp import web

from helmward.lab.embedded import failures
from helmward.lab.embedded.bodies import Body, encode
from helmward.lab.embedded.failures import ApiFailure
from helmward.lab.embedded.http.answers import Form, partial
from helmward.lab.embedded.http.lists import version_of
from helmward.lab.embedded.http.tables import table_bytes
from helmward.lab.embedded.http.targets import Target
from helmward.lab.embedded.storage import selectors
from helmward.lab.embedded.storage.shelf import Change, Stored, stored
from helmward.lab.embedded.storage.store import Store, Subscription

# Seconds between bookmarks; the real server's are a minute apart and one comes shortly before the end.
BOOKMARK_PERIOD = 60.0
_MINIMUM_TIMEOUT = 1800


@dataclass(frozen=True, slots=True)
class Filter:
    """Which objects a watch is about, and what a change means to it."""

    target: Target
    holds: selectors.Predicate | None

    def wants(self, item: Stored | None) -> bool:
        """Whether the object is one of them."""
        if item is None or (self.target.namespace and item.key[0] != self.target.namespace):
            return False
        if self.target.name and item.key[1] != self.target.name:
            return False
        return self.holds is None or self.holds(item.body)

    def seen(self, change: Change) -> tuple[str, Stored] | None:
        """The event for this watch: an object that leaves the selection is DELETED, one that enters it ADDED."""
        before, now = self.wants(change.before), change.type != "DELETED" and self.wants(change.now)
        if before and change.type == "DELETED":
            return "DELETED", change.now
        if before and not now and change.before is not None:
            return "DELETED", stored(change.before.key, change.version, change.before.copy())
        return ("MODIFIED" if before else "ADDED", change.now) if now else None


class Watch:
    """One watch request over its life."""

    def __init__(self, store: Store, target: Target, query: Mapping[str, str], form: Form) -> None:
        self._store, self._target, self._query, self._form = store, target, query, form
        holds = selectors.both(query.get("labelSelector", ""), target.kind.name, query.get("fieldSelector", ""))
        self._filter = Filter(target, holds)
        self._bookmarks = query.get("allowWatchBookmarks") in ("true", "1")
        self._header = True
        self._over = False
        self._initial_end = query.get("sendInitialEvents") in ("true", "1")
        self._check()

    def _check(self) -> None:
        version = version_of(self._query.get("resourceVersion", ""))
        if version > self._store.version:
            raise failures.too_large(version, self._store.version)
        match = self._query.get("resourceVersionMatch", "")
        if "sendInitialEvents" in self._query and match != "NotOlderThan":
            words = "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
            message = f'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: {words}'
            raise ApiFailure(422, "Invalid", message)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Stream until the time is over, the client goes or falls too far behind, or the server stops."""
        subscription = self._store.subscribe([self._target.kind.name])
        try:
            first = self._first()
            response = web.StreamResponse(headers={"Content-Type": "application/json", "Cache-Control": "no-cache"})
            response.enable_chunked_encoding()
            await response.prepare(request)
            await response.write(first)
            await self._follow(response, subscription)
            await response.write_eof()
        except ConnectionResetError:
            pass
        finally:
            self._store.unsubscribe(subscription)
        return response

    def _first(self) -> bytes:
        version = version_of(self._query.get("resourceVersion", ""))
        shelf = self._store.shelf(self._target.kind.name)
        replay = version and not self._initial_end
        try:
            changes: Iterable[tuple[str, Stored]] = (
                self._seen(shelf.since(version)) if replay else (("ADDED", item) for item in shelf.now())
            )
        except ApiFailure as failure:
            self._over = True
            return self._line("ERROR", encode(failure.status()))
        if self._query.get("sendInitialEvents") in ("false", "0"):
            changes = self._seen(shelf.since(version)) if version else ()
        lines = [self._event(type_, item) for type_, item in changes if replay or self._filter.wants(item)]
        if self._initial_end and self._bookmarks:
            lines.append(self._bookmark({"k8s.io/initial-events-end": "true"}))
        return b"".join(lines)

    async def _follow(self, response: web.StreamResponse, subscription: Subscription) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + self._timeout()
        bookmark = loop.time() + BOOKMARK_PERIOD
        while not self._over and not subscription.cut_off and loop.time() < end:
            arrived = await subscription.wait(max(0.0, min(end, bookmark) - loop.time()))
            lines = [self._event(*seen) for seen in self._seen(subscription.take())] if arrived else []
            if not arrived and self._bookmarks:
                lines.append(self._bookmark({}))
            if not arrived:
                bookmark = loop.time() + BOOKMARK_PERIOD
            if lines:
                await response.write(b"".join(lines))

    def _timeout(self) -> float:
        text = self._query.get("timeoutSeconds", "")
        chosen = float(text) if text.isdecimal() else 0.0
        return chosen or _MINIMUM_TIMEOUT * (1 + random.random())  # noqa: S311 - spreads reconnects

    def _seen(self, changes: Iterable[Change]) -> Iterator[tuple[str, Stored]]:
        for change in changes:
            seen = self._filter.seen(change)
            if seen is not None:
                yield seen

    def _event(self, type_: str, item: Stored) -> bytes:
        return self._line(type_, self._object(item))

    def _object(self, item: Stored) -> bytes:
        if self._form.shape == "Table":
            header, self._header = self._header, False
            return table_bytes(self._target.kind, item, self._query.get("includeObject", "Metadata"), header)
        if self._form.shape.startswith("PartialObjectMetadata"):
            return encode(partial(item.body))
        return item.raw

    def _bookmark(self, annotations: dict[str, str]) -> bytes:
        kind = self._target.kind
        metadata: Body = {"resourceVersion": str(self._store.version), "creationTimestamp": None}
        if annotations:
            metadata["annotations"] = annotations
        return self._line("BOOKMARK", encode({"kind": kind.name, "apiVersion": kind.api_version, "metadata": metadata}))

    def _line(self, type_: str, body: bytes) -> bytes:
        return b'{"type":"' + type_.encode() + b'","object":' + body + b"}\n"
