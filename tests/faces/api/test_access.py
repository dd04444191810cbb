"""Who may call what: every route of the OpenAPI document, with no token, with every role, with tokens that do not hold."""

from __future__ import annotations

import importlib
import json
import pkgutil
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from helmward.core.nouns import Actor
from helmward.door.identity import ROLES, permits
from helmward.faces import api as package
from helmward.faces.api.access import Needs
from helmward.faces.api.gate import OPEN

from ..station import Station

# Every route and the role that it takes ("": no token at all). A new route must be entered here, or the test below fails.
NEEDED = {
    ("get", "/api/v1/status"): "viewer",
    ("get", "/api/v1/diagnosis"): "viewer",
    ("get", "/api/v1/workloads"): "viewer",
    ("get", "/api/v1/search"): "viewer",
    ("get", "/api/v1/map"): "viewer",
    ("get", "/api/v1/settings"): "viewer",
    ("get", "/api/v1/overview"): "viewer",
    ("get", "/api/v1/incidents"): "viewer",
    ("get", "/api/v1/incidents/{identity}"): "viewer",
    ("get", "/api/v1/incidents/{identity}/graph"): "viewer",
    ("post", "/api/v1/incidents/{identity}/acknowledge"): "requester",
    ("post", "/api/v1/incidents/{identity}/suppress"): "requester",
    ("post", "/api/v1/incidents/{identity}/unsuppress"): "requester",
    ("get", "/api/v1/stream"): "viewer",
    ("get", "/api/v1/changes"): "viewer",
    ("get", "/api/v1/cluster"): "viewer",
    ("get", "/api/v1/cluster/{kind}/{namespace}/{name}"): "viewer",
    ("get", "/api/v1/objects/{kind}/{namespace}/{name}"): "viewer",
    ("get", "/api/v1/objects/Pod/{namespace}/{name}/logs/stream"): "viewer",
    ("get", "/api/v1/plans"): "viewer",
    ("post", "/api/v1/plans"): "viewer",
    ("get", "/api/v1/plans/{identity}"): "viewer",
    ("post", "/api/v1/incidents/{identity}/plan"): "viewer",
    ("post", "/api/v1/plans/{identity}/approve"): "viewer",
    ("post", "/api/v1/plans/{identity}/deny"): "viewer",
    ("post", "/api/v1/plans/{identity}/undo"): "viewer",
    ("post", "/api/v1/plans/{identity}/review"): "viewer",
    ("get", "/api/v1/actions"): "viewer",
    ("get", "/api/v1/tools"): "viewer",
    ("get", "/api/v1/tools/{name}"): "viewer",
    ("post", "/api/v1/tools/{name}"): "viewer",
    ("get", "/api/v1/heal"): "viewer",
    ("post", "/api/v1/incidents/{identity}/heal/pause"): "requester",
    ("post", "/api/v1/incidents/{identity}/heal/resume"): "requester",
    ("get", "/api/v1/kill"): "viewer",
    ("post", "/api/v1/kill"): "requester",
    ("post", "/api/v1/revive"): "admin",
    ("get", "/api/v1/policy"): "viewer",
    ("post", "/api/v1/policy/explain"): "viewer",
    ("post", "/api/v1/tokens"): "admin",
    ("get", "/api/v1/tokens"): "admin",
    ("delete", "/api/v1/tokens/{identity}"): "admin",
    ("get", "/api/v1/roles"): "viewer",
    ("get", "/api/v1/actors"): "admin",
    ("post", "/api/v1/actors"): "admin",
    ("get", "/api/v1/actors/{name}"): "admin",
    ("patch", "/api/v1/actors/{name}"): "admin",
    ("delete", "/api/v1/actors/{name}"): "admin",
    ("post", "/api/v1/login"): "",
    ("get", "/api/v1/audit"): "admin",
    ("get", "/api/v1/audit/stream"): "admin",
    ("get", "/api/v1/audit/search"): "admin",
    ("get", "/api/v1/audit/facets"): "admin",
    ("get", "/api/v1/audit/verify"): "admin",
    ("post", "/api/v1/audit/verify"): "admin",
    ("get", "/api/v1/audit/export"): "admin",
    ("post", "/api/v1/ask"): "viewer",
    ("post", "/api/v1/ask/stream"): "viewer",
    ("get", "/api/v1/conversations"): "viewer",
    ("get", "/api/v1/conversations/{identity}"): "viewer",
    ("get", "/api/v1/gateway/usage"): "viewer",
    ("get", "/api/v1/gateway/traffic"): "viewer",
    ("get", "/api/v1/gateway/upstreams"): "viewer",
    ("get", "/api/v1/gateway/caller"): "viewer",
    ("post", "/api/v1/gateway/reconcile"): "admin",
    ("post", "/api/v1/console/links"): "viewer",
    ("get", "/api/v1/sessions"): "viewer",
    ("delete", "/api/v1/sessions/{session}"): "viewer",
    ("post", "/api/v1/sessions/end-others"): "viewer",
    ("post", "/api/v1/logout"): "viewer",  # the last one: it ends the token
}
# What these do is for policy and the door to allow: they refuse an actor by what is asked, not by the address.
DECIDED = {("post", "/api/v1/plans")}
_WHY = {"reason": "why"}
BODIES = {
    "/api/v1/plans": {"actions": [{"tool": "rollout_restart", "arguments": {"namespace": "default", "name": "x"}}]},
    "/api/v1/plans/{identity}/approve": {"digest": "0" * 64},
    "/api/v1/plans/{identity}/deny": _WHY,
    "/api/v1/plans/{identity}/undo": _WHY,
    "/api/v1/plans/{identity}/review": _WHY,
    "/api/v1/tools/{name}": {},
    "/api/v1/incidents/{identity}/heal/pause": _WHY,
    "/api/v1/incidents/{identity}/heal/resume": _WHY,
    "/api/v1/kill": {"kind": "tool", "name": "made-by-a-test", "reason": "why"},
    "/api/v1/revive": {"kind": "tool", "name": "made-by-a-test", "reason": "why"},
    "/api/v1/policy/explain": {"tool": "rollout_restart"},
    "/api/v1/incidents/{identity}/acknowledge": {"reason": ""},
    "/api/v1/incidents/{identity}/suppress": {"for": "1h", "reason": "why"},
    "/api/v1/incidents/{identity}/unsuppress": {},
    "/api/v1/tokens": {"name": "made by a test"},
    "/api/v1/actors": {"name": "nobody!", "roles": ["viewer"]},
    "/api/v1/actors/{name}": {"roles": ["viewer"]},
    "/api/v1/ask": {"text": "what is broken?"},
    "/api/v1/ask/stream": {"text": "what is broken?"},
    "/api/v1/gateway/reconcile": _WHY,
    "/api/v1/sessions/end-others": {},
    "/api/v1/login": {"name": "nobody", "password": "wrong"},
}


async def call(station: Station, method: str, path: str, token: str | None = None, **more: Any) -> tuple[int, Any, Any]:
    """Status, headers and JSON of an answer; of a stream, only its beginning."""
    headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
    headers |= more.pop("headers", {})
    async with (
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session,
        session.request(
            method,
            station.url + path.replace("{identity}", "nothing").replace("{name}", "nothing"),
            headers=headers,
            allow_redirects=False,
            **more,
        ) as answer,
    ):
        if answer.content_type in ("text/event-stream", "application/x-ndjson"):
            return answer.status, answer.headers, await answer.content.readline()
        return answer.status, answer.headers, json.loads(await answer.read() or b"null")


async def document(station: Station) -> Any:
    return (await call(station, "GET", "/api/v1/openapi.json", station.token("viewer")))[2]


def operations(openapi: Any) -> list[tuple[str, str]]:
    return [(method, path) for path, item in openapi["paths"].items() for method in item]


async def test_every_route_is_in_the_table(station: Station) -> None:
    assert set(operations(await document(station))) == set(NEEDED)


async def test_every_route_says_that_it_wants_a_token(station: Station) -> None:
    openapi = await document(station)
    for method, path in operations(openapi):
        assert bool(openapi["paths"][path][method].get("security")) == bool(NEEDED[method, path]), (method, path)


def test_every_route_asks_for_a_role() -> None:
    """Also those that would stay out of the document."""
    names = [f"{package.__name__}.{module.name}" for module in pkgutil.iter_modules(package.__path__)]
    rooms = [importlib.import_module(name) for name in names]
    asked = {
        (method.lower(), f"/api/v1{route.path}"): [
            part.call.role for part in route.dependant.dependencies if isinstance(part.call, Needs)
        ]
        for room in rooms
        if hasattr(room, "router")
        for route in room.router.routes
        for method in route.methods
    }
    assert asked == {place: [role] if role else [] for place, role in NEEDED.items()}
    assert {(method.upper(), path) for (method, path), role in NEEDED.items() if not role} == OPEN


@pytest.mark.parametrize("role", ROLES)
async def test_each_role_may_do_its_own_and_no_more(station: Station, role: Any) -> None:
    token, actor = station.token(role), Actor(name="a", kind="user", roles=(role,))
    for (method, path), needed in NEEDED.items():
        if not needed:
            continue
        status, _, answer = await call(station, method, path, token, json=BODIES.get(path))
        if permits(actor, needed) and (method, path) in DECIDED:
            assert (status, answer["exitCode"], "needs the role" in answer["error"]) == (403, 5, False), answer
        elif permits(actor, needed):
            assert status not in (401, 403, 422, 500), (method, path, answer)
        else:
            assert (status, answer["exitCode"]) == (403, 5), (method, path)
            assert f"'{needed}'" in answer["error"]


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "Basic YTpi", "Bearer garbage", "Bearer hw_00000000_" + "A" * 43, "Bearer ü"],
)
async def test_without_a_token_that_holds_nothing_answers(station: Station, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    places = [
        *(place for place, role in NEEDED.items() if role),
        ("get", "/api/v1/openapi.json"),
        ("get", "/api/v1/nowhere"),
        ("get", "/api/"),
        ("options", "/api/v1/status"),
    ]
    for method, path in places:
        status, received, answer = await call(station, method, path, headers=headers, json=BODIES.get(path))
        assert (status, answer["exitCode"]) == (401, 5), (method, path)
        assert received["WWW-Authenticate"] == "Bearer"
        assert answer["error"].count("\n") == 0


async def test_revoked_and_expired_tokens(station: Station) -> None:
    token = station.token("admin")
    identity = f"tok-{token.split('_')[1]}"
    assert (await call(station, "DELETE", f"/api/v1/tokens/{identity}", token))[0] == 204
    assert (await call(station, "GET", "/api/v1/status", token))[0] == 401
    expired = station.token("admin", timedelta(seconds=-1))
    status, _, answer = await call(station, "GET", "/api/v1/status", expired)
    assert (status, "expired" in answer["error"]) == (401, True)


async def test_made_tokens_are_shown_once(station: Station) -> None:
    admin = station.token("admin")
    _, _, made = await call(station, "POST", "/api/v1/tokens", admin, json={"name": "grafana", "expires": "1h"})
    assert (await call(station, "GET", "/api/v1/status", made["token"]))[0] == 200
    _, _, listed = await call(station, "GET", "/api/v1/tokens", admin)
    assert made["id"] in [row["id"] for row in listed["tokens"]]
    assert made["token"].split("_", 2)[2] not in json.dumps(listed)
    assert "hash" not in json.dumps(listed)


async def test_no_answer_is_kept_or_taken_for_something_else(station: Station) -> None:
    for path, token in (
        ("status", station.token("viewer")),
        ("nowhere", None),
        ("audit/stream", station.token("admin")),
    ):
        _, headers, _ = await call(station, "GET", f"/api/v1/{path}", token)
        assert headers.getall("Cache-Control") == ["no-store"], path
        assert headers["X-Content-Type-Options"] == "nosniff", path


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999", '[{"a": NaN}]'])
async def test_what_is_no_number_of_json_is_no_argument(station: Station, number: str) -> None:
    token, headers = station.token("requester"), {"Content-Type": "application/json"}
    call_of = f'{{"tool": "resources_scale", "arguments": {{"replicas": {number}}}}}'
    for path, body in (
        ("tools/resources_list", f'{{"arguments": {{"limit": {number}}}}}'),
        ("plans", f'{{"actions": [{call_of}]}}'),
        ("policy/explain", call_of),
    ):
        status, _, answer = await call(station, "POST", f"/api/v1/{path}", token, data=body, headers=headers)
        assert (status, "NaN and Infinity are no numbers of JSON" in answer["error"]) == (422, True), answer


async def test_health_needs_no_token_and_tells_nothing(station: Station) -> None:
    status, _, answer = await call(station, "GET", "/healthz")
    assert (status, answer) == (200, {"status": "ok"})
