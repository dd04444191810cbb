"""What one question may use, and what of a reply is looked at."""

from __future__ import annotations

from typing import Any

import pytest

from helmward.ask.loop.bounds import bounded
from helmward.ask.loop.budget import ANSWER_TOKENS, Budget
from helmward.core.model import Offered, Reply, ToolCall, Turn

TURNS = (Turn(role="user", text="x" * 3000),)
TOOLS = (Offered(name="look", description="d" * 300, schema={}),)


def test_an_upstream_that_reports_nothing_is_not_believed() -> None:
    budget = Budget(8, 60.0, 10_000)
    budget.spent(Reply(text="y" * 3000), TURNS, TOOLS)
    assert budget.used > 1400
    assert budget.cost is None


def test_one_that_reports_more_is() -> None:
    budget = Budget(8, 60.0, 10_000)
    budget.spent(Reply(text="", input_tokens=5000, output_tokens=100, cost=0.5), TURNS, TOOLS)
    budget.spent(Reply(text="", input_tokens=4000, output_tokens=100, cost=0.25), TURNS, TOOLS)
    assert (budget.used, budget.rounds, budget.cost) == (9200, 2, 0.75)
    assert not budget.affords(TURNS, TOOLS)


def test_a_reply_may_have_what_is_left() -> None:
    assert Budget(8, 60.0, 100_000).affords(TURNS, TOOLS) == ANSWER_TOKENS
    assert 64 <= Budget(8, 60.0, 1500).affords(TURNS, TOOLS) < ANSWER_TOKENS
    assert Budget(8, 60.0, 1000).affords(TURNS, TOOLS) == 0


def test_the_last_round_is_kept_for_the_answer() -> None:
    assert Budget(8, 60.0, 50_000).another(TURNS, TOOLS)
    assert not Budget(8, 60.0, 5000).another(TURNS, TOOLS)


def test_the_same_call_is_known_in_any_order_of_its_arguments() -> None:
    budget = Budget(8, 60.0, 1000)
    assert not budget.repeated("look", {"a": 1, "b": [2]})
    assert not budget.repeated("look", {"a": 1, "b": [3]})
    assert budget.repeated("look", {"b": [2], "a": 1})
    assert budget.repeats == 1


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"a": {"b": [1, "x"]}}, {"a": {"b": [1, "x"]}}),
        ({"a": float("nan")}, {"a": None}),
        ({"a": "x" * 20_000}, None),
        ({"a": [[[[[[[[[[[1]]]]]]]]]]]}, None),
        ({"a": "\ud800"}, None),
        ({"a": {1, 2}}, {"a": [1, 2]}),
        ({"a": object()}, None),
        (None, None),
    ],
)
def test_arguments_are_what_json_can_hold(given: Any, kept: Any) -> None:
    reply = bounded(Reply(text="", calls=(ToolCall(id="evil\n", name="n" * 1000, arguments=given),)))
    (call,) = reply.calls
    assert (call.arguments, call.id, len(call.name)) == (kept, "", 200)


def test_a_reply_is_cut() -> None:
    calls = tuple(ToolCall(id="x", name="look", arguments={}) for _ in range(1000))
    reply = bounded(Reply(text="\ud800" + "x" * 1_000_000, calls=calls))
    assert (len(reply.calls), len(reply.text), reply.text[0]) == (16, 64 * 1024, "?")
