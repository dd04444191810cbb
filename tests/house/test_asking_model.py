"""`ask` with a model on a real house: whose rights hold, what policy says of a model, and what is recorded."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from helmward.ask.loop import Answer
from helmward.core.errors import DeniedError, UsageError
from helmward.core.nouns import Actor
from helmward.door.audit import AuditError
from helmward.door.identity import NewToken
from helmward.house import House
from helmward.house.asking.hands import HouseHands
from helmward.house.asking.model import ModelAnswers
from helmward.house.auditing import HELMWARD
from helmward.house.calling.calls import ToolCalls

from ..redteam.models import Scripted, calls, cited, says
from .home import Home
from .home import home as make

pytestmark = pytest.mark.asyncio(loop_scope="module")

AT_ONCE = """package helmward.door

default visible := false

default decision := {"verdict": "deny", "reason": "no", "rule": "default"}

visible if input.actor.name != "nobody"

decision := {"verdict": "allow", "reason": "everybody may", "rule": "all"} if input.tool != "resources_scale"
else := {"verdict": "ask", "reason": "agents ask", "rule": "scale", "approvers": ["admin"]} if input.actor.kind == "agent"
else := {"verdict": "allow", "reason": "people may", "rule": "people"}
"""
WEB = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "namespace": "default"},
    "spec": {
        "replicas": 0,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": "app", "image": "registry.example.com/shop/app:9"}]},
        },
    },
}
RESTART = {"tool": "rollout_restart", "arguments": {"namespace": "default", "name": "web"}, "reason": "x"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Home]:
    async with make(tmp_path_factory.mktemp("asking")) as made:
        await made.writer.create(WEB)
        await made.break_pod("broken")
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(place: Home) -> AsyncIterator[House]:
    async with place.house(**{"ask.model": "small", "changes.mode": "ask"}) as running:
        yield running


async def somebody(house: House, name: str, *roles: str) -> Actor:
    minted = await asyncio.to_thread(house.identity.create, HELMWARD, NewToken(name, roles), house.clock())
    return house.identity.check(minted.text, house.clock())


def records(house: House, after: int) -> list[dict[str, Any]]:
    return [json.loads(one) for one in house.audit_page(after, 1000, None)]


async def test_a_look_is_made_by_an_agent_and_recorded_as_a_models(house: House) -> None:
    alice, before = await somebody(house, "alice", "requester"), house.audit.sequence
    model = Scripted(calls(("incidents_list", {})), lambda turns: says(f"broken is open [{cited(turns, 'broken')}]."))
    answer = await ModelAnswers(house, model).answer(alice, "What is broken?")
    assert [one.text for one in answer.sentences] == ["broken is open."]
    found = [(one["action"], one["target"], one["outcome"], one["actor"]["kind"]) for one in records(house, before)]
    assert found == [
        ("ask.question", "small", "intended", "user"),
        ("ask.call", "incidents_list", "intended", "user"),
        ("tool.call", "incidents_list", "done", "agent"),
        ("ask.answer", "small", "done", "user"),
    ]
    call = records(house, before)[1]["details"]
    assert (call["via"], call["model"], call["arguments"]) == ("model", "small", "{}")


async def test_what_is_offered_is_what_the_actor_may_see(house: House) -> None:
    viewer, admin = await somebody(house, "vera", "viewer"), await somebody(house, "root", "admin")

    def hands(actor: Actor) -> HouseHands:
        return HouseHands(house, ToolCalls(house), actor, "small", "?")

    assert not hands(viewer).changes()
    assert {one.name for one in hands(viewer).offered()} >= {"pods_log", "incidents_explain"}
    changes = {one.name: one for one in hands(admin).changes()}
    assert "rollout_restart" in changes
    assert "reason" not in changes["rollout_restart"].schema["properties"]
    assert not {"resources_patch", "pods_delete_bare", "actions_undo"} & set(changes)  # no agent, no undo


async def test_hands_look_and_nothing_else(house: House) -> None:
    admin = await somebody(house, "hank", "admin")
    hands = HouseHands(house, ToolCalls(house), admin, "small", "?")
    for name in ("rollout_restart", "actions_undo", "plans_create", "resources_patch", "no_tool"):
        with pytest.raises(DeniedError):
            await hands.look(name, {"namespace": "default", "name": "web"})


async def test_a_proposal_waits_in_the_actors_name_and_in_our_words(house: House) -> None:
    alice = await somebody(house, "anna", "requester")
    wish = RESTART | {"reason": "URGENT", "incident": house.incidents()[0].id}
    answer = await ModelAnswers(house, Scripted(calls(("propose_change", wish)), says("ok"))).answer(alice, "Mend it.")
    (proposed,) = answer.proposals
    assert (proposed.state, proposed.plan["requester"]) == ("waiting", "anna")
    assert proposed.line == "helmward tools run rollout_restart namespace=default name=web"
    assert proposed.approve == f"helmward approve {proposed.id}"
    assert proposed.plan["why"] == "The model small proposed it when anna asked: Mend it."
    assert proposed.plan["incident"] == house.incidents()[0].id
    assert "URGENT" not in msgspec.json.encode(answer).decode()
    with pytest.raises(DeniedError):  # nobody was shown it yet: an approval begins with looking
        await house.door.approve(await somebody(house, "boss", "admin"), proposed.id, proposed.plan["digest"])


async def test_a_question_that_the_guards_mask_is_recorded_masked(house: House) -> None:
    alice, before = await somebody(house, "ann", "requester"), house.audit.sequence
    key = "AK" + "IA" + "QRSTUVWXYZ234567"
    model = Scripted(says("ok"))
    await ModelAnswers(house, model).answer(alice, f"Why is {key} refused?")
    assert "[secrets/aws-access-key" in model.seen[-1]
    assert key not in json.dumps(records(house, before))


async def test_nothing_is_asked_where_nothing_can_be_recorded(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    alice, model = await somebody(house, "anja", "requester"), Scripted(says("ok"))

    async def broken(*given: Any) -> int:
        raise AuditError("The disk is full.")

    monkeypatch.setattr(house.audit, "append", broken)
    with pytest.raises(AuditError):
        await ModelAnswers(house, model).answer(alice, "What is broken?")
    assert not model.seen


async def test_where_policy_asks_nobody_a_model_proposes_nothing(tmp_path: Path) -> None:
    policy = tmp_path / "policy"
    policy.mkdir()
    (policy / "policy.rego").write_text(AT_ONCE)
    given = {"ask.model": "small", "changes.mode": "auto", "changes.policy": policy}
    async with make(tmp_path) as place, place.house(**given) as house:
        await place.writer.create(WEB)
        alice = await somebody(house, "alex", "requester")
        scale = {"kind": "Deployment", "namespace": "default", "name": "web", "replicas": 3}
        wishes = [RESTART, {"tool": "resources_scale", "arguments": scale, "reason": "x"}]
        model = Scripted(calls(*(("propose_change", wish) for wish in wishes)), says("ok"))
        answer = await ModelAnswers(house, model).answer(alice, "Restart and scale it.")
        assert [one.state for one in answer.proposals] == ["refused", "refused"]
        assert "run it yourself" in answer.proposals[0].plan["text"]
        assert not house.door.means.ledger.intents
        assert [one.approve for one in answer.proposals] == ["", ""]


async def test_without_a_model_in_the_settings_nobody_is_asked(house: House) -> None:
    settings = house.loaded.settings
    none = settings.model_copy(update={"ask": settings.ask.model_copy(update={"model": None})})
    bare = replace(house, loaded=replace(house.loaded, settings=none))
    with pytest.raises(UsageError, match=r"ask\.model"):
        await ModelAnswers(bare, Scripted(says("ok"))).answer(await somebody(house, "al", "viewer"), "Hello?")


async def test_what_is_said_beside_the_sentences() -> None:
    answer = Answer(id="ask-a", model="small", stopped="steps")
    assert answer.notes == (
        "It was stopped: it had looked as often as ask.steps allows.",
        "The model said nothing that is shown by evidence.",
    )
