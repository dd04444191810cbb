"""Times to see, explain and mend: each from moments that are known, and from no others."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from tests.world.test_book import START, finding, incident

from helmward.core.nouns import Incident, Moment
from helmward.core.times import format_time
from helmward.house.lasting import times
from helmward.world.book import SETTLE, Book


def seen(began: timedelta | None, key: str = "image", owner: str = "pay") -> Incident:
    """An incident whose evidence tells a moment so long before START."""
    made = incident(key, finding("a"), owner=owner)
    if began is None:
        return made
    moment = Moment(time=format_time(START - began), text="t", evidence="ev")
    return msgspec.structs.replace(made, timeline=(moment,))


def feed(book: Book, seconds: float, *incidents: Incident, baseline: bool = False) -> None:
    book.update(incidents, {"a": finding("a")}, START + timedelta(seconds=seconds), baseline)


def resolve(book: Book, seconds: float, *left: Incident) -> None:
    feed(book, seconds - SETTLE.total_seconds(), *left)
    feed(book, seconds, *left)


def test_nothing_is_known_of_nothing() -> None:
    assert times([]) == {"count": 0, "detect": None, "explain": None, "mend": None}


def test_from_its_first_sign_to_its_end() -> None:
    book = Book()
    feed(book, 0, seen(timedelta(seconds=4)))
    assert times(book.all())["mend"] is None
    resolve(book, 90)
    assert times(book.all()) == {
        "count": 1,
        "detect": {"p50": 4.0, "p95": 4.0, "count": 1},
        "explain": {"p50": 0.0, "p95": 0.0, "count": 1},
        "mend": {"p50": 90.0, "p95": 90.0, "count": 1},
    }


def test_what_the_evidence_tells_later_does_not_move_when_it_began() -> None:
    book = Book()
    feed(book, 0, seen(timedelta(seconds=4)))
    feed(book, 60, seen(timedelta(seconds=-50)))
    assert times(book.all())["detect"] == {"p50": 4.0, "p95": 4.0, "count": 1}


@pytest.mark.parametrize("began", [None, timedelta(seconds=-1)], ids=["no moment", "one of another clock"])
def test_a_moment_that_is_not_known_is_left_out(began: timedelta | None) -> None:
    book = Book()
    feed(book, 0, seen(began))
    assert times(book.all())["detect"] is None


def test_what_stood_before_has_no_beginning() -> None:
    book = Book()
    feed(book, 0, seen(timedelta(hours=3)), baseline=True)
    resolve(book, 90)
    assert times(book.all()) == {
        "count": 1, "detect": None, "explain": {"p50": 0.0, "p95": 0.0, "count": 1}, "mend": None,
    }  # fmt: skip


def test_it_is_explained_once_a_cause_is_named_that_is_no_effect() -> None:
    book = Book()
    effect, fault = msgspec.structs.replace(finding("e"), depth=90), finding("f")
    for second, known, found in (
        (0, "service-empty", effect),
        (7, "image", fault),
        (30, "service-empty", effect),
        (60, "port", fault),
    ):
        book.update([incident(known, found)], {found.id: found}, START + timedelta(seconds=second))
    assert times(book.all())["explain"] == {"p50": 7.0, "p95": 7.0, "count": 1}


def test_what_has_no_cause_yet_is_not_explained() -> None:
    book = Book()
    effect = msgspec.structs.replace(finding("e"), depth=90)
    book.update([incident("service-empty", effect)], {"e": effect}, START)
    assert times(book.all())["explain"] is None


def test_one_of_a_state_that_was_written_before_these_moments_were_kept() -> None:
    book = Book()
    feed(book, 0, seen(timedelta(seconds=4)))
    (entry,) = book.all()
    old = msgspec.structs.replace(entry, began=None, explained=None)
    assert times([old]) == {"count": 1, "detect": None, "explain": None, "mend": None}


def test_percentiles_are_values_that_occurred() -> None:
    book = Book()
    many = [seen(timedelta(seconds=number), f"k{number}", f"pay-{number}") for number in range(1, 21)]
    feed(book, 0, *many)
    assert times(book.all())["detect"] == {"p50": 10.0, "p95": 19.0, "count": 20}
