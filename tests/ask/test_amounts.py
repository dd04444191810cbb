"""How far back, and how many lines."""

from __future__ import annotations

import pytest

from helmward.ask.amounts import amount
from helmward.ask.results import Command

from .saying import ask, is_a_change


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("what changed in the last 30 minutes", "changes --since 30m"),
        ("What changed in the last hour?", "changes --since 1h"),
        ("what changed over the past two hours in production", "changes --since 2h -n production"),
        ("what changed", "changes --since 24h"),
        ("최근 30분 동안 바뀐 거 보여줘", "changes --since 30m"),
        ("logs of redis from the last 10 minutes", "since=10m"),
        ("logs of redis since 5m", "since=5m"),
        ("show me the last 100 lines of redis logs", "tail_lines=100"),
        ("redis 로그 마지막 50줄", "tail_lines=50"),
    ],
)
def test_a_question_looks_as_far_as_it_says(text: str, line: str) -> None:
    result = ask(text)
    assert isinstance(result, Command) and not result.changes
    assert all(line in one for one in result.lines), result.lines
    assert not result.notes


@pytest.mark.parametrize(
    "text",
    [
        "restart redis in the last 5 minutes",
        "restart redis since 5m",
        "scale redis to the last 3 lines",
        "최근 5분 동안 redis 재시작해줘",
    ],
)
def test_no_change_is_made_of_words_that_were_left_out(text: str) -> None:
    assert not is_a_change(ask(text))


def test_what_is_said_twice_is_not_guessed() -> None:
    assert amount("logs of the last 5 minutes since 2h") is None
    assert amount("logs of redis") is None
