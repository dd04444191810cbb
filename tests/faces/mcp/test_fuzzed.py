"""Whatever is posted to /mcp: an answer of the protocol, and none of the server's own inside."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ..station import Station
from .wire import META, headers, post

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from(["pods_log", "rollout_restart", "incidents_list", "actions_get"]) | st.text(max_size=20)
methods = st.sampled_from(
    ["tools/call", "tools/list", "initialize", "server/discover", "ping", "notifications/cancelled"]
)
fields = st.sampled_from(["kind", "namespace", "name", "id", "limit", "cursor", "wait_seconds"])
params = st.fixed_dictionaries(
    {},
    optional={
        "name": names | values,
        "arguments": st.dictionaries(fields, values, max_size=3) | values,
        "cursor": values,
    },
)
messages = st.fixed_dictionaries(
    {"jsonrpc": st.just("2.0"), "method": methods},
    optional={"id": st.integers() | st.text(max_size=5) | values, "params": params},
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(message=messages, revision=st.sampled_from(["2026-07-28", "2025-11-25"]), enveloped=st.booleans())
def test_every_message_has_an_answer_of_the_protocol(
    station: Station, message: dict[str, Any], revision: str, enveloped: bool
) -> None:
    if enveloped:
        message = {**message, "params": {**message.get("params", {}), "_meta": META}}
    name = message.get("params", {}).get("name")
    more = {"Mcp_Name": name} if isinstance(name, str) and name.isascii() and name.isprintable() else {}
    given_headers = headers(station.token("requester"), revision, Mcp_Method=message["method"], **more)
    got = asyncio.run(post(station, json.dumps(message).encode(), given_headers))
    assert got.status in (200, 202, 400, 404), got.text
    for inside in ("Traceback", "pydantic", "site-packages", "Error("):
        assert inside not in got.text
    if got.text:
        assert ("result" in got.body) != ("error" in got.body), got.text


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=200) | values.map(lambda value: json.dumps(value).encode()))
def test_every_body_has_one_too(station: Station, body: bytes) -> None:
    got = asyncio.run(post(station, body, headers(station.token("viewer"), Mcp_Method="tools/list")))
    assert got.status == 400
    assert got.body["error"]["code"] in (-32700, -32600)
