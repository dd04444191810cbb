"""The store: one resourceVersion for all kinds, atomic writes, and whoever listens is told of each change."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable

from helmward.lab.embedded.bodies import Body, Key
from helmward.lab.embedded.kinds import KINDS
from helmward.lab.embedded.storage.shelf import Change, Shelf, Stored, stored

HISTORY = 4000
_BACKLOG = 20_000


class Subscription:
    """Changes on their way to one listener. A listener that falls too far behind is cut off, never slows the store."""

    def __init__(self, kinds: frozenset[str]) -> None:
        self.kinds = kinds
        self.cut_off = False
        self._pending: deque[Change] = deque()
        self._arrived = asyncio.Event()

    def push(self, change: Change) -> None:
        """Queue one change."""
        if len(self._pending) >= _BACKLOG:
            self.cut_off = True
        else:
            self._pending.append(change)
        self._arrived.set()

    def close(self) -> None:
        """Wake the listener for good."""
        self.cut_off = True
        self._arrived.set()

    async def wait(self, seconds: float | None) -> bool:
        """Until something is pending; False when `seconds` pass first."""
        if self._arrived.is_set():
            return True
        try:
            async with asyncio.timeout(seconds):
                await self._arrived.wait()
        except TimeoutError:
            return False
        return True

    def take(self) -> list[Change]:
        """What is pending, oldest first; nothing is pending afterwards."""
        taken = list(self._pending)
        self._pending.clear()
        if not self.cut_off:
            self._arrived.clear()
        return taken


class Store:
    """Objects by kind and (namespace, name). Every method is synchronous, so each write is atomic."""

    def __init__(self, history: int = HISTORY) -> None:
        self.version = 1
        self._shelves = {name: Shelf(name, history) for name in KINDS}
        self._subscriptions: set[Subscription] = set()

    def shelf(self, kind: str) -> Shelf:
        """The objects of a kind and their past."""
        return self._shelves[kind]

    def get(self, kind: str, namespace: str, name: str) -> Stored | None:
        """One object, None when there is none."""
        return self._shelves[kind].get((namespace, name))

    def put(self, kind: str, key: Key, body: Body) -> Stored:
        """Create or replace; `body` becomes the store's own."""
        before = self._shelves[kind].get(key)
        self.version += 1
        now = stored(key, self.version, body)
        self._publish(Change("MODIFIED" if before else "ADDED", kind, before, now))
        return now

    def remove(self, kind: str, key: Key, last: Body | None = None) -> Stored:
        """Delete an object that exists; returns its last body (or `last`), stamped with the deletion's version."""
        before = self._shelves[kind].get(key)
        if before is None:
            raise KeyError(key)
        self.version += 1
        now = stored(key, self.version, before.copy() if last is None else last)
        self._publish(Change("DELETED", kind, before, now))
        return now

    def subscribe(self, kinds: Iterable[str]) -> Subscription:
        """Listen to every later change of these kinds, until `unsubscribe`."""
        subscription = Subscription(frozenset(kinds))
        self._subscriptions.add(subscription)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Stop listening."""
        self._subscriptions.discard(subscription)

    def close(self) -> None:
        """Cut every listener off: the server stops."""
        for subscription in self._subscriptions:
            subscription.close()

    def forget(self, kind: str | None = None) -> None:
        """Compact: drop the past of a kind, or of all."""
        for name, shelf in self._shelves.items():
            if kind in (None, name):
                shelf.forget(self.version)

    def _publish(self, change: Change) -> None:
        self._shelves[change.kind].keep(change)
        for subscription in self._subscriptions:
            if change.kind in subscription.kinds:
                subscription.push(change)
