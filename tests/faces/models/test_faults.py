"""What goes wrong before, at and behind the gateway: one sentence each, in the API's own shape, recorded and settled."""

from __future__ import annotations

import json
import socket
import time
from urllib.parse import urlsplit

import pytest

from helmward.house.auditing import HELMWARD

from ...gateway.upstream import Script, answers, cut_in_body, hangs_up, refuses, says, streams
from ...waiting import until
from .stand import Stand
from .talk import chat, post

_START = b'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"small","choices":[{"index":0,"delta":'
_HELLO = _START + b'{"role":"assistant","content":"Hello there, "},"finish_reason":null}]}\n\n'


@pytest.mark.parametrize(
    ("script", "status", "words"),
    [
        (refuses(429, retry_after="7"), 429, "limit"),
        (refuses(500), 502, "'one'"),
        (refuses(401), 502, "key"),
        (hangs_up(), 502, "'one'"),
        (says(b"{nonsense"), 502, "'one'"),
        (says(b"<html>", content_type="text/html"), 502, "'one'"),
        (cut_in_body(), 502, "'one'"),
    ],
)
def test_an_upstream_that_fails(gateway: Stand, script: Script, status: int, words: str) -> None:
    gateway.script(script)
    said = chat(gateway, "hello")
    assert (said.status, words in said.error) == (status, True), said
    assert gateway.records()[-1].outcome == "failed"
    _heal(gateway)


@pytest.mark.parametrize(
    "script",
    [
        streams(_HELLO, cut=True),
        streams(_HELLO, b"data: {broken\n\n"),
        streams(_HELLO, b'data: {"error":{"message":"x"}}\n\n'),
    ],
)
def test_a_stream_that_breaks_off_ends_in_the_apis_own_error(gateway: Stand, script: Script) -> None:
    gateway.script(script)
    said = chat(gateway, "hello", stream=True)
    assert said.status == 200 and said.error
    record = gateway.records()[-1]
    assert record.outcome == "failed" and record.details["outputTokens"] > 0
    _heal(gateway)


def test_a_caller_who_goes_away_cancels_the_upstream(gateway: Stand) -> None:
    gateway.script(streams(_HELLO * 3, hold=gateway.station.call(_event)))
    place = urlsplit(gateway.url)
    body = json.dumps({"model": "small", "stream": True, "messages": [{"role": "user", "content": "x"}]}).encode()
    with socket.create_connection((place.hostname, place.port)) as caller:
        head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {gateway.key}\r\n"
        caller.sendall(f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        assert b"200" in caller.recv(1000)
    deadline = time.monotonic() + 30

    async def gone() -> None:
        await until(lambda: gateway.openai.received and gateway.openai.received[0].gone.is_set(), "the upstream let go")

    gateway.station.do(gone())
    assert time.monotonic() < deadline
    assert "went away" in gateway.records()[-1].reason


@pytest.mark.parametrize(
    ("path", "body", "headers", "status", "words"),
    [
        ("/v1/chat/completions", b"{", {}, 400, "JSON"),
        ("/v1/chat/completions", b"[" * 100_000, {}, 400, "nests"),
        ("/v1/chat/completions", b'{"model":"small"}', {}, 400, "messages"),
        ("/v1/chat/completions", b'{"model":"small","messages":[{"role":"user","content":5}]}', {}, 400, "content"),
        ("/v1/chat/completions", b"{}", {"content-type": "text/plain"}, 415, "application/json"),
        ("/v1/chat/completions", b"{}", {"x-helmward-class": "cosmic"}, 400, "public"),
        ("/v1/chat/completions", b"x" * (11 << 20), {}, 413, "10 MiB"),
        ("/v1/messages", b'{"model":"small","messages":[{"role":"user","content":"x"}]}', {}, 400, "max_tokens"),
        ("/v1/nothing", b"{}", {}, 404, "nothing at this address"),
    ],
)
def test_a_request_that_cannot_be_taken(
    gateway: Stand, path: str, body: bytes, headers: dict[str, str], status: int, words: str
) -> None:
    code, read = post(gateway, path, body, **headers)
    error = json.loads(read)["error"]
    assert code == status and words in error["message"], error
    assert len(error["message"]) < 400


def test_a_header_that_comes_twice_is_refused(gateway: Stand) -> None:
    place = urlsplit(gateway.url)
    with socket.create_connection((place.hostname, place.port)) as caller:
        head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {gateway.key}\r\n"
        caller.sendall(
            f"{head}Authorization: y\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}".encode()
        )
        assert b" 400 " in caller.recv(2000).split(b"\r\n")[0]


def test_a_viewer_may_call_and_a_stranger_may_not(gateway: Stand) -> None:
    gateway.script(answers())
    assert chat(gateway, "x", key=gateway.station.token("caller")).status == 200
    assert chat(gateway, "x", key="hw_00000000_" + "A" * 43).status == 401


def _event() -> object:
    import asyncio

    return asyncio.Event()


def _heal(gateway: Stand) -> None:
    """Close the breakers, as time would."""
    assert gateway.station.house.models is not None
    router = gateway.station.house.models.gateway.parts.router
    for name in ("one", "two"):
        gateway.station.call(router.breaker(name)._close)
    gateway.station.call(router._limited.clear)


def test_what_broke_off_is_settled_by_no_less_than_was_said(gateway: Stand) -> None:
    text = "A rather long answer that is cut off before its end. " * 3
    gateway.script(answers("", chunks=[text[at : at + 9] for at in range(0, len(text), 9)], cut_after=16, delay=0.02))
    assert chat(gateway, "x", model="large", stream=True).error
    assert gateway.records()[-1].details["outputTokens"] >= 100
    _heal(gateway)
    gateway.script(says(b"{nonsense"))
    chat(gateway, "x", max_tokens=123)
    assert gateway.records()[-1].details["outputTokens"] == 123
    _heal(gateway)


def test_a_killed_actor_calls_no_model(gateway: Stand) -> None:
    gateway.script(answers())
    house, key = gateway.station.house, gateway.station.token("oncall")
    assert chat(gateway, "x", key=key).status == 200
    gateway.station.do(house.door.kills.kill(HELMWARD, "actor:a oncall", "what is it doing?"))
    said = chat(gateway, "x", key=key)
    assert said.status == 403 and "kill switch" in said.error
    assert gateway.records()[-1].outcome == "denied"
    gateway.station.do(house.door.kills.revive(HELMWARD, "actor:a oncall", ""))
    assert chat(gateway, "x", key=key).status == 200


def test_an_upstreams_refusal_costs_nothing_and_tells_no_address(gateway: Stand) -> None:
    gateway.script(refuses(500))
    chat(gateway, "x")
    details = gateway.records()[-1].details
    assert (details["inputTokens"], details["outputTokens"], details["usd"]) == (0, 0, 0.0)
    _heal(gateway)
    gateway.script(hangs_up())
    said = chat(gateway, "x")
    assert str(gateway.openai.port) not in said.error and "127.0.0.1" not in said.error
    _heal(gateway)


def test_a_body_that_cannot_be_taken_is_audited(gateway: Stand) -> None:
    post(gateway, "/v1/chat/completions", b"{}", **{"content-type": "text/plain"})
    record = gateway.records()[-1]
    assert record.outcome == "denied" and "application/json" in record.reason
