"""What gives or takes permission, as the signed audit log says it. The rows of the state only show it.

The ledger is a fold over audit records: rebuilt from the proven log at a start, and grown by what the door records. Whoever
can write anything into the data folder can forge a row; without the key there is no record, and so no permission.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

from helmward.core.nouns import Actor, Scope
from helmward.core.plans import Approval, PlanState
from helmward.core.times import format_time, parse_time
from helmward.door.audit import AuditError, AuditLog, Entry, Record

ROOMS = ("plan.", "action.", "kill.", "token.", "actor.", "policy.", "heal.")
"""The actions (by their first word) that the ledger lives on."""

EVERYTHING = "all"


class Proposed(NamedTuple):
    """A plan as it was recorded. `seal` is a hash over all of it."""

    seal: str
    digest: str
    requester: str
    expires: str
    cluster: str = ""
    tools: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()
    verdict: str = ""
    undo_of: str | None = None


class Intent(NamedTuple):
    """A write that was about to be made, and how it went: None, `done` or `failed`. `standing`: the findings at high or above
    that stood around its object before; `acted`: when it was known that the write was made."""

    plan: str
    actor: str
    tool: str
    effect: str
    uid: str
    resource: str
    time: datetime
    outcome: str | None
    undo_of: str | None = None
    standing: tuple[str, ...] = ()
    acted: datetime | None = None


class Kill(NamedTuple):
    """Somebody pulled the switch for a scope: `all`, `actor:NAME`, `tool:NAME` or `system:NAME`."""

    scope: str
    by: str
    time: datetime
    reason: str


class Held(NamedTuple):
    """A token: whose it is, and the fingerprint of its row."""

    actor: str
    fingerprint: str


class Fact(NamedTuple):
    """A record as far as permissions go."""

    number: int
    time: datetime
    action: str
    target: str
    outcome: str
    by: Actor
    reason: str
    details: dict[str, Any]


class Ledger:
    """The permissions in force. It grows by `record` alone; without an audit log it is only looked at.

    `closed`: how a plan ended, by its id; `verdicts`: how an action was verified; `tokens` and `actors`: the fingerprint of
    each valid row, by id or name; `ended`: tokens that are never valid again; `paused`: incidents that nothing heals by
    itself, and why; `unreviewed`: broken glass; `voided`: plans that a kill or another policy ended before their first write,
    and why; `begun`: plans with a write; `rows` and `said`: what the rows of actions, and the texts of ended plans, hash to;
    `running`: actions not known to have failed nor verified; `acts`: each actor's actions; both in their order.
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
        self.actors: dict[str, str] = {}
        self.paused: dict[str, str] = {}
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
            self._fold(_fact(record))

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
        fold = _FOLDS.get(fact.action)
        if fold is not None and (fact.outcome in ("done", "failed") or fact.action == "action.act"):
            fold(self, fact)


def _fact(record: Record) -> Fact:
    by = Actor(name=record.actor.name, kind=record.actor.kind)  # type: ignore[arg-type]
    moment = parse_time(record.time) or datetime.min.replace(tzinfo=UTC)
    return Fact(
        record.sequence, moment, record.action, record.target, record.outcome, by, record.reason, record.details
    )


def _propose(ledger: Ledger, fact: Fact) -> None:
    given = fact.details
    tools, systems = tuple(given.get("tools", ())), tuple(given.get("systems", ()))
    ledger.proposed[fact.target] = Proposed(
        seal=given["seal"],
        digest=given["digest"],
        requester=fact.by.name,
        expires=given["expires"],
        cluster=given.get("cluster", ""),
        tools=tools,
        systems=systems,
        verdict=given.get("verdict", ""),
        undo_of=given.get("undoOf"),
    )


def _approve(ledger: Ledger, fact: Fact) -> None:
    given = fact.details
    ledger.approvals[fact.target] = Approval(
        plan=fact.target,
        digest=given["digest"],
        approver=msgspec.structs.replace(
            fact.by,
            roles=(given["role"],),
            token=given["identity"],
            scope=msgspec.convert(given.get("scope", {}), Scope),
        ),
        role=given["role"],
        time=format_time(fact.time),
        expires=given["expires"],
        policy=given["policy"],
        record=fact.number,
        reason=fact.reason,
        break_glass=given["breakGlass"],
        single_operator=given["singleOperator"],
    )
    if given["breakGlass"]:
        ledger.unreviewed[fact.target] = fact.by.name


def _end(ledger: Ledger, fact: Fact) -> None:
    ledger.closed[fact.target] = fact.details["state"]
    ledger.said[fact.target] = fact.details.get("text", "")


def _act(ledger: Ledger, fact: Fact) -> None:
    given = fact.details
    _row(ledger, fact)
    if fact.outcome == "intended":
        ledger.begun.add(given["plan"])
        if fact.target not in ledger.intents:
            ledger.intents[fact.target] = Intent(
                given["plan"],
                fact.by.name,
                given["tool"],
                given["effect"],
                given["uid"],
                given["resource"],
                ledger._last,  # not before the one recorded last, as it was believed when it was new
                None,
                given.get("undoOf"),
                tuple(given.get("standing", ())),
            )
            ledger.acts.setdefault(fact.by.name, []).append(fact.target)
    elif fact.target in ledger.intents and fact.outcome in ("done", "failed"):
        acted = fact.time if fact.outcome == "done" else None
        ledger.intents[fact.target] = ledger.intents[fact.target]._replace(outcome=fact.outcome, acted=acted)
    _runs(ledger, fact.target)


def _verify(ledger: Ledger, fact: Fact) -> None:
    ledger.verdicts[fact.target] = fact.outcome
    _row(ledger, fact)
    _runs(ledger, fact.target)


def _runs(ledger: Ledger, action: str) -> None:
    """Kept, since each act asks for these few and there may be a hundred thousand others."""
    intent = ledger.intents.get(action)
    if intent is not None:
        if intent.outcome is None or (intent.outcome == "done" and action not in ledger.verdicts):
            ledger.running[action] = None
        else:
            ledger.running.pop(action, None)


def _mark(ledger: Ledger, fact: Fact) -> None:
    _row(ledger, fact)
    if fact.details.get("state") == "undone":
        ledger.undone.add(fact.target)


def _row(ledger: Ledger, fact: Fact) -> None:
    if "row" in fact.details:
        ledger.rows[fact.target] = fact.details["row"]


def _kill(ledger: Ledger, fact: Fact) -> None:
    ledger.kills[fact.target] = Kill(fact.target, fact.by.name, fact.time, fact.reason)
    _void(ledger, fact.target, f"{fact.by.name} pulled the kill switch for {fact.target.replace(':', ' ', 1)}")


def _filed(ledger: Ledger, fact: Fact) -> None:
    _void(ledger, EVERYTHING, "a file held the kill switch on")


def _void(ledger: Ledger, scope: str, why: str) -> None:
    """End what has not begun: nothing that waited then is carried out later."""
    for plan, known in ledger.proposed.items():
        if plan in ledger.closed or plan in ledger.begun or plan in ledger.voided:
            continue
        approval = ledger.approvals.get(plan)
        actors = [known.requester, *([approval.approver.name] if approval else [])]
        about = {EVERYTHING, *(f"actor:{name}" for name in actors), *(f"tool:{name}" for name in known.tools)}
        if scope in about | {f"system:{name}" for name in known.systems}:
            ledger.voided[plan] = why


def _revive(ledger: Ledger, fact: Fact) -> None:
    ledger.kills.pop(fact.target, None)


def _token(ledger: Ledger, fact: Fact) -> None:
    given = fact.details
    if fact.outcome != "done" or "fingerprint" not in given or given["id"] in ledger.ended:
        return
    if given.get("sole"):
        _end_all(ledger, fact.target)
    ledger.tokens[given["id"]] = Held(fact.target, given["fingerprint"])
    ledger.ended.discard(given["id"])


def _end_token(ledger: Ledger, fact: Fact) -> None:
    ledger.tokens.pop(fact.target, None)
    ledger.ended.add(fact.target)


def _end_all(ledger: Ledger, actor: str) -> None:
    for identity in [identity for identity, held in list(ledger.tokens.items()) if held.actor == actor]:
        del ledger.tokens[identity]
        ledger.ended.add(identity)


def _actor(ledger: Ledger, fact: Fact) -> None:
    ledger.actors[fact.target] = fact.details["fingerprint"]


def _end_actor(ledger: Ledger, fact: Fact) -> None:
    ledger.actors.pop(fact.target, None)
    _end_all(ledger, fact.target)


def _policy(ledger: Ledger, fact: Fact) -> None:
    if ledger.policy not in ("", fact.details["hash"]):
        _void(ledger, EVERYTHING, "the policy changed since it was made")
    ledger.policy = fact.details["hash"]


def _pause(ledger: Ledger, fact: Fact) -> None:
    ledger.paused[fact.target] = fact.reason


def _resume(ledger: Ledger, fact: Fact) -> None:
    ledger.paused.pop(fact.target, None)


def _review(ledger: Ledger, fact: Fact) -> None:
    ledger.unreviewed.pop(fact.target, None)


_FOLDS: dict[str, Callable[[Ledger, Fact], None]] = {
    "plan.propose": _propose,
    "plan.approve": _approve,
    "plan.end": _end,
    "plan.review": _review,
    "action.act": _act,
    "action.verify": _verify,
    "action.mark": _mark,
    "kill.file": _filed,
    "kill.set": _kill,
    "kill.lift": _revive,
    "token.create": _token,
    "token.adopt": _token,
    "token.revoke": _end_token,
    "actor.create": _actor,
    "actor.change": _actor,
    "actor.remove": _end_actor,
    "policy.load": _policy,
    "heal.pause": _pause,
    "heal.resume": _resume,
}
