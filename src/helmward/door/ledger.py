"""What gives or takes permission, as the signed audit log says it. The rows of the state only show it.

The ledger is a fold over audit records: rebuilt from the proven log at a start, and grown by what the door records. Whoever
can write anything into the data folder can forge a row; without the key there is no record, and so no permission.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from helmward.core.nouns import Actor
from helmward.core.plans import Approval, PlanState
from helmward.door.audit import AuditError, AuditLog, Entry, Record
from helmward.door.facts import EVERYTHING, ROOMS, Fact, Held, Intent, Kill, Pause, Proposed, fact_of
from helmward.door.folds import FOLDS

__all__ = ["EVERYTHING", "ROOMS", "Fact", "Held", "Intent", "Kill", "Ledger", "Pause", "Proposed"]


class Ledger:
    """The permissions in force. It grows by `record` alone; without an audit log it is only looked at.

    `closed`: how a plan ended, by its id; `verdicts`: how an action was verified; `tokens` and `actors`: the fingerprint of
    each valid row, by id or name; `ended`: tokens that are never valid again; `signed_out`: sessions that somebody ended;
    `paused`: incidents that nothing heals by itself, and who said so; `unreviewed`: broken glass; `voided`: plans that a kill
    or another policy ended before their first write, and why; `begun`: plans with a write; `rows` and `said`: what the rows of
    actions, and the texts of ended plans, hash to; `running`: actions not known to have failed nor verified; `acts`: each
    actor's actions; both in their order.
    """

    def __init__(self, audit: AuditLog | None, clock: Callable[[], datetime], records: Iterable[Record] = ()) -> None:
        self._audit, self._clock = audit, clock
        self.proposed: dict[str, Proposed] = {}
        self.approvals: dict[str, Approval] = {}
        self.closed: dict[str, PlanState] = {}
        self.intents: dict[str, Intent] = {}
        self.verdicts: dict[str, str] = {}
        self.kills: dict[str, Kill] = {}
        self.tokens: dict[str, Held] = {}
        self.ended: set[str] = set()
        self.signed_out: set[str] = set()
        self.actors: dict[str, str] = {}
        self.paused: dict[str, Pause] = {}
        self.unreviewed: dict[str, str] = {}
        self.voided: dict[str, str] = {}
        self.begun: set[str] = set()
        self.undone: set[str] = set()
        self.running: dict[str, None] = {}
        self.acts: dict[str, list[str]] = {}
        self.rows: dict[str, str] = {}
        self.said: dict[str, str] = {}
        self.policy = ""
        self._last = datetime.min.replace(tzinfo=UTC)
        for record in records:
            self._fold(fact_of(record))

    def now(self) -> datetime:
        """The wall clock, never before the last record: a clock that is set back makes nothing valid again."""
        return max(self._clock(), self._last)

    async def record(self, entry: Entry) -> int:
        """Make it durable, then believe it; the record's number. Raises AuditError: then nothing has changed."""
        return self._believe(entry, await self._log().append(entry))

    def record_now(self, entry: Entry) -> int:
        """The same for a caller that is no coroutine; blocks."""
        return self._believe(entry, self._log().append_now(entry))

    def _log(self) -> AuditLog:
        if self._audit is None:
            raise AuditError("The audit log was only read; nothing can be recorded in it.")
        return self._audit

    def may_run(self, plan: str) -> bool:
        """Did anything ever permit this plan: an approval, policy, or the approval of what it takes back?"""
        known = self.proposed.get(plan)
        original = self.intents.get(known.undo_of) if known and known.undo_of else None
        covered = original is not None and original.plan in self.approvals
        return plan in self.approvals or covered or (known is not None and known.verdict == "allow")

    def _believe(self, entry: Entry, number: int) -> int:
        by = Actor(name=entry.actor.name, kind=entry.actor.kind)  # as the log keeps it
        at = self.now(), entry.action, entry.target, entry.outcome, by, entry.reason, entry.details
        self._fold(Fact(number, *at))
        return number

    def _fold(self, fact: Fact) -> None:
        self._last = max(self._last, fact.time)
        fold = FOLDS.get(fact.action)
        if fold is not None and (fact.outcome in ("done", "failed") or fact.action == "action.act"):
            fold(self, fact)
