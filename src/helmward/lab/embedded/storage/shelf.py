"""Everything of one kind: the objects now, and the last changes, from which any recent state can be told."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from helmward.lab.embedded import failures
from helmward.lab.embedded.bodies import Body, Key, decode, encode


@dataclass(frozen=True, slots=True)
class Stored:
    """One version of one object. `body` is never changed: `copy` gives one that may be."""

    key: Key
    version: int
    raw: bytes
    body: Body

    def copy(self) -> Body:
        """A body of one's own."""
        copied: Body = decode(self.raw)
        return copied


def stored(key: Key, version: int, body: Body) -> Stored:
    """`body` stamped with this version."""
    body.setdefault("metadata", {})["resourceVersion"] = str(version)
    return Stored(key, version, encode(body), body)


@dataclass(frozen=True, slots=True)
class Change:
    """One write: ADDED, MODIFIED or DELETED. Of a deletion `now` is the last body with the deletion's version."""

    type: str
    kind: str
    before: Stored | None
    now: Stored

    @property
    def version(self) -> int:
        """The resourceVersion of this write."""
        return self.now.version


class Shelf:
    """The objects of one kind and the last `length` changes to them."""

    def __init__(self, kind: str, length: int) -> None:
        self.kind, self._length = kind, length
        self._objects: dict[Key, Stored] = {}
        self._changes: deque[Change] = deque()
        self._ordered: list[Key] | None = None
        # Changes up to and including this version are forgotten.
        self.floor = 0

    def get(self, key: Key) -> Stored | None:
        """The object of this key."""
        return self._objects.get(key)

    def keep(self, change: Change) -> None:
        """Make a write and remember it."""
        if change.type == "DELETED":
            del self._objects[change.now.key]
        else:
            self._objects[change.now.key] = change.now
        if change.type != "MODIFIED":
            self._ordered = None
        self._changes.append(change)
        if len(self._changes) > self._length:
            self.floor = self._changes.popleft().version

    def forget(self, version: int) -> None:
        """Drop the past up to `version`, as a compaction does."""
        while self._changes and self._changes[0].version <= version:
            self._changes.popleft()
        self.floor = max(self.floor, version)

    def now(self) -> list[Stored]:
        """Every object, ordered by namespace and name."""
        if self._ordered is None:
            self._ordered = sorted(self._objects)
        return [self._objects[key] for key in self._ordered]

    def at(self, version: int) -> list[Stored]:
        """Every object as it was at `version`, in order. Raises ApiFailure 410 when that is forgotten."""
        if version < self.floor:
            raise failures.expired("The resourceVersion for the provided list is too old.")
        if not self._changes or self._changes[-1].version <= version:
            return self.now()
        objects = dict(self._objects)
        for change in takewhile(lambda change: change.version > version, reversed(self._changes)):
            if change.before is None:
                objects.pop(change.now.key, None)
            else:
                objects[change.now.key] = change.before
        return [objects[key] for key in sorted(objects)]

    def since(self, version: int) -> Iterator[Change]:
        """The changes after `version`, oldest first. Raises ApiFailure 410 when some are forgotten."""
        if version < self.floor:
            raise failures.expired(f"too old resource version: {version} ({self.floor})")
        newer = list(takewhile(lambda change: change.version > version, reversed(self._changes)))
        return reversed(newer)
