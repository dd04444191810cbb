"""What a start reads of a long audit log: the permissions that were given and taken, every record proven on the way."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Any

from bench import audit
from bench.measure import child, row

_ACTIONS, _LOOKS = 100_000, 20
_CALLS = 10
"""Of so many records one belongs to a change; the others are reading calls."""


def run() -> None:
    """A log of a million records, with all that was asked, approved and done in it."""
    with tempfile.TemporaryDirectory() as folder:
        size = child("bench.door_replay:fill", folder).said["bytes"]
        audit.verifying(folder, size)
        row("the ledger at a start", "CPU s", "wall s", "peak MiB", "actions")
        read = child("bench.door_replay:only_read", folder)
        row("reading the same files, and nothing more", f"{read.cpu:.2f}", f"{read.wall:.2f}", f"{read.peak:.0f}")
        for name in ("the first start: all of it", "the next: what is new, the rest was kept"):
            figures = child("bench.door_replay:replayed", folder)
            cells = f"{figures.cpu:.2f}", f"{figures.wall:.2f}", f"{figures.peak:.0f}", f"{figures.said['actions']:,}"
            row(name, *cells)
    _limits()


def _limits() -> None:
    """What each act asks of all that was done before it."""
    row("the limits before an act", "µs")
    for name, count in (("after 1,000 actions", 1_000), (f"after {_ACTIONS:,} actions", _ACTIONS)):
        row(name, f"{child('bench.door_replay:limits', str(count)).said['seconds'] * 1e6:.0f}")


def limits(count: str) -> dict[str, float]:
    """Seconds of CPU that one look takes, of an actor who did a fiftieth of so many actions in the last day."""
    from helmward.core.nouns import Actor
    from helmward.core.plans import Effect
    from helmward.core.settings_changes import ChangeSettings
    from helmward.core.times import format_time
    from helmward.door.audit.record import Record, Who
    from helmward.door.ledger import Ledger
    from helmward.door.limits import Limits

    now, every = datetime.now(UTC), timedelta(days=1) / int(count)
    shared: dict[str, Any] = {"hash": "", "reason": ""}
    records = []
    for number in range(len(_STEPS) * int(count)):
        entry = _entry(_CALLS * number)
        time = format_time(now - every * (int(count) - number // len(_STEPS)))
        who = Who(name=entry.actor.name, kind="user")
        parts = {"action": entry.action, "target": entry.target, "outcome": entry.outcome, "details": entry.details}
        records.append(Record(sequence=number + 1, time=time, actor=who, **parts, **shared))
    ledger = Ledger(None, lambda: now, records)  # nothing is recorded here
    limits = Limits(ledger, ChangeSettings().limits)
    begun = process_time()
    for _ in range(_LOOKS):
        limits.check_act(Actor(name="person-7", kind="user"), Effect.MUTATE, "production")
    return {"seconds": (process_time() - begun) / _LOOKS}


def fill(folder: str) -> dict[str, int]:
    """Changes among reading calls."""
    return audit.filled(Path(folder), audit.RECORDS, _entry)


def only_read(folder: str) -> dict[str, int]:
    """The baseline."""
    return {"bytes": sum(len(file.read_bytes()) for file in (Path(folder) / "long" / "audit").iterdir())}


def replayed(folder: str) -> dict[str, int]:
    """The ledger, as the house makes it at a start."""
    from helmward.door.audit.replay import replay
    from helmward.door.ledger import ROOMS, Ledger

    data, keys = Path(folder) / "long", Path(folder) / "keys"
    records = replay(data / "audit", keys, ROOMS)
    ledger = Ledger(None, lambda: datetime.now(UTC), records)  # nothing is recorded here
    return {"actions": len(ledger.intents)}


def _entry(number: int) -> Any:
    from helmward.core.nouns import Actor
    from helmward.door.audit import Entry

    if number % _CALLS:
        return audit.call(number)
    change, step = divmod(number // _CALLS, len(_STEPS))
    action, target, outcome, details = _STEPS[step]
    names = {"plan": f"plan-{change}", "action": f"act-{change}-0"}
    given = {"plan": names["plan"], **details}
    actor = Actor(name=f"person-{change % 50}", kind="user", roles=("admin",))
    return Entry(actor=actor, action=action, target=names[target], outcome=outcome, details=given)


_HASH = "0123456789abcdef" * 4
_STEPS: tuple[tuple[str, str, Any, dict[str, Any]], ...] = (
    ("plan.propose", "plan", "done", {
        "seal": _HASH, "digest": _HASH, "expires": "2026-02-01T12:00:00Z", "verdict": "ask", "policy": _HASH,
        "environment": "production", "incident": None, "undoOf": None, "cluster": "https://127.0.0.1:6443",
        "systems": ["kubernetes"], "tools": ["rollout_undo"], "targets": ["Deployment production/payment-service"],
    }),
    ("plan.approve", "plan", "done", {
        "digest": _HASH, "role": "admin", "expires": "2026-02-01T12:00:00Z", "policy": _HASH, "breakGlass": False,
        "singleOperator": False, "scope": {}, "identity": "tok-1", "requester": "dana",
    }),
    ("action.act", "action", "intended", {
        "number": 0, "digest": _HASH, "tool": "rollout_undo", "effect": "MUTATE", "uid": "8a3f", "verb": "patch",
        "resource": "Deployment production/payment-service", "permission": "approved by anna (admin)",
        "undoOf": None, "incident": None, "standing": [], "row": _HASH,
    }),
    ("action.act", "action", "done", {"resource": "Deployment production/payment-service", "version": "812", "row": _HASH}),
    ("action.verify", "action", "done", {"proof": ["every replica is available"], "row": _HASH}),
    ("plan.end", "plan", "done", {"state": "done", "incident": None, "text": _HASH}),
)  # fmt: skip
