"""Incidents keep their identity; they open, worsen, end and come back by rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from helmward.core.nouns import Cause, Finding, Incident, Owner, Resource, Severity
from helmward.world.book import SETTLE, Book, Tracked
from helmward.world.book_matching import REOPEN

START = datetime(2026, 1, 31, 12, tzinfo=UTC)
POD = Resource(api_version="v1", kind="Pod", namespace="production", name="pay-1")


def finding(identity: str, severity: Severity = Severity.HIGH) -> Finding:
    return Finding(
        id=identity, code="HW-IMG-001", slug="image-tag-not-found", severity=severity, resource=POD,
        owner=Owner(kind="Deployment", namespace="production", name="pay"), message="m", why="w", remedy="r", evidence=(),
    )  # fmt: skip


def incident(key: str, *findings: Finding, owner: str = "pay") -> Incident:
    worst = min((found.severity for found in findings), key=lambda severity: severity.rank)
    return Incident(
        id=key, severity=worst, title=key, resource=POD, owner=Owner(kind="Deployment", namespace="production", name=owner),
        causes=(Cause(finding=findings[0].id, confidence=0.9),), findings=tuple(found.id for found in findings),
        symptoms=(), impact="", timeline=(), remedies=(),
    )  # fmt: skip


def update(book: Book, now: datetime, *incidents: Incident, baseline: bool = False) -> list[tuple[str, str]]:
    known = {identity: finding(identity) for joined in incidents for identity in joined.findings}
    return [(t.what, t.tracked.id) for t in book.update(incidents, known, now, baseline)]


def one(book: Book) -> Tracked:
    (entry,) = book.all()
    return entry


def test_the_first_cause_may_change_and_the_incident_stays_the_same() -> None:
    book = Book()
    [(what, identity)] = update(book, START, incident("service-empty", finding("a")))
    assert what == "opened"
    later = START + timedelta(seconds=1)
    assert update(book, later, incident("image", finding("b"), finding("a"))) == [("changed", identity)]
    assert update(book, later, incident("image", finding("b"), finding("a"))) == []


def test_what_came_to_be_its_first_cause_in_between_stays() -> None:
    book = Book()
    scaled, crashed = (msgspec.structs.replace(finding(name), brief=f"pay: {name}") for name in ("scaled", "crashed"))
    for second, found in enumerate((scaled, crashed, crashed, scaled)):
        book.update([incident(found.id, found)], {found.id: found}, START + timedelta(seconds=second))
    told = [(moment.time[17:19], moment.text) for moment in one(book).turns]
    assert told == [("01", "Came to light: pay: crashed"), ("03", "Came to light: pay: scaled")]
    for second in range(40):
        found = msgspec.structs.replace(crashed, id=f"c{second}", brief=f"pay: it said {second}")
        book.update(
            [incident(f"k{second % 20}", found)], {found.id: found}, START + timedelta(minutes=1, seconds=second)
        )
    assert len({moment.evidence for moment in one(book).turns}) == len(one(book).turns) == 10


def test_worsening_is_told_once() -> None:
    book = Book()
    update(book, START, incident("k", finding("a", Severity.MEDIUM)))
    worse = incident("k", finding("a", Severity.CRITICAL))
    assert [what for what, _ in update(book, START, worse)] == ["worsened"]
    assert update(book, START, worse) == []


def test_a_severity_that_goes_to_and_fro_worsens_once() -> None:
    book = Book()
    mild, worse = (incident("k", finding("a", severity)) for severity in (Severity.HIGH, Severity.CRITICAL))
    told = [what for joined in (mild, worse, mild, worse, mild) for what, _ in update(book, START, joined)]
    assert told == ["opened", "worsened", "changed", "changed", "changed"]
    update(book, START)
    later = START + SETTLE
    told = [what for joined in ((), (worse,), (mild,), (worse,)) for what, _ in update(book, later, *joined)]
    assert told == ["resolved", "reopened", "changed", "changed"]


def test_it_resolves_only_after_it_has_been_gone_for_a_moment() -> None:
    book = Book()
    update(book, START, incident("k", finding("a")))
    assert update(book, START + timedelta(seconds=1)) == []
    assert book.next_wake == START + timedelta(seconds=1) + SETTLE
    assert update(book, START + timedelta(seconds=2), incident("k", finding("a"))) == []
    update(book, START + timedelta(seconds=3))
    [(what, _)] = update(book, START + timedelta(seconds=3) + SETTLE)
    assert what == "resolved"
    assert one(book).resolved is not None


def test_the_same_problem_soon_after_is_the_same_incident_and_long_after_another() -> None:
    book = Book()
    [(_, first)] = update(book, START, incident("k", finding("a")))
    update(book, START)
    ended = START + SETTLE
    assert [what for what, _ in update(book, ended)] == ["resolved"]
    again = ended + REOPEN - timedelta(seconds=1)
    assert update(book, again, incident("k", finding("a"))) == [("reopened", first)]
    update(book, again)
    update(book, again + SETTLE)
    [(what, second)] = update(book, again + SETTLE + REOPEN + timedelta(seconds=1), incident("k", finding("a")))
    assert (what, second != first) == ("opened", True)


def test_suppression_ends_by_itself_and_the_incident_is_open_again() -> None:
    book = Book()
    [(_, identity)] = update(book, START, incident("k", finding("a")))
    until = START + timedelta(hours=2)
    book.suppress(identity, "dana", START, until, "maintenance")
    assert one(book).state == "suppressed"
    assert update(book, until - timedelta(seconds=1), incident("k", finding("a"))) == []
    assert update(book, until, incident("k", finding("a"))) == [("changed", identity)]
    assert one(book).state == "open"


def test_what_stood_before_us_is_marked() -> None:
    book = Book()
    update(book, START, incident("old", finding("a")), baseline=True)
    update(book, START, incident("old", finding("a")), incident("new", finding("b"), owner="web"))
    assert {entry.key: entry.baseline for entry in book.all()} == {"old": True, "new": False}


def test_two_that_become_one_keep_the_older_and_end_the_other() -> None:
    book = Book()
    [(_, older)] = update(book, START, incident("a", finding("a"), owner="pay"))
    now = START + timedelta(seconds=5)
    update(book, now, incident("a", finding("a"), owner="pay"), incident("b", finding("b"), owner="web"))
    merged = incident("c", finding("a"), finding("b"), owner="db")
    update(book, now, merged)
    update(book, now + SETTLE, merged)
    assert [(entry.id, entry.state) for entry in book.all() if entry.live] == [(older, "open")]


names = st.sets(st.sampled_from("abcdef"), max_size=4)


@given(st.lists(names, max_size=30))
def test_no_sequence_makes_two_live_incidents_of_one_problem(steps: list[set[str]]) -> None:
    book, now = Book(), START
    for present in steps:
        now += timedelta(seconds=1)
        update(book, now, *(incident(name, finding(name), owner=name) for name in sorted(present)))
        live = [entry.key for entry in book.all() if entry.live]
        assert len(live) == len(set(live))
        assert present <= set(live)
    assert len({entry.id for entry in book.all()}) == len(book.all())


_joined = st.lists(
    st.tuples(st.sampled_from("abc"), st.sets(st.sampled_from("uvwx"), min_size=1), st.sampled_from(["pay", "web"])),
    max_size=3,
    unique_by=lambda drawn: drawn[0],
)


@given(st.lists(st.tuples(_joined, st.sampled_from([0, 1, 3, 700]), st.booleans()), max_size=20))
def test_what_is_handed_over_again_as_the_same_object_comes_to_the_same(steps: list[Any]) -> None:
    quick, thorough, now = Book(), Book(), START
    kept: dict[Any, Incident] = {}
    for drawn, seconds, quiet in steps:
        now += timedelta(seconds=seconds)
        keys = [(key, tuple(sorted(found)), owner) for key, found, owner in drawn]
        fresh = [incident(key, *map(finding, found), owner=owner) for key, found, owner in keys]
        same = [kept.setdefault(key, made) for key, made in zip(keys, fresh, strict=True)]
        assert update(quick, now, *same) == update(thorough, now, *fresh)
        for entry in quick.all()[:1] if quiet else ():
            for book in (quick, thorough):
                book.suppress(entry.id, "dana", now, now + timedelta(seconds=2), "maintenance")
        assert quick.all() == thorough.all()
        assert quick.next_wake == thorough.next_wake
