"""A token that was checked a moment ago is not looked up again, and yet ends at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from helmward.core.nouns import Actor
from helmward.door.facts import Held
from helmward.door.identity import Refused
from helmward.door.identity.remembered import SECONDS, Remembered

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


class _Ledger:
    """The part of the ledger that is asked."""

    def __init__(self) -> None:
        self.tokens = {"tok-1": Held("dana", "f1")}
        self.actors = {"dana": "a1"}


class _Counting:
    def __init__(self) -> None:
        self.asked = 0

    def check(self, text: str, now: datetime) -> Actor:
        self.asked += 1
        if text != "right":
            raise Refused("No.", "unknown", "")
        return Actor(name="dana", kind="user", roles=("viewer",), token="tok-1")


def _changes() -> list[Callable[[_Ledger], object]]:
    return [
        lambda ledger: ledger.tokens.pop("tok-1"),
        lambda ledger: ledger.tokens.update({"tok-1": Held("dana", "f2")}),
        lambda ledger: ledger.actors.update({"dana": "a2"}),
        lambda ledger: ledger.actors.pop("dana"),
    ]


def test_it_is_asked_once_and_again_after_a_while() -> None:
    source = _Counting()
    remembered = Remembered(_Ledger(), source.check)  # type: ignore[arg-type]
    for step in range(4):
        assert remembered.check("right", NOW + timedelta(seconds=step)).name == "dana"
    assert source.asked == 1
    remembered.check("right", NOW + timedelta(seconds=SECONDS))
    remembered.check("right", NOW - timedelta(seconds=60))
    assert source.asked == 3


@pytest.mark.parametrize("change", _changes())
def test_whatever_changes_in_the_ledger_asks_again(change: Callable[[_Ledger], object]) -> None:
    source, ledger = _Counting(), _Ledger()
    remembered = Remembered(ledger, source.check)  # type: ignore[arg-type]
    remembered.check("right", NOW)
    change(ledger)
    remembered.check("right", NOW)
    assert source.asked == 2


def test_a_refusal_is_never_remembered() -> None:
    source = _Counting()
    remembered = Remembered(_Ledger(), source.check)  # type: ignore[arg-type]
    for _ in range(3):
        with pytest.raises(Refused):
            remembered.check("wrong", NOW)
    assert source.asked == 3
