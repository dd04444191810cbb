"""What a search looks through again and again: rows of the state, read anew when the ledger has grown or after a moment,
and the words that lead to each incident."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from datetime import datetime, timedelta
from typing import Generic, NamedTuple, TypeVar

from helmward.door.store import Stored
from helmward.house.house import House
from helmward.world.book import Tracked

T = TypeVar("T")
_HOLDS = timedelta(seconds=5)
"""A row may change by the clock alone: a plan that waits expires."""
_MOST_WORDS = 10_000


class Person(NamedTuple):
    """A registered actor or a token: its name or id, what it is called, what it is."""

    id: str
    name: str
    detail: str


class Kept:
    """A palette asks with every key: the state is not read for each."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._plans: _Held[list[Stored]] = _Held(house.clock)
        self._people: _Held[list[Person]] = _Held(house.clock)
        self._words: dict[str, tuple[Tracked, str, str]] = {}

    async def plans(self) -> list[Stored]:
        """The latest plans, the newest first."""
        ledger = self._house.door.means.ledger
        parts = (ledger.proposed, ledger.approvals, ledger.intents, ledger.verdicts, ledger.closed, ledger.voided)
        grown = tuple(len(part) for part in parts)
        return await self._plans.get(grown, self._house.door.plans)

    async def people(self) -> list[Person]:
        """Who is registered, and the tokens that hold. For administrators."""
        ledger = self._house.door.means.ledger
        grown = (len(ledger.tokens), len(ledger.ended), frozenset(ledger.actors.items()))
        return await self._people.get(grown, lambda: asyncio.to_thread(self._read_people))

    def words(self, entry: Tracked) -> tuple[str, str]:
        """The name of what an incident is about, and all words that lead to it, both lower case."""
        known = self._words.get(entry.id)
        if known is None or known[0] is not entry:
            if len(self._words) > _MOST_WORDS:
                self._words.clear()  # those of incidents that are forgotten
            about = entry.incident.owner or entry.incident.resource
            name = about.name.lower()
            known = self._words[entry.id] = entry, name, f"{name} {about.namespace} {_words(entry)}".lower()
        return known[1:]

    def _read_people(self) -> list[Person]:
        house = self._house
        actors = [Person(one.name, one.name, f"{one.kind}, {', '.join(one.roles)}") for one in house.people.actors()]
        tokens = [one for one in house.identity.tokens(house.clock()) if one.state == "valid"]
        return actors + [Person(one.id, one.name, f"token {one.id}, {', '.join(one.roles)}") for one in tokens]


def _words(entry: Tracked) -> str:
    incident = entry.incident
    codes = dict.fromkeys(f"{found.code} {found.slug}" for found in entry.findings)
    return " ".join((entry.id, incident.title, incident.resource.name, incident.resource.kind, *list(codes)[:5]))


class _Held(Generic[T]):
    """One answer, for a moment, and no longer than its mark stays the same."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._held: tuple[Hashable, datetime, T] | None = None

    async def get(self, mark: Hashable, read: Callable[[], Awaitable[T]]) -> T:
        """What was read under this mark."""
        now = self._clock()
        if self._held is None or self._held[0] != mark or not timedelta(0) <= now - self._held[1] < _HOLDS:
            self._held = mark, now, await read()
        return self._held[2]
