"""What the ledger keeps of the audit log: plans as they were recorded, intents, kills, tokens; and a record as a fact."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple

from helmward.core.nouns import Actor
from helmward.core.times import parse_time
from helmward.door.audit import Record

ROOMS = ("plan.", "action.", "kill.", "token.", "actor.", "policy.", "heal.", "session.")
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


class Pause(NamedTuple):
    """Somebody, or an undo, stopped healing of an incident."""

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


def fact_of(record: Record) -> Fact:
    """A record of the log as the ledger takes it."""
    by = Actor(name=record.actor.name, kind=record.actor.kind)  # type: ignore[arg-type]
    moment = parse_time(record.time) or datetime.min.replace(tzinfo=UTC)
    return Fact(
        record.sequence, moment, record.action, record.target, record.outcome, by, record.reason, record.details
    )
