"""Evidence that kubectl printed, without one line of JSON: whatever a part of it still proves is found, and no more."""

from __future__ import annotations

from pathlib import Path

import pytest

from .expected import EXPECTED, SYMPTOMS
from .judge import diagnose, first_cause, first_finding
from .parts import SUBSETS, at_random, recorded, scenarios, write

_SEEDS = range(60)
_FEW_SEEDS = range(8)


def test_every_recording_has_its_expectation() -> None:
    assert sorted(EXPECTED) == scenarios()


@pytest.mark.parametrize("scenario", EXPECTED)
def test_first_cause_of_every_part(scenario: str, tmp_path: Path) -> None:
    whole = recorded(scenario)
    found = {name: first_cause(diagnose(write(take(whole), tmp_path / name))) for name, take in SUBSETS.items()}
    assert found == {name: EXPECTED[scenario].of(name) for name in SUBSETS}


def test_a_healthy_shop_is_silent_whatever_is_left_out(tmp_path: Path) -> None:
    whole = recorded("healthy")
    for seed in _SEEDS:
        parts = at_random(whole, seed)
        if parts:
            report = diagnose(write(parts, tmp_path / str(seed)))
            assert report["incidents"] == [], sorted(parts)


@pytest.mark.parametrize("scenario", EXPECTED)
def test_nothing_else_is_ever_blamed(scenario: str, tmp_path: Path) -> None:
    whole, expected = recorded(scenario), EXPECTED[scenario]
    fitting = {expected.slug, *(expected.of(subset)[0] for subset in SUBSETS), *expected.also, *SYMPTOMS}
    for seed in _FEW_SEEDS:
        parts = at_random(whole, seed)
        report = diagnose(write(parts, tmp_path / str(seed))) if parts else {"incidents": []}
        blamed = [first_finding(report, incident)["slug"] for incident in report["incidents"]]
        assert fitting.issuperset(blamed), (blamed, sorted(parts))
