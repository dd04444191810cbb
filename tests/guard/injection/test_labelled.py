"""The labelled sets: nine of ten injections of the set that was held apart are found, and one clean text in twenty at most is
taken for one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from helmward.guard.injection.search import search

FOLDER = Path(__file__).parents[3] / "bench" / "labelled"


@pytest.mark.parametrize("name", ["injection-held", "injection-open"])
def test_recall_and_false_positives(name: str) -> None:
    entries = [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text().splitlines()]
    found = {True: 0, False: 0}
    count = {True: 0, False: 0}
    for entry in entries:
        bad = bool(entry.get("rule"))
        count[bad] += 1
        found[bad] += bool(search(entry["text"], entry.get("role", "user")))
    assert found[True] >= 0.9 * count[True]
    assert found[False] <= 0.05 * count[False]
