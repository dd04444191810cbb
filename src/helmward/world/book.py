"""The book of incidents: they keep their identity while the cluster changes under them.

Life: opened → (worsened, changed) → resolved, by itself, once its findings have been gone for a moment; the same cause on
the same workload within ten minutes opens it again. `acting` belongs to heal. Suppression ends by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

import msgspec

from helmward.core.nouns import Finding, Incident, IncidentState, Moment, Noun, Severity, short_id
from helmward.core.times import format_time, parse_time
from helmward.world.book_matching import match

SETTLE = timedelta(seconds=2)
KEEP = timedelta(days=7)
_EFFECT = 50  # Finding.depth: what follows from a fault, and is none
_MOST_TURNS = 10

Happening = Literal["opened", "reopened", "worsened", "changed", "resolved", "noted"]


class Note(Noun, frozen=True, kw_only=True):
    """Who acknowledged or suppressed, when, why, and until when (suppression)."""

    by: str
    at: str
    reason: str = ""
    until: str | None = None


class Tracked(Noun, frozen=True, kw_only=True):
    """An incident with its history. `incident.id` is its identity; `key` is what the same problem would be called again."""

    incident: Incident
    findings: tuple[Finding, ...]
    key: str
    state: IncidentState
    opened: str
    changed: str
    resolved: str | None = None
    baseline: bool = False
    worst: Severity | None = None
    """The worst it has been since it opened: a severity that goes up and down worsens once."""
    began: str | None = None
    """The earliest moment its evidence told when it opened; None where that told none, or it stood before we came."""
    explained: str | None = None
    """When a first cause was first named that is one: no mere effect of something that was not found yet."""
    turns: tuple[Moment, ...] = ()
    """What came to be its first cause after it had opened, and when, oldest first: what came to light in between stays.
    Its evidence is the `key` of that problem."""
    reopened: str | None = None
    """When it last came back; None where it never was gone."""
    acknowledged: Note | None = None
    suppressed: Note | None = None

    @property
    def id(self) -> str:
        """`inc-…`, the same for as long as the problem lives."""
        return self.incident.id

    @property
    def live(self) -> bool:
        """Not resolved."""
        return self.state != "resolved"


class Transition(NamedTuple):
    """Something happened to an incident that others may want to know."""

    what: Happening
    tracked: Tracked


class Book:
    """Every incident that is open, and those that ended in the last days."""

    def __init__(self, tracked: Iterable[Tracked] = ()) -> None:
        self._tracked: dict[str, Tracked] = {entry.id: entry for entry in tracked}
        self._missing: dict[str, datetime] = {}
        self._last: dict[str, tuple[Incident, str]] = {}  # by its key, what was joined last and which entry it is

    def all(self) -> list[Tracked]:
        """Live ones first, the worst first, those that are kept quiet behind the others; then the ended, newest first."""
        live = [entry for entry in self._tracked.values() if entry.live]
        ended = [entry for entry in self._tracked.values() if not entry.live]
        live.sort(key=lambda entry: (entry.state == "suppressed", entry.incident.severity.rank, entry.opened, entry.id))
        ended.sort(key=lambda entry: entry.resolved or "", reverse=True)
        return live + ended

    def find(self, prefix: str) -> list[Tracked]:
        """Those whose id is `prefix`, or starts with it."""
        exact = self._tracked.get(prefix)
        return [exact] if exact else [entry for entry in self._tracked.values() if entry.id.startswith(prefix)]

    @property
    def next_wake(self) -> datetime | None:
        """When time alone will change something: a resolution that settles, a suppression that ends."""
        ends = [since + SETTLE for since in self._missing.values()]
        notes = (entry.suppressed for entry in self._tracked.values() if entry.state == "suppressed")
        ends += [until for note in notes if note and (until := parse_time(note.until))]
        return min(ends, default=None)

    def update(
        self, incidents: Iterable[Incident], findings: Mapping[str, Finding], now: datetime, baseline: bool = False
    ) -> list[Transition]:
        """Bring the book up to what was joined now. New ones are marked as `baseline` (they stood before we came).

        An incident that is the very object of the last call has not changed, and neither have its findings.
        """
        found = {incident.id: incident for incident in incidents}
        same = {key: named for key, (incident, named) in self._last.items() if found.get(key) is incident}
        present = set(same.values())
        others = [entry for entry in self._tracked.values() if entry.id not in present]
        new = [incident for key, incident in found.items() if key not in same]
        transitions: list[Transition | None] = [
            self._continue(entry, incident, findings, now) if entry else self._open(incident, findings, now, baseline)
            for incident, entry in match(new, others, now)
        ]
        continued = {transition.tracked.key: transition.tracked.id for transition in transitions if transition}
        self._last = {key: (incident, same.get(key) or continued[key]) for key, incident in found.items()}
        present.update(continued.values())
        transitions += [self._absent(entry, now) for entry in others if entry.id not in present]
        transitions += [self._unsuppress(entry, now) for entry in list(self._tracked.values())]
        self._forget(now)
        return [transition for transition in transitions if transition and transition.what != "noted"]

    def acknowledge(self, identity: str, by: str, now: datetime, reason: str = "") -> Tracked:
        """Somebody has seen it. Raises KeyError for an unknown id."""
        note = Note(by=by, at=format_time(now), reason=reason)
        return self._keep(msgspec.structs.replace(self._tracked[identity], acknowledged=note))

    def suppress(self, identity: str, by: str, now: datetime, until: datetime, reason: str) -> Tracked:
        """Keep it quiet until then. Raises KeyError for an unknown id."""
        note = Note(by=by, at=format_time(now), reason=reason, until=format_time(until))
        entry = self._tracked[identity]
        state: IncidentState = "suppressed" if entry.live else entry.state
        return self._keep(msgspec.structs.replace(entry, suppressed=note, state=state))

    def unsuppress(self, identity: str) -> Tracked:
        """It need not be quiet any longer. Raises KeyError for an unknown id."""
        entry = self._tracked[identity]
        state: IncidentState = "open" if entry.state == "suppressed" else entry.state
        return self._keep(msgspec.structs.replace(entry, suppressed=None, state=state))

    # ---- inside ----

    def _open(self, incident: Incident, findings: Mapping[str, Finding], now: datetime, baseline: bool) -> Transition:
        at = format_time(now)
        named = msgspec.structs.replace(incident, id=short_id("inc", incident.id, at))
        entry = Tracked(
            incident=named,
            findings=_of(named, findings),
            key=incident.id,
            state="open",
            opened=at,
            changed=at,
            baseline=baseline,
            worst=named.severity,
            began=named.timeline[0].time if named.timeline and not baseline else None,
            explained=at if _is_cause(named, findings) else None,
        )
        return Transition("opened", self._keep(entry))

    def _continue(
        self, entry: Tracked, incident: Incident, findings: Mapping[str, Finding], now: datetime
    ) -> Transition:
        self._missing.pop(entry.id, None)
        named = msgspec.structs.replace(incident, id=entry.id)
        found = _of(named, findings)
        if entry.live and entry.incident == named and entry.findings == found:
            return Transition("noted", entry)
        worst = entry.worst or entry.incident.severity
        worse = entry.live and named.severity.rank < worst.rank
        new = msgspec.structs.replace(
            entry,
            incident=named,
            findings=found,
            key=incident.id,
            state=entry.state if entry.live else "suppressed" if _quiet(entry, now) else "open",
            changed=format_time(now),
            worst=worst if entry.live and not worse else named.severity,
            resolved=None,
            reopened=entry.reopened if entry.live else format_time(now),
            explained=entry.explained or (format_time(now) if _is_cause(named, findings) else None),
            turns=_turned(entry, incident, findings, now),
            baseline=entry.baseline and entry.live,  # what comes again did not stand all along
        )
        what: Happening = "worsened" if worse else "changed" if entry.live else "reopened"
        return Transition(what, self._keep(new))

    def _absent(self, entry: Tracked, now: datetime) -> Transition | None:
        if not entry.live:
            return None
        since = self._missing.setdefault(entry.id, now)
        if now - since < SETTLE:
            return None
        del self._missing[entry.id]
        at = format_time(now)
        return Transition(
            "resolved", self._keep(msgspec.structs.replace(entry, state="resolved", resolved=at, changed=at))
        )

    def _unsuppress(self, entry: Tracked, now: datetime) -> Transition | None:
        if entry.state != "suppressed" or _quiet(entry, now):
            return None
        return Transition("changed", self._keep(msgspec.structs.replace(entry, state="open", suppressed=None)))

    def _forget(self, now: datetime) -> None:
        limit = format_time(now - KEEP)
        for entry in list(self._tracked.values()):
            if entry.resolved and entry.resolved < limit:
                del self._tracked[entry.id]

    def _keep(self, entry: Tracked) -> Tracked:
        self._tracked[entry.id] = entry
        return entry


def _quiet(entry: Tracked, now: datetime) -> bool:
    until = parse_time(entry.suppressed.until) if entry.suppressed else None
    return until is not None and now < until


def _first(incident: Incident, findings: Mapping[str, Finding]) -> Finding | None:
    return findings.get(incident.causes[0].finding) if incident.causes else None


def _is_cause(incident: Incident, findings: Mapping[str, Finding]) -> bool:
    first = _first(incident, findings)
    return first is not None and first.depth < _EFFECT


def _turned(entry: Tracked, incident: Incident, findings: Mapping[str, Finding], now: datetime) -> tuple[Moment, ...]:
    """Each cause once: which of several is the first may go back and forth."""
    first = _first(incident, findings)
    if first is None or entry.key == incident.id or first.depth >= _EFFECT:
        return entry.turns
    if any(moment.evidence == incident.id for moment in entry.turns):
        return entry.turns
    text = f"Came to light: {first.brief or first.message}"
    return (*entry.turns, Moment(time=format_time(now), text=text, evidence=incident.id))[-_MOST_TURNS:]


def _of(incident: Incident, findings: Mapping[str, Finding]) -> tuple[Finding, ...]:
    return tuple(findings[identity] for identity in incident.findings if identity in findings)
