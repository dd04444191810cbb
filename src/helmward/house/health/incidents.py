"""Which live incidents are about a thing: by what their findings are about, and by the workload that those belong to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from helmward.core.nouns import Severity
from helmward.core.text import one_line
from helmward.explain.causes.places import Place, place_of, places
from helmward.house.health.levels import Health
from helmward.house.health.told import LONGEST
from helmward.world.book import Tracked
from helmward.world.objects import Object

_SERIOUS = frozenset({Severity.CRITICAL, Severity.HIGH})

__all__ = ["NOTHING", "Concern", "Incidents", "Place", "place"]


def place(item: Object) -> Place:
    """What names an object among incidents: kind, namespace, name."""
    return item.kind.name, item.namespace, item.name


class Concern:
    """The live incidents about one thing, the worst first; none: false. `severity` is the worst that they say of it, `serious`
    whether one that nobody suppressed says critical or high."""

    __slots__ = ("entries", "serious", "severity")

    def __init__(self, where: Place = ("", "", ""), entries: Sequence[Tracked] = ()) -> None:
        self.entries = entries
        self.serious = False
        self.severity: Severity | None = None
        for entry in entries:
            severity = _said(entry, where)
            self.serious = self.serious or (severity in _SERIOUS and entry.state != "suppressed")
            if self.severity is None or severity.rank < self.severity.rank:
                self.severity = severity

    def __bool__(self) -> bool:
        return bool(self.entries)

    @property
    def health(self) -> Health:
        """What they make of a thing of which nothing can be counted."""
        return "broken" if self.serious else "degraded" if self.entries else "healthy"

    @property
    def title(self) -> str:
        """The worst one's; "" where there is none."""
        return one_line(self.entries[0].incident.title, LONGEST) if self.entries else ""

    @property
    def ids(self) -> list[str]:
        """Of the incidents, the worst first."""
        return [entry.id for entry in self.entries]


NOTHING = Concern()


class Incidents:
    """Live incidents by what they are about. `entries`: those that may be told of, the worst first."""

    def __init__(self, entries: Iterable[Tracked] = ()) -> None:
        self.entries = tuple(entries)
        self._at: dict[Place, list[Tracked]] = {}
        for entry in self.entries:
            for where in _about(entry):
                if (known := self._at.get(where)) is None:
                    self._at[where] = [entry]
                else:
                    known.append(entry)

    def __contains__(self, where: Place) -> bool:
        return where in self._at

    def at(self, where: Place) -> Concern:
        """Those about one thing."""
        found = self._at.get(where)
        return NOTHING if found is None else Concern(where, found)


def _about(entry: Tracked) -> set[Place]:
    return {*_own(entry), *(where for finding in entry.findings for where in places(finding))}


def _own(entry: Tracked) -> tuple[Place, ...]:
    """What the incident is named after."""
    about, owner = place_of(entry.incident.resource), entry.incident.owner
    return (about,) if owner is None else (about, (owner.kind, owner.namespace, owner.name))


def _said(entry: Tracked, where: Place) -> Severity:
    """How bad it is there: what an incident is named after is as bad as all of it."""
    if where in _own(entry):
        return entry.incident.severity
    return min((one.severity for one in entry.findings if where in places(one)), key=lambda severity: severity.rank)
