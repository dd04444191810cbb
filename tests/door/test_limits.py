"""Limits count what the log says: in their window, of their actor and effects, and the same after a restart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from helmward.core.nouns import Actor
from helmward.core.plans import Effect
from helmward.core.settings_changes import LimitSettings
from helmward.door.audit import AuditLog, Entry
from helmward.door.audit.replay import replay
from helmward.door.ledger import ROOMS, Ledger
from helmward.door.limits import LimitReached, Limits
from helmward.guard.secrets import mask_value

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
BOT = Actor(name="bot", kind="agent")
RITA = Actor(name="rita", kind="user")


class Desk:
    """A ledger on a real log, and a clock."""

    def __init__(self, folder: Path) -> None:
        self.data, self.keys = folder / "data", folder / "keys"
        self.clock, self.count = NOON, 0
        for one in (self.data, self.keys):
            one.mkdir(exist_ok=True)
        self.open()

    def open(self) -> None:
        self.audit = AuditLog(self.data / "audit", self.keys, lambda: self.clock, mask_value)
        self.ledger = Ledger(self.audit, lambda: self.clock, replay(self.data / "audit", self.keys, ROOMS))

    def reopen(self) -> None:
        self.audit.close()
        self.open()

    def intend(self, by: Actor = BOT, effect: str = "MUTATE") -> str:
        self.count += 1
        name = f"act-{self.count}"
        details = {"plan": "plan-a", "tool": "t", "effect": effect, "uid": "u", "resource": "r"}
        self.record(by, "action.act", name, "intended", details)
        return name

    def record(self, by: Actor, action: str, name: str, outcome: Any, details: dict[str, Any] | None = None) -> None:
        self.ledger.record_now(
            Entry(actor=by, action=action, target=name, outcome=outcome, details=details or {"plan": "plan-a"})
        )

    def check(self, limit: LimitSettings, by: Actor = BOT, effect: Effect = Effect.MUTATE) -> None:
        Limits(self.ledger, [limit]).check_act(by, effect, "production")


@pytest.fixture
def desk(tmp_path: Path) -> Any:
    made = Desk(tmp_path)
    yield made
    made.audit.close()


TWO_A_MINUTE = LimitSettings(actions=2, seconds=60)


def test_the_third_in_the_window_is_one_too_many_until_the_first_has_left_it(desk: Desk) -> None:
    for second in (0, 30):
        desk.clock = NOON + timedelta(seconds=second)
        desk.check(TWO_A_MINUTE)
        desk.intend()
    with pytest.raises(LimitReached, match="made 2 actions in the last 60 s"):
        desk.check(TWO_A_MINUTE)
    desk.clock = NOON + timedelta(seconds=60)
    desk.check(TWO_A_MINUTE)


def test_others_and_other_effects_are_not_counted(desk: Desk) -> None:
    desk.intend(RITA)
    desk.intend(effect="DESTRUCTIVE")
    desk.intend()
    alone = LimitSettings(actions=2, seconds=60, effects=("MUTATE",))
    desk.check(alone)
    with pytest.raises(LimitReached):
        desk.check(TWO_A_MINUTE)


def test_a_restart_with_a_clock_set_back_forgets_nothing(desk: Desk) -> None:
    desk.clock = NOON + timedelta(days=1)
    desk.intend()
    desk.clock = NOON
    desk.intend()
    for _ in range(2):
        with pytest.raises(LimitReached):
            desk.check(TWO_A_MINUTE)
        desk.reopen()


def test_only_unfinished_actions_run_at_once(desk: Desk) -> None:
    one = LimitSettings(concurrent=1)
    desk.check(one)
    name = desk.intend()
    for action, outcome in (("action.act", "failed"), ("action.verify", "done"), ("action.verify", "failed")):
        with pytest.raises(LimitReached, match="1 actions of bot are unfinished"):
            desk.check(one)
        desk.reopen()
        with pytest.raises(LimitReached):
            desk.check(one)
        desk.check(one, RITA)
        if action == "action.verify":
            desk.record(BOT, "action.act", name, "done")
            with pytest.raises(LimitReached):
                desk.check(one)
        desk.record(BOT, action, name, outcome)
        desk.check(one)
        name = desk.intend()


def test_an_action_holds_its_object_until_it_is_verified_or_known_to_have_failed(desk: Desk) -> None:
    first, second = desk.intend(), desk.intend(RITA)
    assert list(desk.ledger.running) == [first, second]
    desk.record(BOT, "action.act", first, "done")
    desk.record(RITA, "action.act", second, "failed")
    assert list(desk.ledger.running) == [first]
    desk.reopen()
    assert list(desk.ledger.running) == [first]
    desk.record(BOT, "action.verify", first, "failed")
    assert not desk.ledger.running
