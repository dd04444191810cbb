"""Which entry of the book an incident continues."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from helmward.core.nouns import Incident
from helmward.core.times import format_time

if TYPE_CHECKING:
    from helmward.world.book import Tracked

REOPEN = timedelta(minutes=10)


def match(
    incidents: Sequence[Incident], entries: Iterable[Tracked], now: datetime
) -> list[tuple[Incident, Tracked | None]]:
    """Each joined incident with the entry it continues: the same key, else shared findings, else the same workload."""
    likeness = _Likeness(entries, now)
    scores = sorted(
        ((-score, entry.opened, entry.id, number), entry)
        for number, incident in enumerate(incidents)
        for entry, score in likeness.of(incident)
    )
    taken: dict[int, Tracked] = {}
    used: set[str] = set()
    for (_, _, identity, number), entry in scores:
        if number not in taken and identity not in used:
            taken[number] = entry
            used.add(identity)
    return [(incident, taken.get(number)) for number, incident in enumerate(incidents)]


class _Likeness:
    """Finds the entries that an incident may be the continuation of."""

    def __init__(self, entries: Iterable[Tracked], now: datetime) -> None:
        self._by: dict[object, list[Tracked]] = {}
        lately = format_time(now - REOPEN)
        for entry in entries:
            if entry.live or (entry.resolved or "") >= lately:
                self._by.setdefault(("key", entry.key), []).append(entry)
            if entry.live:
                for finding in entry.findings:
                    self._by.setdefault(("finding", finding.id), []).append(entry)
                self._by.setdefault(_home(entry.incident), []).append(entry)

    def of(self, incident: Incident) -> Iterable[tuple[Tracked, int]]:
        """(entry, score): 4 the same problem, 3 shares findings, 2 the same workload, 1 the same problem that had ended."""
        best: dict[str, tuple[Tracked, int]] = {}
        keys: list[tuple[object, int]] = [(_home(incident), 2)]
        keys += [(("finding", identity), 3) for identity in incident.findings]
        keys.append((("key", incident.id), 4))
        for key, score in keys:
            for entry in self._by.get(key, ()):
                best[entry.id] = entry, score if entry.live else 1
        return best.values()


def _home(incident: Incident) -> object:
    """The workload it is about, or the object itself where that belongs to none."""
    return incident.owner or incident.resource
