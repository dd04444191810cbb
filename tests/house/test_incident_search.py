"""Looking for incidents: by state, by words, page by page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.world.test_book import START, finding, incident

from helmward.core.nouns import Severity
from helmward.house.incident_search import Search
from helmward.house.present_changes import NOTHING, UnderWay
from helmward.world.book import Book, Tracked


@pytest.fixture
def known() -> list[Tracked]:
    book = Book()
    found = [incident(f"pay-{number}: image tag not found", finding("a"), owner=f"pay-{number}") for number in range(5)]
    book.update(found, {"a": finding("a")}, START)
    return book.all()


def everywhere(_namespace: str) -> bool:
    return True


@pytest.mark.parametrize("text", ["IMAGE tag", "hw-img-001", "Production", " pay-1 ", "image-tag", ""])
def test_words_that_name_it(known: list[Tracked], text: str) -> None:
    assert known[1] in Search(text=text).among(known, NOTHING, everywhere)


@pytest.mark.parametrize("text", ["nothing of the kind", ".*", "pay-1\npay-1", "%"])
def test_words_that_do_not(known: list[Tracked], text: str) -> None:
    assert Search(text=text).among(known, NOTHING, everywhere) == []


def test_only_the_one_that_is_meant(known: list[Tracked]) -> None:
    assert Search(text="pay-3:").among(known, NOTHING, everywhere) == [
        entry for entry in known if entry.incident.title.startswith("pay-3")
    ]


def test_states_are_those_that_are_shown(known: list[Tracked]) -> None:
    now = UnderWay({}, frozenset({known[0].id}))
    assert Search("acting").among(known, now, everywhere) == [known[0]]
    assert Search("open").among(known, now, everywhere) == known[1:]
    assert Search("live").among(known, now, everywhere) == known


def test_the_worst_comes_first_whatever_is_being_done_and_what_is_suppressed_last() -> None:
    book = Book()
    severities = {"quiet": Severity.CRITICAL, "acting": Severity.HIGH, "worse": Severity.MEDIUM, "open": Severity.LOW}
    found = {name: finding(name, severity) for name, severity in severities.items()}
    book.update([incident(name, found[name], owner=name) for name in found], found, START)
    ids = {entry.incident.owner.name: entry.id for entry in book.all() if entry.incident.owner}
    book.suppress(ids["quiet"], "dana", START, START + timedelta(hours=2), "maintenance")
    assert [entry.id for entry in book.all()] == [ids[name] for name in ("acting", "worse", "open", "quiet")]
    listed = Search().among(book.all(), UnderWay({}, frozenset({ids["acting"]})), everywhere)
    assert [entry.id for entry in listed] == [ids[name] for name in ("acting", "worse", "open", "quiet")]


def test_what_somebody_may_not_see_is_not_found(known: list[Tracked]) -> None:
    assert Search(text="pay").among(known, NOTHING, lambda namespace: namespace != "production") == []


def test_pages_are_the_whole(known: list[Tracked]) -> None:
    pages = [Search(limit=2, offset=offset).page(known) for offset in (0, 2, 4, 6)]
    assert [entry for page in pages for entry in page] == known
    assert [len(page) for page in pages] == [2, 2, 1, 0]
    assert Search(offset=4).page(known) == known[4:]
