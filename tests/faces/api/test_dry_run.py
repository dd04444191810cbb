"""A plan that is only looked at: all that a proposal says, and nothing of it kept; and tools found by words, with decisions."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from helmward.core.nouns import Scope
from helmward.core.settings import ServerSettings
from helmward.door.identity import NewToken
from helmward.faces.serve import bind, serving
from helmward.house import House
from helmward.house.asking import Asking
from helmward.house.auditing import HELMWARD

from ...house.home import Home, home
from ...house.test_asking_model import WEB
from ...waiting import until
from ..station import Station, running
from .test_access import call

# A change may be made at once in the environment `testing`; what destroys is asked for, and nobody scales.
POLICY = """package helmward.door

default visible := false

default decision := {"verdict": "deny", "reason": "no", "rule": "default"}

visible if count(input.actor.roles) > 0

decision := {"verdict": "ask", "reason": "it destroys", "rule": "ask", "approvers": ["admin"]} if input.effect == "DESTRUCTIVE"
else := {"verdict": "deny", "reason": "nobody scales", "rule": "scale"} if input.permission == "scale"
else := {"verdict": "ask", "reason": "production", "rule": "env", "approvers": ["admin"]} if {
	input.effect != "READ"
	input.scope.environment != "testing"
} else := {"verdict": "allow", "reason": "everybody may", "rule": "all"}
"""
RESTART = {"tool": "rollout_restart", "arguments": {"namespace": "default", "name": "web"}}
BODY = {"actions": [RESTART], "reason": "to see"}
DRY = "/api/v1/plans?dryRun=true"


@asynccontextmanager
async def serve(folder: Path) -> AsyncIterator[tuple[str, House, Home]]:
    policy = folder / "policy"
    policy.mkdir()
    (policy / "policy.rego").write_text(POLICY)
    given = {
        "changes.mode": "auto",
        "changes.policy": policy,
        "changes.environments": [{"name": "testing", "namespaces": ["default"]}],
    }
    async with home(folder) as at, at.house(**given) as house:
        for space in ("default", "kube-system"):
            await at.writer.create(WEB | {"metadata": {"name": "web", "namespace": space}})
        await until(lambda: len(list(house.world.all("Deployment"))) == 2, "both Deployments are known")
        server = ServerSettings(port=0)
        address = bind(server)
        with address.socket:
            async with serving(house, server, address):
                yield address.url, house, at


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    folder = tmp_path_factory.mktemp("dry")
    with running(folder, serve(folder)) as made:
        yield made


def actions_since(place: Station, number: int) -> list[tuple[str, str, str]]:
    records = [json.loads(one) for one in place.house.audit_page(number, 200, None)]
    return [(one["action"], one["target"], one["outcome"]) for one in records]


async def dry(place: Station, role: Any, tool: str, **arguments: Any) -> tuple[int, Any]:
    body = {"actions": [{"tool": tool, "arguments": {"namespace": "default", **arguments}}]}
    status, _, answer = await call(place, "POST", DRY, place.token(role), json=body)
    return status, answer


async def test_it_tells_all_and_keeps_nothing(place: Station) -> None:
    token, before = place.token("requester"), place.house.audit.sequence
    status, _, row = await call(place, "POST", DRY, token, json=BODY)
    assert (status, row["id"], row["state"], row["expires"], row["decision"]) == (200, None, "dry-run", None, "allow")
    assert (row["why"], row["environment"], row["approval"]) == ("to see", "testing", None)
    (step,) = row["actions"]
    assert step["id"] is None and step["state"] == "planned"
    assert step["changes"] and step["blastRadius"]["objects"] >= 1
    assert step["managedBy"] and step["verify"] and step["undo"]
    assert actions_since(place, before) == [("tool.rehearse", "rollout_restart", "done")]
    assert (await call(place, "GET", "/api/v1/plans", token))[2] == {"plans": []}
    assert (await call(place, "GET", "/api/v1/actions", token))[2] == {"actions": []}
    ledger = place.house.door.means.ledger
    assert not ledger.intents and not ledger.proposed
    body = {"arguments": {"kind": "Deployment", "namespace": "default", "name": "web"}}
    _, _, stands = await call(place, "POST", "/api/v1/tools/resources_get", token, json=body)
    assert stands["items"] and "restartedAt" not in json.dumps(stands)


async def test_it_says_what_policy_would(place: Station) -> None:
    status, answer = await dry(place, "requester", "resources_scale", kind="Deployment", name="web", replicas=2)
    assert (status, answer["exitCode"], "nobody scales" in answer["error"]) == (403, 5, True)
    before = place.house.audit.sequence
    await dry(place, "requester", "resources_scale", kind="Deployment", name="web", replicas=2)
    assert actions_since(place, before)[-1] == ("tool.rehearse", "resources_scale", "denied")
    for arguments, wanted in (({"name": "nothing"}, (404, "nothing")), ({"name": "../x"}, (400, "name"))):
        status, answer = await dry(place, "requester", "rollout_restart", **arguments)
        assert status == wanted[0] and wanted[1] in answer["error"], answer
    assert not place.house.door.means.ledger.proposed


async def test_who_is_bounded_sees_no_more_by_a_dry_run(place: Station) -> None:
    house = place.house
    wish = NewToken("bounded", ("requester",), scope=Scope(namespaces=("other",)))
    token = place.call(house.identity.create, HELMWARD, wish, house.clock()).text
    status, _, answer = await call(place, "POST", DRY, token, json=BODY)
    assert (status, "outside of what bounded may touch" in answer["error"]) == (403, True)


async def test_the_kill_switch_holds_for_it_too(place: Station) -> None:
    admin, stop = place.token("admin"), {"kind": "tool", "name": "rollout_restart", "reason": "a test"}
    assert (await call(place, "POST", "/api/v1/kill", admin, json=stop))[0] == 200
    try:
        assert (await call(place, "POST", DRY, admin, json=BODY))[0] == 403
    finally:
        assert (await call(place, "POST", "/api/v1/revive", admin, json=stop))[0] == 200


async def test_tools_are_found_by_words_and_say_what_policy_does(place: Station) -> None:
    token = place.token("requester")
    _, _, listed = await call(place, "GET", "/api/v1/tools", token)
    rows = {one["name"]: one for one in listed["tools"]}
    assert {"effect", "permission", "description", "title", "decision"} <= set(rows["rollout_restart"])
    assert {name: rows[name]["decision"] for name in ("resources_list", "resources_scale", "pods_delete_bare")} == {
        "resources_list": "allow",
        "resources_scale": "deny",
        "pods_delete_bare": "ask",
    }
    assert rows["rollout_restart"]["decision"] is None  # testing runs it at once, production asks
    for words, names in (
        ("LOG container", {"pods_log"}),
        ("rollout", {"rollout_history", "rollout_restart", "rollout_undo"}),
        ("no such thing", set()),
    ):
        _, _, found = await call(place, "GET", "/api/v1/tools", token, params={"q": words})
        assert {one["name"] for one in found["tools"]} == names
    assert (await call(place, "GET", "/api/v1/tools", token, params={"q": "x" * 101}))[0] == 422
    _, _, one = await call(place, "GET", "/api/v1/tools/pods_delete_bare", token)
    assert one["decision"] == "ask"


async def test_a_bounded_actor_is_told_of_its_own_places(place: Station) -> None:
    house = place.house
    wish = NewToken("inside", ("requester",), scope=Scope(namespaces=("default",)))
    token = place.call(house.identity.create, HELMWARD, wish, house.clock()).text
    _, _, listed = await call(place, "GET", "/api/v1/tools", token)
    rows = {one["name"]: one["decision"] for one in listed["tools"]}
    assert (rows["rollout_restart"], rows["nodes_top"], rows["resources_list"]) == ("allow", "deny", None)


async def test_a_plan_that_is_being_made_is_made_whole(place: Station) -> None:
    """Whoever asked in words may hang up meanwhile: what is recorded is also stored."""
    house = place.house
    text = place.token("requester")

    async def hung_up() -> None:
        actor = house.identity.check(text, house.clock())
        understood = asyncio.Event()
        asking = Asking(house)
        words = "restart the deployment web in default"
        going = asyncio.create_task(
            asking.ask(actor, words, "new", True, lambda _what, _data: understood.set()),
        )
        await understood.wait()
        await asyncio.sleep(0)
        going.cancel()
        with suppress(asyncio.CancelledError):
            await going
        assert going.cancelled()
        ledger = house.door.means.ledger
        await until(lambda: ledger.proposed, "the plan is recorded")
        (identity,) = ledger.proposed
        await until(lambda: house.door.means.store.find(identity), "the plan is stored")

    await asyncio.to_thread(place.do, hung_up())
