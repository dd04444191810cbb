"""The breaker: when it opens, whom it lets pass, when it closes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from helmward.gateway.routing.breaker import FEWEST, FIRST_PAUSE, LONGEST_OBEYED, LONGEST_PAUSE, WINDOW, Breaker

from .world import Clock


def _broken(clock: Clock) -> Breaker:
    breaker = Breaker(clock)
    for _ in range(FEWEST):
        assert breaker.enter()
        breaker.failed("down")
    return breaker


def test_it_opens_after_enough_failures_and_lets_nobody_pass() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    for _ in range(FEWEST - 1):
        breaker.failed("down")
    assert breaker.state == "closed" and breaker.enter()
    breaker.failed("down")
    assert breaker.state == "open" and not breaker.enter() and not breaker.may_pass()
    assert breaker.health()[:4] == ("open", FEWEST, FEWEST, FIRST_PAUSE)


def test_failures_that_are_few_among_successes_do_not_open_it() -> None:
    breaker = Breaker(Clock())
    for _ in range(20):
        breaker.succeeded()
        breaker.succeeded()
        breaker.failed("once in a while")
    assert breaker.state == "closed"


def test_failures_of_long_ago_do_not_count() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    for _ in range(FEWEST * 3):
        breaker.failed("down")
        clock.now += WINDOW / 3
    assert breaker.state == "closed"


def test_half_open_one_probe_passes_and_decides() -> None:
    clock = Clock()
    breaker = _broken(clock)
    clock.now += FIRST_PAUSE
    assert breaker.state == "half-open" and breaker.may_pass()
    assert breaker.enter() and not breaker.enter() and not breaker.may_pass()
    breaker.succeeded()
    assert breaker.state == "closed" and breaker.enter() and breaker.enter()


def test_a_probe_that_fails_opens_it_for_longer_up_to_a_bound() -> None:
    clock = Clock()
    breaker = _broken(clock)
    pauses = []
    for _ in range(8):
        pauses.append(breaker.reopens)
        clock.now += breaker.reopens
        assert breaker.enter()
        breaker.failed("still down")
    assert pauses[:3] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE] and pauses[-1] == LONGEST_PAUSE


def test_a_probe_whose_caller_is_gone_gives_its_place_back() -> None:
    clock = Clock()
    breaker = _broken(clock)
    clock.now += FIRST_PAUSE
    assert breaker.enter()
    breaker.left()
    assert breaker.enter()


def test_a_caller_of_before_says_nothing_while_a_probe_decides() -> None:
    clock = Clock()
    breaker = _broken(clock)
    breaker.succeeded()
    assert breaker.state == "open"
    clock.now += FIRST_PAUSE
    breaker.succeeded()
    assert breaker.state == "half-open"


@pytest.mark.parametrize(("asked", "obeyed"), [(7.0, 7.0), (10 * LONGEST_OBEYED, LONGEST_OBEYED)])
def test_what_an_upstream_asks_for_is_obeyed_within_a_bound(asked: float, obeyed: float) -> None:
    clock = Clock()
    breaker = Breaker(clock)
    breaker.failed("limited", retry_after=asked)
    assert breaker.reopens == obeyed and not breaker.enter()
    clock.now += obeyed
    assert breaker.enter()


@settings(max_examples=100)
@given(
    some.lists(
        some.tuples(some.sampled_from(["enter", "good", "bad", "left", "limited"]), some.floats(0, 40)), max_size=60
    )
)
def test_never_more_than_one_probe_and_it_always_opens_again(steps: list[tuple[str, float]]) -> None:
    clock = Clock()
    breaker = Breaker(clock)
    probes = 0
    for step, seconds in steps:
        clock.now += seconds
        closed = breaker.state == "closed"
        if step == "enter" and breaker.enter() and not closed:
            probes += 1
            assert probes == 1
        elif step in ("good", "bad", "limited", "left") and (closed or probes):
            {
                "good": breaker.succeeded,
                "bad": lambda: breaker.failed("down"),
                "limited": lambda: breaker.failed("limited", 3.0),
                "left": breaker.left,
            }[step]()
            probes = 0
        assert 0 <= breaker.reopens <= LONGEST_OBEYED
    if probes:
        breaker.left()
    clock.now += LONGEST_OBEYED
    assert breaker.enter()
