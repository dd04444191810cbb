"""The serious findings by where they stand. A change of one leaves keys, as a change of an object in the world does."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from helmward.core.nouns import Finding, Severity
from helmward.explain.causes.places import Place, places
from helmward.world.indexes import Key
from helmward.world.lens import Lens
from helmward.world.store import World

_ON_NODES: Key = ("found", "Node")


def found_key(place: Place) -> Key:
    """The findings at one place."""
    return ("found", *place)


class Found:
    """What was found, by id and by place. Informational findings are no part of any incident and stay outside."""

    def __init__(self) -> None:
        self._by_id: dict[str, Finding] = {}
        self._at: dict[Place, dict[str, Finding]] = {}
        self._on_nodes: set[Place] = set()
        self._touched: set[Key] = set()

    def put(self, identity: str, finding: Finding | None) -> None:
        """What is found under this id now (None: nothing any more)."""
        if (old := self._by_id.pop(identity, None)) is not None:
            self._displace(old)
        if finding is None or finding.severity is Severity.INFO:
            return
        self._by_id[identity] = finding
        for place in places(finding):
            self._at.setdefault(place, {})[identity] = finding
            self._touched.add(found_key(place))
            if place[0] == "Node":
                self._touch_nodes()
                self._on_nodes.add(place)

    def get(self, identity: str) -> Finding | None:
        """The finding of that id."""
        return self._by_id.get(identity)

    def at(self, place: Place) -> Collection[Finding]:
        """The findings that stand at one place, in no order."""
        return self._at.get(place, {}).values()

    @property
    def on_nodes(self) -> bool:
        """A finding stands on some node."""
        return bool(self._on_nodes)

    def drain(self) -> set[Key]:
        """The keys touched since the last call."""
        touched, self._touched = self._touched, set()
        return touched

    def _displace(self, finding: Finding) -> None:
        for place in dict.fromkeys(places(finding)):
            there = self._at[place]
            del there[finding.id]
            self._touched.add(found_key(place))
            if not there:
                del self._at[place]
                self._on_nodes.discard(place)
                if place[0] == "Node":
                    self._touch_nodes()

    def _touch_nodes(self) -> None:
        """Who asked whether any node is faulty asks again only where that answer changes."""
        if not self._on_nodes:
            self._touched.add(_ON_NODES)


class Sight(Lens):
    """A recording reader of the world and of what was found in it. What it looks up is added to `seen`."""

    def __init__(self, world: World, now: datetime, found: Found, seen: set[Key]) -> None:
        super().__init__(world, now)
        self.seen = seen
        self._found = found

    def at(self, place: Place) -> Collection[Finding]:
        """The findings at one place."""
        self.seen.add(found_key(place))
        return self._found.at(place)

    @property
    def faulty_nodes(self) -> bool:
        """A finding stands on some node."""
        self.seen.add(_ON_NODES)
        return self._found.on_nodes
