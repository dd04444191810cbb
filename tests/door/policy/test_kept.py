"""A policy that has passed its trial is not tried again, as long as neither it nor what tries it has changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from helmward.door.policy.engine import PolicyError, load

from .policies import ALLOW, policy

AT_ONCE = 0.001
"""Seconds: too few for any trial."""


def test_what_has_passed_is_not_tried_again(tmp_path: Path) -> None:
    kept, good = tmp_path / "policy.tried", policy(ALLOW + 'input.tool == "x"')
    with pytest.raises(PolicyError, match="was stopped"):
        load(good, AT_ONCE, kept)
    assert not kept.exists()
    first = load(good, kept=kept)
    assert load(good, AT_ONCE, kept).hash == first.hash


def test_another_text_or_example_is_tried(tmp_path: Path) -> None:
    kept, good = tmp_path / "policy.tried", policy(ALLOW + 'input.tool == "x"')
    load(good, kept=kept)
    with pytest.raises(PolicyError, match="does not parse"):
        load(policy(ALLOW + "(input.tool"), kept=kept)
    with pytest.raises(PolicyError, match="was stopped"):
        load(policy(ALLOW + 'input.tool == "y"'), AT_ONCE, kept)
    load(good, AT_ONCE, kept)


@pytest.mark.parametrize("forged", [b"", b"passed", b"0" * 64])
def test_what_was_not_kept_by_us_counts_for_nothing(tmp_path: Path, forged: bytes) -> None:
    kept = tmp_path / "policy.tried"
    kept.write_bytes(forged)
    with pytest.raises(PolicyError, match="does not parse"):
        load(policy(ALLOW + "(input.tool"), kept=kept)


def test_a_folder_that_keeps_nothing_does_not_stop_a_start(tmp_path: Path) -> None:
    load(policy(), kept=tmp_path / "absent" / "policy.tried")
