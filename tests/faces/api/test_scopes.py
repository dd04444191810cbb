"""Who is bounded to a scope sees and touches what lies in it, as if there were nothing else."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import msgspec
import pytest

from helmward.core.nouns import Scope
from helmward.door.identity import NewToken
from helmward.house.auditing import HELMWARD
from helmward.house.change_requests import ChangeRequests, everything

from ..station import Station
from .test_access import call


def token(station: Station, namespace: str, role: str = "requester") -> str:
    house = station.house
    wish = NewToken(f"{role} of {namespace}", (role,), scope=Scope(namespaces=(namespace,)))
    text: str = station.call(house.identity.create, HELMWARD, wish, house.clock()).text
    return text


def place_of(row: dict[str, Any]) -> str:
    namespace: str = (row.get("resource") or row)["namespace"]
    return namespace


@pytest.fixture
async def incident(station: Station) -> str:
    return await asyncio.to_thread(station.incident, "scoped")


async def test_lists_hold_what_lies_in_the_scope(station: Station, incident: str) -> None:
    inside, outside = token(station, "def*"), token(station, "other")
    for path, key in (("/incidents", "incidents"), ("/changes", "changes"), ("/workloads", "workloads")):
        whole, within = await _at_rest(station, f"/api/v1{path}", inside)
        _, _, without = await call(station, "GET", f"/api/v1{path}", outside)
        assert within[key] == [row for row in whole[key] if place_of(row) == "default"]
        assert without[key] == []
    _, _, listed = await call(station, "GET", "/api/v1/incidents", inside)
    assert incident in [row["id"] for row in listed["incidents"]]


async def test_what_lies_outside_is_not_touched(station: Station, incident: str) -> None:
    inside, outside = token(station, "default"), token(station, "other", "admin")
    acts: list[tuple[str, str, Any]] = [
        ("GET", "", None), ("POST", "/acknowledge", {}), ("POST", "/suppress", {"for": "1h", "reason": "x"}),
        ("POST", "/plan", None), ("POST", "/heal/pause", {"reason": "x"}),
    ]  # fmt: skip
    for method, act, body in acts:
        for identity in (incident, incident[:6]):
            status, _, answer = await call(station, method, f"/api/v1/incidents/{identity}{act}", outside, json=body)
            assert (status, "lies outside" in answer["error"]) == (403, True), (act, answer)
    calls = {"actions": [{"tool": "rollout_restart"}], "incident": incident}
    for path, body in (("/plans", calls), (f"/plans/{incident}/deny", {})):
        status, _, answer = await call(station, "POST", f"/api/v1{path}", outside, json=body)
        assert (status, "lies outside" in answer["error"]) == (403, True), answer
    assert (await call(station, "GET", f"/api/v1/incidents/{incident}", inside))[0] == 200
    _, _, shown = await call(station, "GET", f"/api/v1/incidents/{incident}", station.token("viewer"))
    assert (shown["acknowledged"], shown["state"]) == (None, "open")


async def test_no_spelling_of_an_id_leads_outside(station: Station, incident: str) -> None:
    """The beginning of an id, or an id of something else that leads there."""
    outside = token(station, "other", "admin")
    for spelled in ("i", "in", "inc", "inc-", incident[:5]):
        for method, act, body in (("GET", "", None), ("POST", "/acknowledge", {}), ("GET", "/graph", None)):
            status, _, answer = await call(station, method, f"/api/v1/incidents/{spelled}{act}", outside, json=body)
            assert status in (403, 404), (spelled, act, answer)
            assert incident not in json.dumps(answer) or spelled in incident, answer
    for path in ("/plans?incident=inc-", "/actions?of=inc-"):
        status, _, answer = await call(station, "GET", f"/api/v1{path}", outside)
        assert (status, "could be any" in answer["error"]) == (403, False), answer


async def test_no_spelling_of_a_plan_leads_outside(shop: Station) -> None:
    house, plans = shop.house, []
    frontend = {"kind": "Deployment", "namespace": "production", "name": "frontend"}
    for reason in ("first", "second"):
        body = {"actions": [{"tool": "rollout_restart", "arguments": frontend}], "reason": reason}
        _, _, made = await call(shop, "POST", "/api/v1/plans", house.local_token, json=body)
        plans.append(made["id"])
    outside = token(shop, "other", "admin")
    name = plans[0].removeprefix("plan-")
    for spelled in (
        plans[0],
        "plan-",
        plans[0][:6],
        f"act-{name}",
        f"act-{name}-1",
        f"act-{name}-zz",
        f"act-{name[:3]}",
        "act-",
    ):
        for query in ("", "?peek=true"):
            status, _, answer = await call(shop, "GET", f"/api/v1/plans/{spelled}{query}", outside)
            assert status in (403, 404) and "rollout_restart" not in json.dumps(answer), (spelled, answer)
            assert "could be any" not in answer["error"], answer
        status, _, answer = await call(shop, "GET", f"/api/v1/actions?of={spelled}", outside)
        assert status in (403, 404) or answer["actions"] == [], (spelled, answer)


async def test_an_incident_tells_of_no_plan_outside(
    station: Station, shop: Station, incident: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan may be made for an incident of one namespace and change another."""
    frontend = {"kind": "Deployment", "namespace": "production", "name": "frontend"}
    body = {"actions": [{"tool": "rollout_restart", "arguments": frontend}], "reason": "elsewhere"}
    _, _, made = await call(shop, "POST", "/api/v1/plans", shop.house.local_token, json=body)
    found, entry = shop.do(shop.house.door.plan(made["id"])), station.call(station.house.incident, incident)
    plans = [found._replace(plan=msgspec.structs.replace(found.plan, incident=entry.id))]

    async def theirs(*_about: Any, **_more: Any) -> list[Any]:
        return plans

    monkeypatch.setattr(shop.house.door, "plans", theirs)
    monkeypatch.setattr(shop.house, "incident", lambda _identity: entry)
    requests = ChangeRequests(shop.house)
    for sees, told in ((everything, True), (lambda name: name == "default", False)):
        for shown in (shop.do(requests.incident(entry.id, sees)), shop.do(requests.summary(entry, sees))):
            assert (shown["waitingFor"] == made["id"]) is told
            assert (made["id"] in str(shown), "production" in str(shown)) == (told, told)


@pytest.mark.parametrize("path", ["/diagnosis", "/heal", "/kill", "/tokens", "/actors", "/audit", "/audit/stream"])
async def test_what_shows_everything_takes_no_scope(station: Station, path: str) -> None:
    status, _, answer = await call(station, "GET", f"/api/v1{path}", token(station, "*", "admin"))
    assert (status, "bounded to a scope" in answer["error"]) == (403, True)


async def test_an_administrator_with_a_scope_gives_nobody_more(station: Station) -> None:
    bounded = token(station, "default", "admin")
    body = {"name": "mallory", "roles": ["admin"]}
    for path in ("/tokens", "/actors"):
        assert (await call(station, "POST", f"/api/v1{path}", bounded, json=body))[0] == 403
    assert "mallory" not in [account.name for account in station.house.people.actors()]


async def test_a_stream_holds_what_lies_in_the_scope(station: Station, incident: str) -> None:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
        streams = {}
        for namespace in ("default", "other"):
            headers = {"Authorization": f"Bearer {token(station, namespace)}"}
            streams[namespace] = await session.get(f"{station.url}/api/v1/stream", headers=headers)
            assert (await streams[namespace].content.readline()).startswith(b": connected")
        acknowledged = f"/api/v1/incidents/{incident}/acknowledge"
        assert (await call(station, "POST", acknowledged, station.token("requester"), json={}))[0] == 200
        assert incident.encode() in await _line(streams["default"])
        ended = asyncio.create_task(_line(streams["other"]))
        assert (await call(station, "POST", acknowledged, station.token("requester"), json={}))[0] == 200
        assert incident.encode() in await _line(streams["default"])
        assert not ended.done()
        ended.cancel()
        for stream in streams.values():
            stream.close()


async def _at_rest(station: Station, path: str, inside: str) -> tuple[Any, Any]:
    """What everybody and what one with a scope sees, at a moment in which the cluster stood still."""
    for _ in range(20):
        _, _, before = await call(station, "GET", path, station.token("viewer"))
        _, _, within = await call(station, "GET", path, inside)
        _, _, after = await call(station, "GET", path, station.token("viewer"))
        if before == after:
            return after, within
        await asyncio.sleep(0.3)
    raise AssertionError(f"{path} did not stand still for one look in twenty")


async def _line(stream: aiohttp.ClientResponse) -> bytes:
    while not (line := await stream.content.readline()).startswith(b"data:"):
        assert line, "the stream ended"
    return line
