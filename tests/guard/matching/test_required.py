"""The words that a pattern needs stand in whatever it matches; so asking for them first loses nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from helmward.guard.injection.folding import fold
from helmward.guard.injection.search import _phrases
from helmward.guard.matching.required import required

_LABELLED = Path(__file__).parents[3] / "bench" / "labelled" / "injection-open.jsonl"


@pytest.mark.parametrize(
    ("pattern", "needed"),
    [
        (r"ignore (?:all )?previous", [{"ignore"}, {"previous"}]),
        (r"(?:forget|drop) it", [{"forget", "drop"}]),
        (r"(?:forget|\d+) it", []),
        (r"(?:secret)?s? key", [{"key"}]),
        (r"(?i)SYSTEM\s+prompts?", [{"system"}, {"prompt"}]),
        (r"(?:really ){2,}now", [{"really"}, {"now"}]),
        (r"[a-z]+\d", []),
    ],
)
def test_words_of_each_part(pattern: str, needed: list[set[str]]) -> None:
    assert sorted(map(sorted, required(pattern))) == sorted(map(sorted, needed))


def test_nothing_is_lost_of_the_phrases() -> None:
    """What the table finds all at once, it finds by words too."""
    table = _phrases()._plain
    hits = 0
    for line in _LABELLED.read_text().splitlines():
        data = fold(json.loads(line)["text"]).encode("utf-8", "replace")
        whole = set(table._hits(data))
        assert whole <= set(table._likely(data, set(re.findall(rb"[a-z]{3,}", data.lower())))), line
        hits += len(whole)
    assert hits > 200
