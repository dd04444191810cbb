"""The running house: what every face can ask of it and do with it. One event loop owns it; app.py puts it together."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helmward import __version__
from helmward.core.bus import Bus
from helmward.core.errors import UsageError
from helmward.core.nouns import Actor, Change
from helmward.core.plans import ENDED
from helmward.core.settings import Loaded, show
from helmward.core.text import one_line
from helmward.core.times import format_time, parse_duration
from helmward.door.audit import AuditLog, Entry, page, tail
from helmward.door.door import Door
from helmward.door.identity import Identity, Minted
from helmward.door.store import Stored
from helmward.explain.live import Explainer
from helmward.explain.reports import present
from helmward.explain.reports.diagnosis import diagnose
from helmward.guard.pipeline import Guards
from helmward.heal.supervisor import Supervisor, overview
from helmward.house import present_changes
from helmward.house.auditing import since_text
from helmward.house.health import Incidents
from helmward.house.health.listed import listed
from helmward.house.integrity import Integrity
from helmward.house.people import People
from helmward.house.record import Recorder
from helmward.watch.cluster import ClusterWatch
from helmward.world.book import Book, Tracked, Transition
from helmward.world.changes import KEPT_FOR
from helmward.world.store import World

if TYPE_CHECKING:
    from helmward.adapters.stores.conversations import ConversationRows
    from helmward.house.models.models import Models

LONGEST_SUPPRESSION = timedelta(days=90)
_LOOKED_FOR = timedelta(seconds=2)


class UnknownIncident(UsageError):
    """No incident, or more than one, has this id."""

    http_status = 404


@dataclass(frozen=True, slots=True)
class Sight:
    """What we look at and what we may read there; said before anything else."""

    context: str
    server: str
    user: str
    version: str
    may_read: tuple[str, ...]
    may_not_read: tuple[str, ...]


@dataclass
class House:
    """Everything that runs, by name. `clock` is the wall clock, `key_dir` the folder of the keys."""

    loaded: Loaded
    sight: Sight
    world: World
    watch: ClusterWatch
    explainer: Explainer
    book: Book
    bus: Bus[Transition]
    recorder: Recorder
    identity: Identity
    people: People
    audit: AuditLog
    clock: Callable[[], datetime]
    started: datetime
    local_token: str
    door: Door
    healing: Supervisor
    guards: Guards
    key_dir: Path = field(kw_only=True)
    channels: Mapping[str, Callable[[], Mapping[str, int]]] = field(default_factory=dict)
    integrity: Integrity | None = None
    models: Models | None = None
    session_key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    """Seals what browsers keep of a session."""
    conversations: ConversationRows | None = None
    _credentials: tuple[datetime, tuple[str, ...]] | None = field(default=None, init=False)

    # ---- incidents ----

    def incidents(self, state: str = "live", namespace: str | None = None) -> list[Tracked]:
        """The incidents in a state (`live`: not resolved; `all`), of one namespace if given, in the book's order."""
        return [
            entry
            for entry in self.book.all()
            if (state == "all" or entry.state == state or (state == "live" and entry.live))
            and (namespace is None or entry.incident.resource.namespace == namespace)
        ]

    def incident(self, identity: str) -> Tracked:
        """The one incident whose id is or begins with `identity`. Raises UnknownIncident."""
        found = self.book.find(identity) if identity.startswith("inc-") else []
        if len(found) == 1:
            return found[0]
        if not found:
            shown = one_line(identity, 40)
            raise UnknownIncident(f"There is no incident '{shown}'; `helmward incidents --all` lists them.")
        raise UnknownIncident(
            f"'{one_line(identity, 40)}' could be any of {', '.join(sorted(entry.id for entry in found)[:10])}; write more of it."
        )

    async def acknowledge(self, identity: str, by: Actor, reason: str) -> Tracked:
        """Note that somebody has seen it, and tell everybody who watches. Raises AuditError: then it is not noted."""
        found = self.incident(identity).id
        async with self.audit.intent(Entry(actor=by, action="incident.acknowledge", target=found, reason=reason)):
            return self._noted(self.book.acknowledge(found, by.name, self.clock(), reason))

    async def suppress(self, identity: str, by: Actor, duration: str, reason: str) -> Tracked:
        """Keep it quiet for `duration` (`2h`). Raises UsageError for a duration of nothing or beyond 90 days."""
        lasts = parse_duration(duration)
        if not timedelta(0) < lasts <= LONGEST_SUPPRESSION:
            raise UsageError("An incident can be suppressed for at most 90d, and for more than nothing.")
        found, now = self.incident(identity).id, self.clock()
        details = {"until": format_time(now + lasts)}
        intent = Entry(actor=by, action="incident.suppress", target=found, reason=reason, details=details)
        async with self.audit.intent(intent):
            entry = self.book.suppress(found, by.name, now, now + lasts, reason)
            self.explainer.poke()
            return self._noted(entry)

    async def unsuppress(self, identity: str, by: Actor, reason: str) -> Tracked:
        """End the quiet of an incident now. Raises UsageError for one that is not suppressed."""
        entry = self.incident(identity)
        if entry.suppressed is None:
            raise UsageError(f"{entry.id} is not suppressed.")
        async with self.audit.intent(Entry(actor=by, action="incident.unsuppress", target=entry.id, reason=reason)):
            return self._noted(self.book.unsuppress(entry.id))

    def _noted(self, entry: Tracked) -> Tracked:
        self.bus.publish(Transition("changed", entry))
        return entry

    # ---- changes ----

    async def plan_for(self, identity: str, by: Actor, anew: bool = False) -> Stored:
        """The latest plan of an incident; where it has none that can still run, one is made in this actor's name.
        `anew`: one is made too unless one is being carried out; what waits may be of yesterday's values.

        Raises HelmwardError where nothing fits the incident's first cause."""
        tracked = self.incident(identity)
        plans = await self.door.plans(incident=tracked.id)
        passed = {*ENDED, "waiting"} if anew else {"expired", "void", "refused"}
        current = [found for found in plans if found.state not in passed]
        if current:
            return current[0]
        return await self.healing.propose(tracked, by)

    def heal_overview(self) -> dict[str, Any]:
        """What heals by itself, where and why, and what holds for each live incident."""
        views = [self.healing.view(tracked)._asdict() for tracked in self.incidents()]
        return {**overview(self.healing, self.loaded.settings.changes), "incidents": views}

    # ---- the world ----

    def changes(self, since: str, namespace: str | None = None) -> list[Change]:
        """Changes of the last `since` (`1h`), newest first. Raises UsageError for more than is kept."""
        lasts = parse_duration(since)
        if lasts > KEPT_FOR:
            raise UsageError("Changes are kept for one day; ask for at most 24h.")
        found = self.world.changes.since(self.clock() - lasts)
        return [change for change in found if namespace is None or change.resource.namespace == namespace]

    def diagnosis(self) -> dict[str, Any]:
        """The diagnosis report of the world as it stands."""
        return diagnose(self.world, self.explainer.findings, self.clock()).report

    def workloads(
        self, namespace: str | None = None, sees: Callable[[str], bool] = lambda _: True
    ) -> list[dict[str, Any]]:
        """Each Deployment, StatefulSet and DaemonSet with ready and wanted replicas, health, why, and its live incidents; of the
        namespaces that `sees` holds."""
        incidents = Incidents(entry for entry in self.incidents() if sees(entry.incident.resource.namespace))
        return listed(self.world, incidents, sees, namespace)

    def status(self) -> dict[str, Any]:
        """What is watched, as whom, with what rights, how current, and what was lost."""
        sight = self.sight
        return {
            "version": __version__,
            "mode": self.loaded.settings.changes.mode,
            "changes": present_changes.mode(self.loaded.settings.changes),
            "context": sight.context,
            "server": sight.server,
            "user": sight.user,
            "kubernetes": sight.version,
            "mayRead": list(sight.may_read),
            "mayNotRead": list(sight.may_not_read),
            "started": format_time(self.started),
            "coverage": present.coverage(self.world.coverage),
            "stale": [
                {"kind": kind, "since": format_time(failure.since), "reason": failure.reason}
                for kind, failure in sorted(self.watch.failures.items())
            ],
            "events": self.watch.events,
            "unexplained": self.explainer.failure,
            "unsaved": self.recorder.failure,
            "unaudited": self.audit.failure,
            "tampered": self.tampered(),
            "changesLost": self.recorder.lost,
            "busLost": self.bus.lost,
            "settingsFile": str(self.loaded.file) if self.loaded.file else None,
            "channels": {name: dict(counts()) for name, counts in self.channels.items()},
        }

    def tampered(self) -> list[str]:
        """What somebody else wrote into the data folder, in sentences: what was found at the start, and of credentials within the
        last seconds: each row is looked at, and every page asks."""
        now = self.clock()
        if not self._credentials or not self._credentials[0] <= now < self._credentials[0] + _LOOKED_FOR:
            self._credentials = now, tuple(self.identity.tampered(now))
        at_start = self.integrity.at_start if self.integrity else ()
        return list(dict.fromkeys((*at_start, *self._credentials[1])))

    def settings(self) -> dict[str, Any]:
        """The settings in force and where each came from, secrets masked."""
        return show(self.loaded)

    # ---- tokens ----

    def create_token(self, by: Actor, name: str, roles: str | Sequence[str], expires: str | None) -> Minted:
        """A new token; see People.create_token."""
        return self.people.create_token(by, name, roles, expires)

    def revoke_token(self, by: Actor, identity: str) -> None:
        """End a token at once; see People.revoke_token."""
        self.people.revoke_token(by, identity)

    async def as_approver(self, actor: Actor, name: str | None, password: str | None, source: str = "") -> Actor:
        """Who approves; see People.as_approver."""
        return await self.people.as_approver(actor, name, password, source)

    # ---- the audit log ----

    def audit_tail(self, count: int) -> list[bytes]:
        """The last records, oldest first, each as JSON. Blocks."""
        return tail(self.audit.folder, count)

    def audit_page(self, after: int, limit: int, since: str | None) -> list[bytes]:
        """Records after number `after`, and `since` (`2h`, or a time). Blocks. Raises UsageError."""
        return page(self.audit.folder, after, limit, since_text(since, self.clock()) if since else "")
