"""Plans on the API: statuses and sentences, what counts as shown, and the state of incidents meanwhile."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from helmward.core.errors import DeniedError, HelmwardError, UnreachableError, UsageError, WaitingError
from helmward.core.mandate import Drifted
from helmward.faces.api.gate import refusal
from helmward.house.meant import UnknownPlan

from ..shop import eventually
from ..station import Station
from .test_access import call

CALL = {"tool": "rollout_restart", "arguments": {"namespace": "production", "name": "frontend"}}


async def proposed(shop: Station, token: str) -> dict[str, Any]:
    status, _, plan = await call(shop, "POST", "/api/v1/plans", token, json={"actions": [CALL], "reason": "a test"})
    assert status == 201, plan
    return dict(plan)


async def test_only_what_was_shown_can_be_approved(shop: Station) -> None:
    plan, approver = await proposed(shop, shop.token("requester")), shop.token("approver")
    path, digest = f"/api/v1/plans/{plan['id']}", {"digest": plan["digest"]}
    assert (await call(shop, "GET", f"{path}?peek=true", approver))[0] == 200
    status, _, answer = await call(shop, "POST", f"{path}/approve", approver, json=digest)
    assert (status, answer["exitCode"], "not shown" in answer["error"]) == (403, 5, True)
    assert (await call(shop, "GET", path, approver))[0] == 200
    for wrong in ("0" * 64, ""):
        assert (await call(shop, "POST", f"{path}/approve", approver, json={"digest": wrong}))[0] == 403
    status, _, approved = await call(shop, "POST", f"{path}/approve", approver, json=digest)
    assert (status, approved["state"]) == (200, "approved")
    assert approved["approval"]["approver"] == "a approver"
    assert (await call(shop, "POST", f"{path}/approve", approver, json=digest))[0] == 403

    def ended() -> bool:
        return plan["id"] in shop.house.door.means.ledger.closed

    await asyncio.to_thread(eventually, ended, "the restart ends")
    _, _, listed = await call(shop, "GET", f"/api/v1/actions?of={plan['id']}", approver)
    assert [one["state"] for one in listed["actions"]] == ["done"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422), ({"actions": []}, 422), ({"actions": [CALL], "more": 1}, 422), ({"actions": [CALL] * 51}, 422),
        ({"actions": [{"tool": "nothing"}]}, 400), ({"actions": [{"tool": "resources_list"}]}, 400),
        ({"actions": [{"tool": "rollout_restart"}]}, 400), ({"actions": [CALL], "incident": "inc-nothing"}, 404),
        ({"actions": [{"tool": "rollout_restart", "arguments": {"namespace": "../x", "name": "y"}}]}, 400),
    ],
)  # fmt: skip
async def test_proposals_that_are_none(body: dict[str, Any], status: int, shop: Station) -> None:
    got, _, answer = await call(shop, "POST", "/api/v1/plans", shop.token("requester"), json=body)
    assert (got, answer["exitCode"]) == (status, 2), answer
    assert answer["error"].endswith(".")
    assert "\n" not in answer["error"]


async def test_ids_that_name_nothing(shop: Station) -> None:
    admin = shop.token("admin")
    for identity in ("plan-zzzzzzzz", "act-zzzzzzzz", "inc-zzzzzzzz", "nothing"):
        for method, path, body in (
            ("GET", f"/api/v1/plans/{identity}", None),
            ("POST", f"/api/v1/plans/{identity}/approve", {"digest": "x"}),
            ("POST", f"/api/v1/plans/{identity}/deny", {"reason": "x"}),
            ("POST", f"/api/v1/plans/{identity}/undo", {"reason": "x"}),
            ("POST", f"/api/v1/plans/{identity}/review", {"reason": "x"}),
        ):
            status, _, answer = await call(shop, method, path, admin, json=body)
            assert status in (400, 404), (path, answer)
            assert answer["exitCode"] == 2


async def test_an_agent_may_ask_and_not_approve(shop: Station) -> None:
    from helmward.door.identity import NewToken
    from helmward.house.auditing import HELMWARD

    wish = NewToken("clanker", ("requester",), kind="agent")
    text = shop.call(shop.house.identity.create, HELMWARD, wish, shop.house.clock()).text
    plan = await proposed(shop, text)
    status, _, answer = await call(
        shop, "POST", f"/api/v1/plans/{plan['id']}/approve", text, json={"digest": plan["digest"]}
    )
    assert (status, answer["exitCode"]) == (403, 5)
    assert (await call(shop, "GET", f"/api/v1/plans/{plan['id']}?peek=true", text))[2]["state"] == "waiting"


async def test_every_answer_is_in_the_document(shop: Station) -> None:
    _, _, openapi = await call(shop, "GET", "/api/v1/openapi.json", shop.token("viewer"))
    body = openapi["paths"]["/api/v1/plans/{identity}/approve"]["post"]["requestBody"]["content"]["application/json"]
    name = body["schema"]["$ref"].rpartition("/")[2]
    assert {"digest", "reason", "breakGlass"} <= set(openapi["components"]["schemas"][name]["properties"])


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [(Drifted("x."), 409, 1), (WaitingError("x."), 409, 6), (UnreachableError("x."), 503, 7), (DeniedError("x."), 403, 5),
     (UsageError("x."), 400, 2), (HelmwardError("x."), 500, 1), (UnknownPlan("x."), 404, 2)],
)  # fmt: skip
def test_each_error_has_its_status(error: HelmwardError, status: int, code: int) -> None:
    answer = refusal(error)
    assert answer.status_code == status
    assert json.loads(bytes(answer.body)) == {"error": "x.", "exitCode": code}


async def test_a_plan_says_what_who_looks_may_do_with_it_as_the_decision_does(shop: Station) -> None:
    requester, viewer, approver = shop.token("requester"), shop.token("viewer"), shop.token("approver")
    plan = await proposed(shop, requester)
    assert (plan["may"]["approve"], plan["may"]["deny"], plan["may"]["breakGlass"]) == (False, True, False)  # its own

    async def may(token: str) -> dict[str, Any]:
        _, _, listed = await call(shop, "GET", "/api/v1/plans?waiting=true", token)
        _, _, shown = await call(shop, "GET", f"/api/v1/plans/{plan['id']}", token)
        assert shown["may"] == next(one["may"] for one in listed["plans"] if one["id"] == plan["id"])
        return dict(shown["may"])

    assert await may(approver) == {"approve": True, "deny": True, "breakGlass": False, "why": ""}
    refused = await may(viewer)
    status, _, said = await call(
        shop, "POST", f"/api/v1/plans/{plan['id']}/approve", viewer, json={"digest": plan["digest"]}
    )
    assert (status, said["error"]) == (403, refused.pop("why"))
    assert refused == {"approve": False, "deny": False, "breakGlass": False}
    _, _, denied = await call(shop, "POST", f"/api/v1/plans/{plan['id']}/deny", requester, json={"reason": "a test"})
    assert (denied["state"], denied["may"]) == ("denied", None)
