"""The first look, pages of incidents and the affected graph, over the wire."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from typing import Any

import msgspec
import pytest
from tests.world.test_book import finding, incident

from helmward.core.nouns import Finding, Incident, Resource, Severity
from helmward.explain.reports import present
from helmward.world.book import Book, Tracked

from ..station import Station
from .test_access import call
from .test_scopes import token

OVERVIEW = "/api/v1/overview"
SEVERITIES = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW)


async def get(station: Station, path: str, bearer: str | None = None) -> Any:
    status, headers, answer = await call(station, "GET", path, bearer or station.token("viewer"))
    assert (status, headers["Content-Type"]) == (200, "application/json"), answer
    return answer


@pytest.fixture
async def many(station: Station) -> AsyncIterator[Book]:
    """A thousand incidents in the place of what the cluster has."""
    book, known, joined = Book(), {}, []
    for number in range(1000):
        found = known[f"f{number}"] = finding(f"f{number}", SEVERITIES[number % 4])
        joined.append(_placed(f"app-{number}: image tag not found", found, f"team-{number % 10}", f"app-{number}"))
    book.update(joined, known, station.house.clock())
    before, station.house.book = station.house.book, book
    yield book
    station.house.book = before


def _placed(title: str, found: Finding, namespace: str, name: str) -> Incident:
    place = Resource(api_version="v1", kind="Pod", namespace=namespace, name=name)
    return msgspec.structs.replace(incident(title, found, owner=name), resource=place)


async def test_pages_are_the_whole_in_its_order(station: Station, many: Book) -> None:
    whole = await get(station, "/api/v1/incidents")
    pages = [await get(station, f"/api/v1/incidents?limit=300&offset={offset}") for offset in range(0, 1001, 300)]
    assert [row["id"] for page in pages for row in page["incidents"]] == [entry.id for entry in many.all()]
    assert [row["id"] for row in whole["incidents"]] == [entry.id for entry in many.all()]
    assert {page["total"] for page in (whole, *pages)} == {1000}


async def test_words_and_scope_come_before_the_page(station: Station, many: Book) -> None:
    bounded = token(station, "team-3", "viewer")
    answer = await get(station, "/api/v1/incidents?limit=5&offset=2&q=APP-", bounded)
    assert (answer["total"], len(answer["incidents"])) == (100, 5)
    assert {row["resource"]["namespace"] for row in answer["incidents"]} == {"team-3"}
    one = await get(station, "/api/v1/incidents?q=app-77:")
    assert [row["title"] for row in one["incidents"]] == ["app-77: image tag not found"]
    assert await get(station, "/api/v1/incidents?q=app-77:", bounded) == {"incidents": [], "total": 0}


async def test_only_the_rows_of_a_page_are_built(station: Station, many: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    built, summary = list[str](), present.summary

    def counted(entry: Tracked) -> dict[str, Any]:
        built.append(entry.id)
        return summary(entry)

    monkeypatch.setattr(present, "summary", counted)
    answer = await get(station, "/api/v1/incidents?limit=7")
    assert built == [row["id"] for row in answer["incidents"]]


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "offset=-1", "limit=x", f"q={'x' * 201}"])
async def test_pages_that_are_none(station: Station, query: str) -> None:
    status, _, answer = await call(station, "GET", f"/api/v1/incidents?{query}", station.token("viewer"))
    assert (status, answer["error"].count("\n")) == (422, 0)


async def test_the_overview_counts_what_the_list_shows(station: Station, many: Book) -> None:
    now = station.house.clock()
    first, second = [entry for entry in many.all() if entry.incident.resource.namespace == "team-1"][:2]
    for entry in (first, second):
        many.suppress(entry.id, "a test", now, now.replace(year=now.year + 1), "quiet")
    answer = await get(station, OVERVIEW)
    assert answer["incidents"] == {
        "open": 998,
        "acting": 0,
        "suppressed": 2,
        "bySeverity": {"critical": 250, "high": 250, "medium": 250, "low": 250},
    }
    teams = [row for row in answer["namespaces"] if row["namespace"].startswith("team-")]
    # Of an even number all are critical or medium, of an odd one high or low.
    assert [(row["namespace"], row["health"], row["severity"]) for row in teams] == [
        *((f"team-{number}", "broken", "critical") for number in (0, 2, 4, 6, 8)),
        *((f"team-{number}", "broken", "high") for number in (1, 3, 5, 7, 9)),
    ]
    assert {row["incidents"] for row in teams} == {100}
    assert answer["times"]["count"] == 1000
    assert answer["problems"] == []


async def test_what_is_suppressed_or_mild_only_degrades(station: Station) -> None:
    book, now = Book(), station.house.clock()
    known = {"quiet": finding("quiet", Severity.CRITICAL), "mild": finding("mild", Severity.LOW)}
    book.update([_placed(name, found, name, name) for name, found in known.items()], known, now)
    book.suppress(book.all()[0].id, "a test", now, now.replace(year=now.year + 1), "quiet")
    before, station.house.book = station.house.book, book
    try:
        answer = await get(station, OVERVIEW)
    finally:
        station.house.book = before
    health = {row["namespace"]: (row["health"], row["severity"]) for row in answer["namespaces"]}
    assert (health["quiet"], health["mild"]) == (("degraded", "critical"), ("degraded", "low"))


async def test_the_overview_holds_what_lies_in_the_scope(station: Station, many: Book) -> None:
    answer = await get(station, OVERVIEW, token(station, "team-2", "viewer"))
    assert [row["namespace"] for row in answer["namespaces"]] == ["team-2"]
    assert (answer["incidents"]["open"], answer["times"]["count"]) == (100, 100)
    nothing = await get(station, OVERVIEW, token(station, "other", "viewer"))
    assert nothing["namespaces"] == [] and nothing["times"]["count"] == 0


async def test_what_cannot_be_read_is_said_and_the_rest_is_shown(station: Station, many: Book) -> None:
    with closing(sqlite3.connect(station.folder / "data" / "state.db", isolation_level=None)) as state:
        state.execute("INSERT INTO actions VALUES ('act-odd', 'plan-odd', 'u', 'done', '2026-01-01T00:00:00Z', x'00')")
        try:
            answer = await get(station, OVERVIEW)
        finally:
            state.execute("DELETE FROM actions WHERE id = 'act-odd'")
    (problem,) = answer["problems"]
    assert "cannot be read" in problem
    assert (answer["did"], answer["waiting"], answer["incidents"]["open"]) == ([], 0, 1000)


async def test_the_graph_of_an_incident(station: Station) -> None:
    identity = await asyncio.to_thread(station.incident, "drawn")
    answer = await get(station, f"/api/v1/incidents/{identity}/graph")
    (node,) = answer["nodes"]
    text = node.pop("text")
    assert node == {
        "id": "Pod/default/drawn",
        "resource": {"apiVersion": "v1", "kind": "Pod", "namespace": "default", "name": "drawn"},
        "role": "cause",
        "health": "broken",
        "severity": "high",
    }
    assert "image" in text
    assert (answer["edges"], answer["more"]) == ([], 0)
    outside = token(station, "other", "viewer")
    status, _, refused = await call(station, "GET", f"/api/v1/incidents/{identity}/graph", outside)
    assert (status, "lies outside" in refused["error"]) == (403, True)
    status, _, _ = await call(station, "GET", "/api/v1/incidents/inc-nothing/graph", station.token("viewer"))
    assert status == 404


async def test_what_waits_and_what_was_done(shop: Station) -> None:
    admin = shop.house.local_token
    body = {"actions": [{"tool": "rollout_restart", "arguments": {"namespace": "production", "name": "frontend"}}]}
    status, _, plan = await call(shop, "POST", "/api/v1/plans", admin, json=body | {"reason": "a test"})
    assert (status, plan["state"]) == (201, "waiting"), plan
    before = await get(shop, OVERVIEW, admin)
    assert (before["waiting"], before["did"]) == (1, [])
    assert {row["namespace"]: row["health"] for row in before["namespaces"]}["production"] in ("healthy", "degraded")
    elsewhere = await get(shop, OVERVIEW, token(shop, "other", "viewer"))
    assert (elsewhere["waiting"], elsewhere["did"]) == (0, [])
    approval = {"digest": plan["digest"]}
    status, _, answer = await call(shop, "POST", f"/api/v1/plans/{plan['id']}/approve", admin, json=approval)
    assert status == 200, answer
    async with asyncio.timeout(60):
        while not (after := await get(shop, OVERVIEW, admin))["did"]:
            await asyncio.sleep(0.05)
    listed = await get(shop, "/api/v1/actions", admin)
    assert after["waiting"] == 0
    assert [row["id"] for row in after["did"]] == [row["id"] for row in listed["actions"]]
    assert after["did"][0]["title"] == plan["actions"][0]["title"]
    inside = await get(shop, OVERVIEW, token(shop, "production", "viewer"))
    assert [row["id"] for row in inside["did"]] == [row["id"] for row in listed["actions"]]
