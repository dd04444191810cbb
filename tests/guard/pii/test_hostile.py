"""Hostile texts take no quadratic time, and what fails blocks."""

from __future__ import annotations

import time

import pytest

from helmward.guard.contract import About
from helmward.guard.guards.data_class import DataClassMarks
from helmward.guard.guards.pii import Pii
from helmward.guard.pipeline import Guards

GUARDS = Guards([Pii(), DataClassMarks()])
PIECES = (
    "a@a.",
    "a@b.example.com ",
    "+1 415 ",
    "1 2 3 ",
    "ssn ",
    "SSN is 123-45-",
    "이름은 김철",
    "phone: 1",
    "4111 ",
    "4111111111111111",
    "DE89",
    "DE89 3704 ",
    "My name is A",
    "1 Main ",
    "apiVersion: ",
    "TLP: ",
    "10.10.",
    "가",
)


@pytest.mark.parametrize("piece", PIECES)
def test_no_quadratic_time(piece: str) -> None:
    """Eight times the text may cost forty times as much, not sixty-four."""
    costs = [min(_seconds(piece * (size // len(piece))) for _ in range(2)) for size in (5_000, 40_000)]
    assert costs[1] < 40 * max(costs[0], 0.001)


def _seconds(text: str) -> float:
    begin = time.process_time()
    verdict = GUARDS.check(text, About("assistant"))
    assert verdict.verdict in ("allow", "mask")
    return time.process_time() - begin
