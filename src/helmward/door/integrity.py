"""Holds the rows of plans and actions against the signed log, and names each that is not as it was recorded.

Nothing here permits or forbids: rows permit nothing anyway. It tells people that somebody wrote into the data folder, or
that a crash came between a record and its row.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from helmward.core.nouns import Noun
from helmward.core.plans import Action, Plan
from helmward.core.text import one_line
from helmward.core.times import parse_time
from helmward.core.typed import decode
from helmward.door.actions import ended_state
from helmward.door.identity import Token
from helmward.door.ledger import Ledger, Proposed
from helmward.door.store import Store, seal, seal_text
from helmward.door.tables import actions, plans

Row = dict[str, Any]

_CRASH = "; a crash may leave that"


class Mismatch(Noun, frozen=True, kw_only=True):
    """A row that is not as the log says. `table`: where it stands; `id`: of what; `text`: in what they differ."""

    table: str
    id: str
    text: str

    def __str__(self) -> str:
        return f"{self.table}: {self.id} {self.text}"


def mismatches(ledger: Ledger, store: Store) -> list[Mismatch]:
    """Every row of plans and actions that is not as it was recorded, and every one that is missing. Blocks."""
    found = [*_plans(ledger, store.raw(plans)), *_actions(ledger, store.raw(actions))]
    return [Mismatch(table=table, id=one_line(str(identity), 60), text=text) for table, identity, text in found]


def _plans(ledger: Ledger, rows: list[Row]) -> Iterator[tuple[str, object, str]]:
    for row in rows:
        known = ledger.proposed.get(row["id"])
        text = "is in no record" if known is None else _plan(ledger, known, row)
        if text:
            yield "plans", row["id"], text
    there = {row["id"] for row in rows}
    for identity, known in list(ledger.proposed.items()):
        if identity not in there and not _is_of_no_consequence(ledger, identity, known):
            yield "plans", identity, f"is missing{_CRASH if _is_untouched(ledger, identity) else ''}"


def _plan(ledger: Ledger, known: Proposed, row: Row) -> str:
    plan = _decoded(row["data"], Plan)
    if plan is None:
        return "cannot be read"
    if plan.id != row["id"] or seal(plan) != known.seal:
        return "is not the plan that was recorded"
    if row["cluster"] != known.cluster:
        return "is filed under another cluster"
    if (row["incident"], row["created"]) != (plan.incident, plan.created):
        return "is filed under another incident or time"
    return _plan_state(ledger, plan, row)


def _plan_state(ledger: Ledger, plan: Plan, row: Row) -> str:
    state, text = row["state"], row["text"]
    if plan.id in ledger.closed:
        expected = ended_state(ledger, plan)
        if state != expected:
            return f"says {one_line(str(state), 20)}, the log says {expected}{_CRASH}"
        changed = state == ledger.closed[plan.id] and ledger.said.get(plan.id) not in ("", seal_text(str(text)))
        return "says another reason than the log" if changed else ""
    if ledger.may_run(plan.id):
        behind = state == "waiting" and plan.id in ledger.approvals
        if state not in ("approved", "running") and not (plan.undo_of and state == "waiting"):
            return f"says {one_line(str(state), 20)}, the log says approved{_CRASH if behind else ''}"
        return "" if text in _reasons(ledger, plan) else "says another reason than the log"
    expected = "refused" if plan.decision.verdict == "deny" else "waiting"
    if state != expected:
        return f"says {one_line(str(state), 20)}, the log says {expected}"
    return "" if text == plan.decision.reason else "says another reason than the log"


def _reasons(ledger: Ledger, plan: Plan) -> set[str]:
    """What the row of a plan that may run can say."""
    reasons = {plan.decision.reason}
    if plan.id in ledger.approvals:
        reasons.add(f"approved by {ledger.approvals[plan.id].approver.name}")
    if plan.undo_of in ledger.intents:
        reasons.add(f"approved with {ledger.intents[plan.undo_of].plan}")
    return reasons


def _is_of_no_consequence(ledger: Ledger, identity: str, known: Proposed) -> bool:
    """A plan that nobody decided on, and now nobody can."""
    expires = parse_time(known.expires)
    return _is_untouched(ledger, identity) and expires is not None and expires <= ledger.now()


def _is_untouched(ledger: Ledger, identity: str) -> bool:
    return identity not in ledger.approvals and identity not in ledger.closed and identity not in ledger.begun


def _actions(ledger: Ledger, rows: list[Row]) -> Iterator[tuple[str, object, str]]:
    for row in rows:
        text = _action(ledger, row)
        if text:
            yield "actions", row["id"], text
    there = {row["id"] for row in rows}
    for identity in list(ledger.rows):
        if identity not in there:
            yield "actions", identity, f"is missing{_CRASH}"


def token_mismatches(ledger: Ledger, rows: list[Token]) -> list[Mismatch]:
    """Tokens that are missing, or of which the row and the log do not say alike whether they ended; what else may be wrong
    with them, the identity tells (Identity.tampered)."""
    found = []
    for row in rows:
        if row.state != "forged" and (row.id in ledger.tokens) != (row.revoked is None):
            ended = "has not ended" if row.revoked is None else "has ended"
            found.append((row.id, f"says that it {ended}, the log says otherwise{_CRASH}"))
    there = {row.id for row in rows}
    found += [(missing, f"is missing{_CRASH}") for missing in list(ledger.tokens) if missing not in there]
    return [Mismatch(table="tokens", id=one_line(identity, 60), text=text) for identity, text in found]


def _action(ledger: Ledger, row: Row) -> str:
    wanted = ledger.rows.get(row["id"])
    if wanted is None:
        return "is in no record"
    action = _decoded(row["data"], Action)
    if action is None:
        return "cannot be read"
    if action.id != row["id"] or seal(action) != wanted:
        return f"is not as it was recorded{_CRASH}"
    intent = ledger.intents.get(action.id)
    misfiled = (row["plan"], row["state"]) != (action.plan, action.state)
    return "is filed under another plan, state or object" if misfiled or (intent and intent.uid != row["uid"]) else ""


def _decoded(data: Any, kind: type[Any]) -> Any:
    try:
        return decode(data, kind)
    except (msgspec.MsgspecError, TypeError):
        return None
