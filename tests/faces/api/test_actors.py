"""Actors and passwords over HTTP: who is added may come in, who is removed is out, and a wrong password is on record."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ..station import Station
from .test_access import call

PASSWORD = "correct horse battery"


async def added(station: Station, name: str, **more: Any) -> Any:
    body = {"name": name, "roles": ["approver"], **more}
    status, _, answer = await call(station, "POST", "/api/v1/actors", station.token("admin"), json=body)
    assert status == 201, answer
    return answer


async def login(station: Station, name: str, password: str = PASSWORD) -> tuple[int, Any]:
    body = {"name": name, "password": password}
    status, _, answer = await call(station, "POST", "/api/v1/login", json=body)
    return status, answer


async def records(station: Station) -> list[dict[str, Any]]:
    _, _, answer = await call(station, "GET", "/api/v1/audit?last=200", station.token("admin"))
    found: list[dict[str, Any]] = answer["records"]
    return found


async def test_a_life_of_an_actor(station: Station) -> None:
    admin = station.token("admin")
    made = await added(station, "alice", password=PASSWORD, scope={"namespaces": ["team-*"]})
    assert (made["roles"], made["signsIn"], made["scope"]["namespaces"]) == (["approver"], True, ["team-*"])
    status, session = await login(station, "alice")
    assert (status, session["roles"], session["scope"]["namespaces"]) == (201, ["approver"], ["team-*"])
    assert (await call(station, "GET", "/api/v1/status", session["token"]))[0] == 200
    assert (await call(station, "GET", "/api/v1/tokens", session["token"]))[0] == 403
    _, _, shown = await call(station, "GET", "/api/v1/actors/alice", admin)
    assert [token["id"] for token in shown["tokens"]] == [session["id"]]
    status, _, changed = await call(station, "PATCH", "/api/v1/actors/alice", admin, json={"roles": ["admin"]})
    assert (status, changed["roles"], changed["scope"]["namespaces"]) == (200, ["admin"], ["team-*"])
    _, _, listed = await call(station, "GET", "/api/v1/actors", admin)
    assert PASSWORD not in json.dumps([made, shown, listed])
    assert "scrypt" not in json.dumps([made, shown, listed])
    assert (await call(station, "DELETE", "/api/v1/actors/alice", admin))[0] == 204
    assert (await call(station, "GET", "/api/v1/status", session["token"]))[0] == 401
    assert (await login(station, "alice"))[0] == 401
    assert (await call(station, "DELETE", "/api/v1/actors/alice", admin))[0] == 404


@pytest.mark.parametrize(
    "body",
    [
        {}, {"name": "x"}, {"name": "x", "roles": []}, {"name": "x", "roles": ["root"]}, {"name": "X", "roles": ["viewer"]},
        {"name": "x", "roles": ["viewer"], "kind": "robot"}, {"name": "x", "roles": ["admin"], "kind": "agent"},
        {"name": "x", "roles": ["viewer"], "password": "short"}, {"name": "x", "roles": ["viewer"], "more": 1},
        {"name": "x", "roles": ["viewer"], "scope": {"namespaces": ["a b"]}}, {"name": "heal", "roles": ["viewer"]},
        {"name": "x", "roles": ["viewer"], "scope": {"namespaces": ["a"] * 51}},
    ],
)  # fmt: skip
async def test_actors_that_are_none(station: Station, body: dict[str, Any]) -> None:
    status, _, answer = await call(station, "POST", "/api/v1/actors", station.token("admin"), json=body)
    assert (status in (400, 422), answer["exitCode"]) == (True, 2)
    assert "\n" not in answer["error"]
    assert "short" not in answer["error"]


async def test_a_wrong_password_is_on_record(station: Station) -> None:
    await added(station, "wendy", password=PASSWORD)
    status, answer = await login(station, "wendy", "not " + PASSWORD)
    assert (status, answer["exitCode"]) == (401, 5)
    found = [one for one in await records(station) if one["action"] == "access.deny" and one["target"] == "login"]
    assert (found[-1]["details"]["name"], found[-1]["details"]["why"]) == ("wendy", "password")
    assert PASSWORD not in json.dumps(await records(station))


async def test_guessing_is_ended(station: Station) -> None:
    await added(station, "gus", password=PASSWORD)
    assert [(await login(station, "gus", "wrong"))[0] for _ in range(5)] == [401] * 5
    status, answer = await login(station, "gus")
    assert (status, answer["exitCode"], "too many" in answer["error"]) == (429, 5, True)


async def test_refused_tokens_and_roles_are_on_record(station: Station) -> None:
    viewer = station.token("viewer")
    assert (await call(station, "GET", "/api/v1/tokens", viewer))[0] == 403
    found = [one for one in await records(station) if one["action"] == "access.deny"]
    mine = [one for one in found if one["details"].get("id") == f"tok-{viewer.split('_')[1]}"]
    assert [(one["target"], one["details"]["why"]) for one in mine] == [("GET /api/v1/tokens", "rights")]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
async def test_only_a_login_takes_no_token(station: Station, method: str) -> None:
    assert (await call(station, method, "/api/v1/login"))[0] == 401
    for path in ("/api/v1/login/", "/api/v1//login", "/api/v1/login/../status", "/api/v1/LOGIN"):
        assert (await call(station, "POST", path, json={"name": "x", "password": "y"}))[0] == 401


async def test_a_large_login_is_refused(station: Station) -> None:
    assert (await call(station, "POST", "/api/v1/login", data=b"x" * 70_000))[0] == 413
