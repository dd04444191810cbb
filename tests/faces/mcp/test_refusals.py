"""Who does not come in, and what is no request: each is refused with a sentence or the protocol's own error, none with ours."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import subprocess
import sys
import threading
from collections import Counter
from typing import Any

import aiohttp
import pytest

from helmward.core.nouns import Actor
from helmward.door.identity.roles import ROLES, Role
from helmward.faces.api.gate import LARGEST_BODY
from helmward.faces.mcp.endpoint import McpEndpoint
from helmward.house.calling.calls import ToolCalls

from ..station import Station
from .wire import asked, call, headers, post

both = pytest.mark.parametrize("revision", ["2026-07-28", "2025-11-25"])


def audited(station: Station) -> list[dict[str, Any]]:
    return [json.loads(line) for line in station.house.audit_tail(50)]


@pytest.mark.parametrize("token", [None, "nothing", "hw_" + "x" * 40])
async def test_without_a_token_that_holds(station: Station, token: str | None) -> None:
    got = await post(station, asked("tools/list"), headers(token, Mcp_Method="tools/list"))
    assert (got.status, got.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert got.body["error"].endswith(".")
    if token:  # shown, and wrong
        assert audited(station)[-1]["target"] == "POST /mcp"


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"Host": "evil.example.com"}, 421), ({"Host": "evil.example.com:80"}, 421), ({"Host": ""}, 421),
        ({"Origin": "https://evil.example.com"}, 403), ({"Origin": "null"}, 403), ({"Origin": ""}, 403),
    ],
)  # fmt: skip
async def test_other_hosts_and_origins(station: Station, given: dict[str, str], status: int) -> None:
    got = await post(station, asked("tools/list"), headers(station.token("viewer"), Mcp_Method="tools/list", **given))
    assert got.status == status
    assert got.body["error"].endswith(".")


async def test_our_own_origin_may(station: Station) -> None:
    given = headers(station.token("viewer"), Mcp_Method="tools/list", Origin=station.url)
    assert (await post(station, asked("tools/list"), given)).status == 200


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT", "OPTIONS"])
async def test_no_stream_of_the_servers_own_and_no_session(station: Station, method: str) -> None:
    got = await post(station, b"", headers(station.token("viewer")), method)
    assert (got.status, got.headers["Allow"]) == (405, "POST")


@both
@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", -32700), (b"{", -32700), (b"[" * 20_000, -32700), (b"\xff\xfe", -32700), (b"[]", -32600), (b"null", -32600),
        (b'"x"', -32600), (b'{"jsonrpc": "1.0", "id": 1, "method": "tools/list"}', -32600),
        (b'{"jsonrpc": "2.0", "id": {}, "method": "tools/list"}', -32600), (b'{"jsonrpc": "2.0", "id": 1}', -32600),
        (b'{"jsonrpc": "2.0", "id": true, "method": "ping"}', -32600),
        (b'{"jsonrpc": "2.0", "method": "ping", "params": []}', -32600),
        (b'{"jsonrpc": "2.0", "id": 1, "result": {}}', -32600),
    ],
)  # fmt: skip
async def test_what_is_no_message(station: Station, revision: str, body: bytes, code: int) -> None:
    got = await post(station, body, headers(station.token("viewer"), revision, Mcp_Method="tools/list"))
    assert got.status == 400, got.text
    assert got.body["error"]["code"] == code, got.text
    assert got.body["error"]["message"].endswith(".")
    assert "pydantic" not in got.text


@both
@pytest.mark.parametrize(
    ("method", "params", "code", "says"),
    [
        ("tools/call", {"name": "no_such_tool", "arguments": {}}, -32602, "There is no tool 'no_such_tool'"),
        ("tools/call", {"name": "pod_list\x1b[31m"}, -32602, "There is no tool"),
        ("tools/call", {"name": "pods_log", "arguments": []}, -32602, "params.arguments: "),
        ("tools/call", {"arguments": {}}, -32602, "params.name: "),
        ("tools/list", {"cursor": "no_such_tool"}, -32602, "params.cursor: "),
        ("resources/list", {}, -32601, "Method not found"),
        ("read_system_secret", {}, -32601, "Method not found"),
    ],
)  # fmt: skip
async def test_wrong_requests(
    station: Station, revision: str, method: str, params: dict[str, Any], code: int, says: str
) -> None:
    more = {"Mcp_Method": method} | ({"Mcp_Name": params["name"]} if "name" in params else {})
    given = headers(station.token("viewer"), revision, **{key: text.replace("\x1b", "") for key, text in more.items()})
    got = await post(station, asked(method, revision, **params), given)
    if got.status == 400 and got.body["error"]["code"] == -32020:  # the header is not the body's name
        return
    assert got.body["error"]["code"] == code, got.text
    assert says in got.body["error"]["message"]
    assert "params.params" not in got.text
    assert "\x1b" not in got.text


async def test_an_unknown_tool_is_recorded(station: Station) -> None:
    """A model that asks for what it was never offered is seen."""
    got = await call(station, station.token("requester"), "read_system_secret")
    assert got.body["error"]["code"] == -32602
    assert audited(station)[-1]["target"] == "the tool read_system_secret"
    assert audited(station)[-1]["outcome"] == "denied"


async def test_too_much(station: Station) -> None:
    token = station.token("viewer")
    got = await call(station, token, "pods_log", {"name": "x" * LARGEST_BODY})
    assert got.status == 413

    async def chunks() -> Any:
        for _ in range(LARGEST_BODY // 1000 + 2):
            yield b"x" * 1000

    async with aiohttp.ClientSession() as session:
        answer = await session.post(f"{station.url}/mcp", data=chunks(), headers=headers(token))
        assert answer.status == 413
        answer.close()


async def test_depths_of_arguments(station: Station) -> None:
    deep: Any = "x"
    for depth in range(200):
        deep = {"x": deep}
        if depth in (3, 199):
            got = await call(station, station.token("viewer"), "resources_list", {"kind": deep})
            assert got.body["result"]["isError"]
            says = "resources_list: kind" if depth == 3 else "tool-calls/malformed-arguments"
            assert says in got.body["result"]["content"][0]["text"]


async def test_wrong_headers(station: Station) -> None:
    """The new revision's headers must say what the body says: a proxy may have judged by them."""
    token = station.token("viewer")
    body = asked("tools/call", name="pods_log", arguments={})
    for more in ({"Mcp_Method": "tools/list"}, {"Mcp_Method": "tools/call", "Mcp_Name": "incidents_list"}):
        got = await post(station, body, headers(token, **more))
        assert (got.status, "error" in got.body) == (400, True)
    got = await post(station, body, headers(token, Content_Type="text/plain"))
    assert got.status == 400
    elsewhen = asked("tools/call", name="pods_log", meta={"io.modelcontextprotocol/protocolVersion": "1999-01-01"})
    got = await post(station, elsewhen, headers(token, "1999-01-01", Mcp_Method="tools/call", Mcp_Name="pods_log"))
    assert (got.status, got.body["error"]["code"]) == (400, -32022)


async def test_an_error_of_ours_says_nothing_of_itself(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    """Raised where the house is asked, in both revisions: neither's own words go out."""

    async def broken(*_: Any) -> Any:
        raise RuntimeError("the inside of the house")

    monkeypatch.setattr(type(station.house.door), "read", broken)
    token = station.token("viewer")
    for revision in ("2026-07-28", "2025-11-25"):
        given = headers(token, revision, Mcp_Method="tools/call", Mcp_Name="pods_log")
        got = await post(station, asked("tools/call", revision, name="pods_log", arguments={}), given)
        assert got.body["error"]["code"] == -32603, got.text
        assert "inside of the house" not in got.text
        assert "server.log" in got.body["error"]["message"]


async def test_json_by_default_and_a_stream_where_progress_is_asked_for(station: Station) -> None:
    token = station.token("viewer")
    plain = await call(station, token, "incidents_list")
    assert plain.headers["Content-Type"] == "application/json"
    body = asked("tools/call", "2025-11-25", {"progressToken": "p"}, name="incidents_list", arguments={})
    streamed = await post(station, body, headers(token, "2025-11-25"))
    assert streamed.headers["Content-Type"].startswith("text/event-stream")
    assert streamed.messages[-1]["result"]["structuredContent"] == plain.body["result"]["structuredContent"]


async def test_many_at_once_keep_apart(station: Station) -> None:
    """Each answer goes to who asked, and each call is recorded under its own actor."""
    tokens = {name: station.token(name) for name in ("viewer", "requester")}  # type: ignore[arg-type]

    async def one(name: str, number: int) -> None:
        got = await call(station, tokens[name], "actions_get", {"id": f"act-{name[:4]}{number}"})
        assert f"act-{name[:4]}{number}" in got.body["result"]["content"][0]["text"]

    await asyncio.gather(*(one(name, number) for name in tokens for number in range(10)))
    told = [record for record in audited(station) if record["target"] == "actions_get"][-20:]  # other tests ask, too
    assert Counter(record["actor"]["name"] for record in told) == {"a viewer": 10, "a requester": 10}


async def test_who_hangs_up_cancels(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    began, cancelled = threading.Event(), threading.Event()

    async def endless(*_: Any) -> Any:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    monkeypatch.setattr(type(station.house.door), "read", endless)
    calling = asyncio.create_task(call(station, station.token("viewer"), "pods_log"))
    assert await asyncio.to_thread(began.wait, 20)
    calling.cancel()
    assert await asyncio.to_thread(cancelled.wait, 20)


async def test_pages_that_may_call_are_told_so(station: Station) -> None:
    """A browser asks first, without a token; pages of other origins get no answer they could read."""
    origin = "https://console.example.com"
    loaded = station.house.loaded.replaced({"mcp.allowed_origins": [origin]})
    endpoint = McpEndpoint(dataclasses.replace(station.house, loaded=loaded), asyncio.Event())

    async def preflight(origin: str) -> tuple[int, dict[bytes, bytes]]:
        sent: list[Any] = []
        asks = {"host": "127.0.0.1:1", "origin": origin, "access-control-request-method": "POST"}
        asks["access-control-request-headers"] = "authorization,mcp-method"
        given = [(name.encode(), text.encode()) for name, text in asks.items()]
        scope = {"type": "http", "method": "OPTIONS", "path": "/mcp", "headers": given, "scheme": "http"}

        async def receive() -> dict[str, str]:
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        await endpoint({**scope, "server": ("127.0.0.1", 1)}, receive, send)  # type: ignore[arg-type]
        return sent[0]["status"], dict(sent[0]["headers"])

    status, answered = await preflight(origin)
    assert (status, answered[b"access-control-allow-origin"]) == (200, origin.encode())
    assert b"mcp-method" in answered[b"access-control-allow-headers"]
    status, answered = await preflight("https://evil.example.com")
    assert (status, b"access-control-allow-origin" in answered) == (403, False)


def test_who_never_calls_pays_nothing() -> None:
    code = "import sys, helmward.faces.serve; sys.exit('mcp' in sys.modules or 'mcp_types' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 0


@pytest.mark.parametrize("role", ROLES)
async def test_what_is_listed_is_what_may_be_called(station: Station, role: Role) -> None:
    """And nobody is told more of what they may not call than that they may not."""
    token = station.token(role)
    got = await post(station, asked("tools/list"), headers(token, Mcp_Method="tools/list"))
    listed = {one["name"] for one in got.body["result"]["tools"]}
    assert bool(listed) == (role != "caller")
    calls = ToolCalls(station.house)
    for name in [one.name for one in calls.offered(Actor(name="root", kind="user", roles=("admin",)))]:
        result = (await call(station, token, name, {"no": "argument"})).body["result"]
        text = result["content"][0]["text"]
        assert (f"may not use {name}" in text) == (name not in listed), text
        assert result["isError"]
    unknown = (await call(station, token, "pods_logs")).body["error"]["message"]
    assert ("pods_log?" in unknown) == ("pods_log" in listed)
