"""Garbage collection: what loses its last owner goes; foreground and orphan deletion (pkg/controller/garbagecollector)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from helmward.lab.embedded.bodies import Body, Key, meta
from helmward.lab.embedded.kinds import KINDS
from helmward.lab.embedded.objects.deletion import DeleteOptions, delete
from helmward.lab.embedded.objects.registry import Registry
from helmward.lab.embedded.objects.writer import controller
from helmward.lab.embedded.storage.shelf import Change, Stored

_Place = tuple[str, str, str]


class GarbageCollector:
    """Its keys are (kind, namespace/name): one controller for all kinds."""

    watches: ClassVar[tuple[str, ...]] = tuple(name for name in KINDS if name != "Event")

    def __init__(self, registry: Registry) -> None:
        self._registry, self._store = registry, registry.store
        self._by = controller("generic-garbage-collector")
        self._alive: dict[str, _Place] = {}
        self._dependents: dict[str, set[_Place]] = {}

    def keys(self, change: Change) -> Iterable[Key]:
        """The object where it has owners or is going; its dependents where it is gone; its owners that wait for it."""
        uid, place = meta(change.now.body)["uid"], (change.kind, *change.now.key)
        owners = {owner["uid"] for owner in meta(change.now.body).get("ownerReferences") or []}
        if change.type == "DELETED":
            self._alive.pop(uid, None)
            for owner in owners:
                self._dependents.get(owner, set()).discard(place)
            waiting = [self._alive[owner] for owner in owners if owner in self._alive]
            return [_key(each) for each in (*self._dependents.pop(uid, ()), *waiting)]
        self._alive[uid] = place
        for owner in owners:
            self._dependents.setdefault(owner, set()).add(place)
        return [_key(place)] if owners or meta(change.now.body).get("finalizers") else []

    def sync(self, key: Key) -> float | None:
        """Delete an object whose owners are all gone; finish one that waits for its dependents."""
        kind, (namespace, _, name) = key[0], key[1].partition("/")
        item = self._store.get(kind, namespace, name)
        if item is None:
            return None
        self._finalise(kind, item)
        item = self._store.get(kind, namespace, name)
        references = meta(item.body).get("ownerReferences") or [] if item else []
        if item is None or not references:
            return None
        solid = [owner for owner in references if owner["uid"] in self._alive]
        if not solid:
            delete(self._registry, KINDS[kind], item.key, DeleteOptions(uid=meta(item.body)["uid"]))
        elif len(solid) < len(references):
            self._refer(kind, item, solid)
        return None

    def _finalise(self, kind: str, item: Stored) -> None:
        finalizers = meta(item.body).get("finalizers") or []
        if not meta(item.body).get("deletionTimestamp"):
            return
        uid = meta(item.body)["uid"]
        below = [(place, found) for place in self._dependents.get(uid, ()) if (found := self._store.get(*place))]
        if "orphan" in finalizers:
            for place, found in below:
                owners = [owner for owner in meta(found.body)["ownerReferences"] if owner["uid"] != uid]
                self._refer(place[0], found, owners)
            self._unblock(kind, item, "orphan")
        elif "foregroundDeletion" in finalizers:
            blocking = [each for place, found in below for each in self._delete_below(place[0], found, uid)]
            if not blocking:
                self._unblock(kind, item, "foregroundDeletion")

    def _delete_below(self, kind: str, item: Stored, uid: str) -> list[Stored]:
        """Delete a dependent; it is returned where its owner has to wait for its end."""
        gone = delete(self._registry, KINDS[kind], item.key, DeleteOptions(policy="Foreground"))[1]
        blocks = any(o["uid"] == uid and o.get("blockOwnerDeletion") for o in meta(item.body)["ownerReferences"])
        return [item] if blocks and not gone else []

    def _refer(self, kind: str, item: Stored, owners: list[Body]) -> None:
        def change(body: Body) -> Body:
            metadata = {name: value for name, value in meta(body).items() if name != "ownerReferences"}
            return body | {"metadata": metadata | ({"ownerReferences": owners} if owners else {})}

        self._registry.update(KINDS[kind], item.key, change, self._by)

    def _unblock(self, kind: str, item: Stored, finalizer: str) -> None:
        def change(body: Body) -> Body:
            left = [name for name in meta(body)["finalizers"] if name != finalizer]
            return body | {"metadata": meta(body) | {"finalizers": left}}

        self._registry.update(KINDS[kind], item.key, change, self._by)


def _key(place: _Place) -> Key:
    return place[0], f"{place[1]}/{place[2]}"
