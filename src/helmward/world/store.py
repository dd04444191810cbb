"""The world itself: objects by kind and name, and one index that answers what analyzers ask.

Every change leaves *keys* behind: what a reader could have looked up and would now find different. The incremental engine
(explain/engine.py) re-examines exactly what looked at one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

import msgspec

from helmward.world.changes import Changes
from helmward.world.coverage import Coverage
from helmward.world.indexes import Key, entries, kind_key, object_key
from helmward.world.kinds import Kind
from helmward.world.logs import Logs
from helmward.world.objects import Object, read_object
from helmward.world.signs import Signs
from helmward.world.versions import Versions

Clean = Callable[[Object], bytes | None]


class World:
    """One cluster, or a folder of files. Not thread-safe: one event loop owns it.

    `clean` may return other bytes for an object on its way in (masked environment values), or None to keep it as it is.
    """

    def __init__(self, clean: Clean | None = None) -> None:
        self._clean = clean
        self._kinds: dict[str, dict[str, dict[str, Object]]] = {}
        self._index: dict[Key, dict[tuple[str, str, str], Object]] = {}
        self._touched: set[Key] = set()
        self.coverage = Coverage()
        self.logs = Logs(self._touch)
        self.changes = Changes(self._touch)
        self.versions = Versions()
        self.signs = Signs(self._touch)
        self._node_services: dict[str, dict[str, str]] = {}
        self.revision = 0
        """Grows with each object that was added, replaced or removed."""
        self.leeway = timedelta(0)
        """How much more time may have passed than the clock says: none on a live cluster (watch/files/clock.py)."""

    # ---- writing ----

    def apply(self, kind: Kind, raw: bytes, now: datetime | None = None) -> Object:
        """Add or replace one object. With `now`, differences of its desired state are kept as changes.

        Raises msgspec.DecodeError where `raw` is no JSON object.
        """
        return self.put(self.read(kind, raw), now)

    def read(self, kind: Kind, raw: bytes) -> Object:
        """Decode and clean an object without keeping it. Raises msgspec.DecodeError where `raw` is no JSON object."""
        item = read_object(kind, raw)
        if self._clean is not None and (cleaned := self._clean(item)) is not None:
            item = read_object(kind, cleaned)
        return item

    def try_read(self, kind: Kind, raw: bytes) -> Object | None:
        """`read`, but what is no JSON object is a problem in coverage and None; a field of a wrong type is one too."""
        try:
            item = self.read(kind, raw)
        except (msgspec.DecodeError, RecursionError) as error:
            self.coverage.problem(f"One {kind.name} could not be read: {error}.", about=kind.name)
            return None
        self._mended(item)
        if item.spoiled:
            sentence = f"A field of {item.resource} is left out: {item.spoiled[0]}."
            self.coverage.problem(sentence, about=str(item.resource))
        return item

    def put(self, item: Object, now: datetime | None = None) -> Object:
        """Add or replace an object already read."""
        names = self._kinds.setdefault(item.kind.name, {}).setdefault(item.namespace, {})
        old = names.get(item.name)
        if old is not None:
            if old.raw == item.raw:
                return old
            self._unindex(old)
        if now is not None:
            self.changes.observe(old, item, now)
            self.versions.observe(old, item, now)
        names[item.name] = item
        if old is None:
            self.coverage.counted(item.kind.name, 1)
        ref = (item.kind.name, item.namespace, item.name)
        for key in entries(item):
            self._index.setdefault(key, {})[ref] = item
            self._touched.add(key)
        self._touch_object(item)
        return item

    def remove(self, kind: str, namespace: str, name: str, now: datetime | None = None) -> None:
        """Forget an object; nothing happens if it is not there."""
        old = self._kinds.get(kind, {}).get(namespace, {}).pop(name, None)
        if old is None:
            return
        self.coverage.counted(kind, -1)
        self._unindex(old)
        self._mended(old)
        if now is not None:
            self.changes.observe(old, None, now)
            self.versions.observe(old, None, now)
        self._touch_object(old)
        if kind == "Pod":
            self.logs.forget(namespace, name)

    def replace(self, kind: Kind, raws: Iterable[bytes], now: datetime | None = None) -> int:
        """Make the world hold exactly these objects of a kind: what a (re)list says. Returns how many they are."""
        gone = {(item.namespace, item.name) for item in self.all(kind.name)}
        self.coverage.mended(kind.name)
        count = 0
        for raw in raws:
            item = self.try_read(kind, raw)
            if item is not None:
                self.put(item, now)
                gone.discard((item.namespace, item.name))
                count += 1
        for namespace, name in gone:
            self.remove(kind.name, namespace, name, now)
        self.coverage.read(kind.name, count)
        self._touched.add(("coverage", kind.name))
        return count

    def set_unread(self, kind: str, reason: str) -> None:
        """A kind cannot be read (any more), and why."""
        self.coverage.unread(kind, reason)
        self._touched.add(("coverage", kind))

    def set_node_service(self, node: str, service: str, text: str) -> None:
        """What `systemctl status` says of a service on a node (evidence bundles)."""
        self._node_services.setdefault(node, {})[service] = text
        self._touch(("nodeservice", node))

    def drain(self) -> set[Key]:
        """The keys touched since the last call."""
        touched, self._touched = self._touched, set()
        return touched

    # ---- reading (analyzers read through a Lens, which records) ----

    def get(self, kind: str, namespace: str, name: str) -> Object | None:
        """One object by name; `namespace` is "" for cluster-scoped kinds."""
        return self._kinds.get(kind, {}).get(namespace, {}).get(name)

    def all(self, kind: str, namespace: str | None = None) -> Iterator[Object]:
        """Every object of a kind, or those of one namespace."""
        names = self._kinds.get(kind, {})
        if namespace is not None:
            yield from names.get(namespace, {}).values()
            return
        for objects in names.values():
            yield from objects.values()

    def under(self, key: Key) -> Iterable[Object]:
        """The objects under an index key (world/indexes.py)."""
        return self._index.get(key, {}).values()

    def kinds(self) -> Iterable[str]:
        """The names of the kinds of which something was seen."""
        return self._kinds.keys()

    def node_services(self, node: str) -> dict[str, str]:
        """The service states known of a node, by service."""
        return self._node_services.get(node, {})

    # ---- inside ----

    def _mended(self, item: Object) -> None:
        if self.coverage.problems:
            self.coverage.mended(str(item.resource))

    def _unindex(self, item: Object) -> None:
        ref = (item.kind.name, item.namespace, item.name)
        for key in entries(item):
            self._touched.add(key)
            found = self._index.get(key)
            if found is not None and found.pop(ref, None) is not None and not found:
                del self._index[key]

    def _touch_object(self, item: Object) -> None:
        self.revision += 1
        kind = item.kind.name
        self._touched.add(object_key(kind, item.namespace, item.name))
        self._touched.add(kind_key(kind, item.namespace))
        self._touched.add(kind_key(kind, None))

    def _touch(self, key: Key) -> None:
        self._touched.add(key)
