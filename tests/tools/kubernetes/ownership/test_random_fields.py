"""For any object and any owners, the reader of FieldsV1 finds who was made to hold each path."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from helmward.tools.kubernetes.ownership import managers_of

from .encoder import Drawn, draw


@settings(max_examples=400, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_reader_agrees_with_what_was_drawn(random: Random) -> None:
    drawn = draw(random)
    found = managers_of(drawn.item, drawn.pointers)
    for pointer in drawn.pointers:
        manager = found[pointer]
        expected = _holders(drawn, pointer)
        assert ({manager.name, *manager.others} if manager else set()) == expected, pointer
        exact = {name for name in expected if pointer in drawn.held[name]}
        if manager and exact:
            assert manager.name == max(exact), "the latest of those that hold the path itself"


@settings(max_examples=100, deadline=None)
@given(st.randoms(use_true_random=False))
def test_nobody_holds_what_is_not_there(random: Random) -> None:
    drawn = draw(random)
    absent = [f"{pointer}/absent" for pointer in drawn.pointers]
    assert set(managers_of(drawn.item, absent).values()) <= {None}


def _holders(drawn: Drawn, pointer: str) -> set[str]:
    """Who holds the path or something inside; if nobody does, who holds a parent and nothing inside that."""
    inside = {name for name, held in drawn.held.items() if any(_within(one, pointer) for one in held)}
    if inside:
        return inside
    return {
        name
        for name, held in drawn.held.items()
        if any(
            _within(pointer, one) and not any(other != one and _within(other, one) for other in held) for one in held
        )
    }


def _within(inner: str, outer: str) -> bool:
    return inner == outer or inner.startswith(f"{outer}/")
