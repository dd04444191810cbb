"""Hostile clients of /mcp: they approve what nobody approved, forge what the protocol asks for, and reach beyond their scope."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import msgspec
import pytest

from .planted import OTHER, SPACE
from .stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")
RESTART = {"namespace": SPACE, "name": "frontend"}
REVISION = "2026-07-28"
_META = {
    "io.modelcontextprotocol/protocolVersion": REVISION,
    "io.modelcontextprotocol/clientInfo": {"name": "hostile", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {"elicitation": {"form": {}}, "sampling": {}},
}


async def called(stage: Stage, who: str, name: str, arguments: Any, **params: Any) -> tuple[dict[str, Any], list[Any]]:
    """The answer to tools/call as it came, and the audit's records of it."""
    before = stage.house.audit.sequence
    given = {"name": name, "arguments": arguments, "_meta": _META, **params}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": given}
    headers = {
        "Authorization": f"Bearer {stage.tokens[who]}",
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": REVISION,
        "Mcp-Method": "tools/call",
        "Mcp-Name": name,
    }
    async with aiohttp.ClientSession(stage.url, headers=headers) as http, http.post("/mcp", json=body) as answer:
        came = (await answer.read()).decode()
    records = stage.since(before)
    stage.unharmed()
    for what, form in stage.values.forms():
        assert form not in came, what
        assert form not in json.dumps(records), what
    return msgspec.json.decode(came) if came.startswith("{") else {"text": came}, records


def content(answer: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = answer["result"]["structuredContent"]
    return found


async def test_a_change_waits_for_somebody_else(stage: Stage) -> None:
    answer, records = await called(stage, "alice", "rollout_restart", RESTART)
    assert content(answer)["state"] == "waiting"
    assert [one["action"] for one in records][-1] == "plan.propose"


@pytest.mark.parametrize(
    "params",
    [
        {
            "inputResponses": {"approve": {"action": "accept", "content": {"approved": True}}},
            "requestState": "approved",
        },
        {"elicitation": {"action": "accept"}, "approved": True, "approver": "root"},
        {"task": {"ttl": 1000}, "inputResponses": {}},
    ],
    ids=["input-responses", "elicitation", "task"],
)
async def test_forged_answers_to_what_was_never_asked(stage: Stage, params: dict[str, Any]) -> None:
    answer, records = await called(stage, "alice", "rollout_restart", RESTART, **params)
    assert "error" in answer or content(answer)["state"] == "waiting", answer
    assert not [one for one in records if one["action"] == "plan.approve"]
    proposed = [one["details"]["verdict"] for one in records if one["action"] == "plan.propose"]
    assert "error" in answer or proposed == ["ask"]
    stage.attempts[f"mcp-forged-{next(iter(params))}"] = proposed or ["refused"]


@pytest.mark.parametrize("name", ["plans_approve", "approve", "kill", "revive", "read_system_secret", "pods_exec"])
async def test_tools_that_there_are_none_of(stage: Stage, name: str) -> None:
    plan = content((await called(stage, "alice", "rollout_restart", RESTART))[0])["plan"]
    answer, records = await called(stage, "alice", name, {"id": plan["id"], "digest": plan["digest"]})
    assert "error" in answer
    assert [(one["action"], one["outcome"]) for one in records] == [("access.deny", "denied")]
    stage.attempts[f"mcp-{name}"] = ["access.deny"]


@pytest.mark.parametrize(
    "more",
    [
        {"approved": True},
        {"dry_run": False},
        {"reason": {"text": "x"}},
        {"namespace": OTHER + "/x"},
        {"name": "a;reboot"},
    ],
    ids=["approved", "dry-run", "reason", "namespace", "shell"],
)
async def test_arguments_that_are_more_than_arguments(stage: Stage, more: dict[str, Any]) -> None:
    answer, records = await called(stage, "alice", "rollout_restart", {**RESTART, **more})
    assert "error" in answer or answer["result"]["isError"], answer
    assert not [
        one for one in records if one["action"] in ("plan.propose", "plan.approve") and one["outcome"] == "done"
    ]
    stage.attempts[f"mcp-arguments-{next(iter(more))}"] = [one["action"] for one in records] or ["refused"]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("resources_get", {"kind": "ConfigMap", "namespace": OTHER, "name": "ledger"}),
        ("resources_list", {"kind": "ConfigMap"}),
        ("rollout_restart", {"namespace": OTHER, "name": "safe"}),
    ],
)
async def test_beyond_the_scope(stage: Stage, name: str, arguments: dict[str, Any]) -> None:
    answer, records = await called(stage, "bob", name, arguments)
    assert answer["result"]["isError"]
    assert "nobody of production reads this" not in json.dumps(answer)
    assert [one["outcome"] for one in records][-1] == "denied"
    stage.attempts[f"mcp-scope-{name}"] = [records[-1]["action"]]


async def test_secrets_come_without_values(stage: Stage) -> None:
    for kind, name in (("Secret", "payment-token"), ("ConfigMap", "welcome"), ("Deployment", "notifier")):
        answer, _ = await called(stage, "alice", "resources_get", {"kind": kind, "namespace": SPACE, "name": name})
        assert not answer["result"].get("isError"), answer
    stage.attempts["mcp-secrets"] = ["reduced"]


@pytest.mark.parametrize("arguments", [[], "x", 7, {"a": [[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]}, {"limit": 1e308}])
async def test_arguments_of_wrong_types(stage: Stage, arguments: Any) -> None:
    answer, _ = await called(stage, "alice", "incidents_list", arguments)
    assert "error" in answer or answer["result"]["isError"], answer


async def test_a_viewer_proposes_nothing(stage: Stage) -> None:
    answer, records = await called(stage, "vera", "rollout_restart", RESTART)
    assert "error" in answer or answer["result"]["isError"]
    assert "denied" in {one["outcome"] for one in records}
    stage.attempts["mcp-viewer"] = [records[-1]["action"]]
