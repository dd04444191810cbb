"""Nothing newer than the fault stands in the files of a broken cluster: short waits are over there, long ones are not."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.watch.files.helpers import plain

from helmward.watch.files import Read, read
from helmward.world.lens import Lens

THEN = "2026-01-05T10:00:00Z"
MOMENT = datetime(2026, 1, 5, 10, tzinfo=UTC)
POD = json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "creationTimestamp": THEN}})


def passed(found: Read, seconds: float) -> bool:
    return Lens(found.world, found.now).elapsed(THEN, timedelta(seconds=seconds))


def dumped(folder: Path, after: float, now: datetime | None = None) -> Read:
    """A pod just created, in a file written so many seconds `after`."""
    file = folder / "pods.json"
    file.write_text(POD)
    os.utime(file, (MOMENT.timestamp() + after,) * 2)
    return read([folder], None, mask=plain, now=now)


@pytest.mark.parametrize("after", [15, 86_400, -60])
def test_short_waits_are_over(tmp_path: Path, after: float) -> None:
    found = dumped(tmp_path, after)
    assert found.now == MOMENT
    assert passed(found, 3)
    assert passed(found, 15)
    assert not passed(found, 16)
    assert not passed(found, 60)


def test_files_written_in_the_midst_of_it_know_no_more_than_the_cluster_did(tmp_path: Path) -> None:
    found = dumped(tmp_path, 2)
    assert passed(found, 1.5)
    assert not passed(found, 3)


def test_a_clock_that_is_set_is_exact(tmp_path: Path) -> None:
    assert not passed(dumped(tmp_path, 86_400, MOMENT), 1)


def test_what_was_recent_stays_so(tmp_path: Path) -> None:
    found = dumped(tmp_path, 86_400)
    assert Lens(found.world, found.now).recent(THEN, timedelta(seconds=1))


def test_standard_input_is_of_now_and_an_old_one_of_then() -> None:
    fresh = POD.replace(THEN, datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    young = read([], fresh.encode(), mask=plain)
    assert not Lens(young.world, young.now).elapsed(young.now.isoformat(), timedelta(seconds=10))
    assert passed(read([], POD.encode(), mask=plain), 10)
