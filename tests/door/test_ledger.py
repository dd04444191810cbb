"""The ledger: what it believes while it runs is what the proven log says after a restart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helmward.core.nouns import Actor
from helmward.door.audit import AuditError, AuditLog, Entry
from helmward.door.audit.replay import replay
from helmward.door.ledger import ROOMS, Ledger
from helmward.guard.secrets import mask_value

ALICE = Actor(name="alice", kind="user", roles=("admin",), token="tok-1234abcd")
HEAL = Actor(name="heal", kind="service")
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


def digest(number: int) -> str:
    return sha256(str(number).encode()).hexdigest()


def propose(n: int) -> Entry:
    details = {"seal": digest(n), "digest": digest(n + 1), "expires": "2026-01-31T13:00:00Z"}
    return Entry(actor=ALICE, action="plan.propose", target=f"plan-{n}", details=details)


def approve(n: int) -> Entry:
    details = {
        "digest": digest(n), "role": "approver", "expires": "2026-01-31T13:00:00Z", "policy": digest(0),
        "breakGlass": n % 2 == 0, "singleOperator": False, "identity": ALICE.token,
    }  # fmt: skip
    return Entry(actor=ALICE, action="plan.approve", target=f"plan-{n}", details=details)


def act(n: int, outcome: Any) -> Entry:
    details = {
        "plan": f"plan-{n}", "tool": "rollout_restart", "effect": "MUTATE", "uid": f"uid-{n}",
        "resource": "Deployment/a/b",
    }  # fmt: skip
    return Entry(actor=HEAL, action="action.act", target=f"act-{n}", outcome=outcome, details=details)


KINDS: list[Callable[[int], Entry]] = [
    propose,
    approve,
    lambda n: msgspec.structs.replace(approve(n), outcome="denied"),
    lambda n: Entry(actor=ALICE, action="plan.end", target=f"plan-{n}", details={"state": "done"}),
    lambda n: Entry(actor=ALICE, action="plan.deny", target=f"plan-{n}", reason="no", details={"state": "denied"}),
    lambda n: Entry(actor=ALICE, action="plan.review", target=f"plan-{n}"),
    lambda n: act(n, "intended"),
    lambda n: act(n, "done"),
    lambda n: act(n, "failed"),
    lambda n: act(n, "denied"),
    lambda n: Entry(actor=HEAL, action="action.verify", target=f"act-{n}", outcome="failed"),
    lambda n: Entry(actor=ALICE, action="kill.set", target=f"tool:t{n}", reason="stop"),
    lambda n: Entry(actor=ALICE, action="kill.lift", target=f"tool:t{n}"),
    lambda n: Entry(actor=ALICE, action="token.create", details={"id": f"tok-{n}", "fingerprint": digest(n)}),
    lambda n: Entry(actor=ALICE, action="token.revoke", target=f"tok-{n}"),
    lambda n: Entry(actor=ALICE, action="actor.create", target=f"bob{n}", details={"fingerprint": digest(n)}),
    lambda n: Entry(actor=ALICE, action="actor.remove", target=f"bob{n}"),
    lambda n: Entry(actor=ALICE, action="heal.pause", target=f"inc-{n}", reason="it did not help"),
    lambda n: Entry(actor=ALICE, action="heal.resume", target=f"inc-{n}"),
    lambda n: Entry(actor=ALICE, action="policy.load", details={"hash": digest(n)}),
    lambda n: Entry(actor=ALICE, action="tool.call", target="pods_log"),
]


def folders(tmp_path: Path) -> tuple[Path, Path]:
    data, keys = tmp_path / "data", tmp_path / "keys"
    data.mkdir(exist_ok=True)
    keys.mkdir(exist_ok=True)
    return data / "audit", keys


def opened(tmp_path: Path, segment_bytes: int = 1 << 20) -> AuditLog:
    return AuditLog(*folders(tmp_path), lambda: NOW, mask_value, segment_bytes=segment_bytes)


def believed(ledger: Ledger) -> dict[str, Any]:
    names = ("proposed", "approvals", "closed", "intents", "verdicts", "kills", "tokens", "actors", "paused")
    return {name: getattr(ledger, name) for name in (*names, "unreviewed", "policy", "running", "acts")}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    facts=st.lists(st.tuples(st.sampled_from(range(len(KINDS))), st.integers(0, 3)), max_size=60),
    segment_bytes=st.sampled_from([500, 3000, 1 << 20]),
)
def test_a_restart_believes_the_same(
    facts: list[tuple[int, int]], segment_bytes: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("ledger")
    log = opened(folder, segment_bytes)
    ledger = Ledger(log, lambda: NOW)
    for kind, number in facts:
        ledger.record_now(KINDS[kind](number))
    log.close()
    for _ in range(2):  # the second time, sealed segments are read from what the first one kept
        again = Ledger(log, lambda: NOW, replay(*folders(folder), ROOMS))
        assert believed(again) == believed(ledger)


def test_what_was_kept_is_used_and_what_is_missing_is_seen(tmp_path: Path) -> None:
    log = opened(tmp_path, 2000)
    ledger = Ledger(log, lambda: NOW)
    for n in range(30):
        ledger.record_now(propose(n))
    log.close()
    assert len(list(replay(*folders(tmp_path), ROOMS))) == 30
    audit, _ = folders(tmp_path)
    segments = sorted(audit.glob("*.jsonl"))
    data = segments[-1].read_bytes()
    segments[-1].write_bytes(data.replace(digest(29).encode(), digest(28).encode()))
    with pytest.raises(AuditError, match="does not hold"):
        list(replay(*folders(tmp_path), ROOMS))
    segments[-1].write_bytes(data[: len(data) // 2])
    with pytest.raises(AuditError):
        list(replay(*folders(tmp_path), ROOMS))


async def test_nothing_is_believed_that_is_not_durable(tmp_path: Path) -> None:
    log = opened(tmp_path)
    ledger = Ledger(log, lambda: NOW)
    log.close()
    with pytest.raises(AuditError):
        await ledger.record(approve(1))
    assert believed(ledger) == believed(Ledger(log, lambda: NOW))


def test_a_clock_that_is_set_back_makes_nothing_valid_again(tmp_path: Path) -> None:
    clock = [NOW]
    log = AuditLog(*folders(tmp_path), lambda: clock[0], mask_value)
    ledger = Ledger(log, lambda: clock[0])
    ledger.record_now(propose(1))
    clock[0] = NOW - timedelta(days=1)
    assert ledger.now() == NOW
    log.close()
    assert Ledger(log, lambda: clock[0], replay(*folders(tmp_path), ROOMS)).now() == NOW
