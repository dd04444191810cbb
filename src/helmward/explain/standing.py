"""Incidents count once they have stood for a moment: what is half read, or read late, passes without a word."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from helmward.core.nouns import Incident, Owner, Resource

MOMENT = timedelta(seconds=0.5)
"""Watches of different kinds are not in step, and after a stall they bring what has long been mended before its mending."""


class Standing:
    """Remembers since when each place (a workload, or an object that belongs to none) has had an incident without a break.

    By place and not by first cause: an incident whose cause changes from crash to crash goes on all the while.
    """

    def __init__(self, moment: timedelta = MOMENT) -> None:
        self._moment = moment
        self._since: dict[Owner | Resource, datetime] = {}
        self.next_wake: datetime | None = None
        """When the next one that is held back will have stood long enough."""

    def of(self, incidents: Iterable[Incident], now: datetime, at_once: bool = False) -> list[Incident]:
        """Those of all present `incidents` that have stood for the moment; `at_once` takes the new ones for old."""
        present = [(incident.owner or incident.resource, incident) for incident in incidents]
        new = now - self._moment if at_once else now
        self._since = {place: self._since.get(place, new) for place, _ in present}
        held = [since for since in self._since.values() if now - since < self._moment]
        self.next_wake = min(held) + self._moment if held else None
        return [incident for place, incident in present if now - self._since[place] >= self._moment]
