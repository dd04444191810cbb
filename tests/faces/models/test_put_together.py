"""What a caller puts together is judged together: a secret that comes in parts does not get out, streamed or whole."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ...gateway.upstream import says, streams
from .stand import Stand
from .talk import SECRET, chat, post

_HALVES = "the key is " + SECRET[:8], SECRET[8:]


def _event(value: dict[str, Any]) -> bytes:
    name = b"event: " + value["type"].encode() + b"\n" if "type" in value else b""
    return name + b"data: " + json.dumps(value, separators=(",", ":")).encode() + b"\n\n"


def _chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return _event({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "small", "choices": [choice]})


def _message(content: list[dict[str, Any]]) -> dict[str, Any]:
    usage = {"input_tokens": 1, "output_tokens": 1}
    return {
        "id": "m", "type": "message", "role": "assistant", "model": "large", "content": content,
        "stop_reason": "end_turn", "stop_sequence": None, "usage": usage,
    }  # fmt: skip


def _blocks(kind: str, name: str, between: tuple[dict[str, Any], ...] = ()) -> list[dict[str, Any]]:
    first, second = ({"type": kind, name: half} for half in _HALVES)
    return [first, *between, second]


def _streamed(content: list[dict[str, Any]]) -> list[bytes]:
    events: list[dict[str, Any]] = [{"type": "message_start", "message": _message([]) | {"stop_reason": None}}]
    for index, block in enumerate(content):
        kind = block["type"]
        name = {"text": "text", "thinking": "thinking"}.get(kind)
        start = block | ({name: ""} if name else {"input": {}})
        delta = (
            {"type": f"{kind}_delta", name: block[name]} if name else {"type": "input_json_delta", "partial_json": "{}"}
        )
        events += [
            {"type": "content_block_start", "index": index, "content_block": start},
            {"type": "content_block_delta", "index": index, "delta": delta},
            {"type": "content_block_stop", "index": index},
        ]
    delta = {"stop_reason": "end_turn", "stop_sequence": None}
    end = [{"type": "message_delta", "delta": delta, "usage": {"output_tokens": 5}}, {"type": "message_stop"}]
    return [_event(event) for event in [*events, *end]]


_CALL = {"type": "tool_use", "id": "t", "name": "f", "input": {}}
_TOOLS = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    "content",
    [_blocks("text", "text"), _blocks("text", "text", (_CALL,)), _blocks("thinking", "thinking")],
    ids=["texts", "texts around a call", "thoughts"],
)
def test_blocks_that_become_one_text(gateway: Stand, content: list[dict[str, Any]], stream: bool) -> None:
    gateway.script(streams(*_streamed(content)) if stream else says(json.dumps(_message(content)).encode()))
    body = {"model": "large", "stream": stream, "tools": _TOOLS, "messages": [{"role": "user", "content": "x"}]}
    status, read = post(gateway, "/v1/chat/completions", json.dumps(body).encode())
    assert status == 200 and b"[secrets/aws-access-key]" in read
    assert SECRET[8:].encode() not in read and SECRET[:8].encode() not in read


def test_a_choice_ends_once(gateway: Stand) -> None:
    first, second = _HALVES
    gateway.script(
        streams(_chunk({"content": first}), _chunk({}, "stop"), _chunk({"content": second}), b"data: [DONE]\n\n")
    )
    said = chat(gateway, "x", stream=True)
    assert "has ended" in said.error and second not in said.text


def test_a_reason_that_says_nothing_ends_nothing(gateway: Stand) -> None:
    first, second = _HALVES
    pieces = [_chunk({"content": first}, ""), _chunk({"content": second}, ""), _chunk({}, "stop"), b"data: [DONE]\n\n"]
    gateway.script(streams(*pieces))
    said = chat(gateway, "x", stream=True)
    assert (said.text, said.error) == ("the key is [secrets/aws-access-key]", "")


def test_token_ids_spell_what_was_masked(gateway: Stand) -> None:
    message = {"role": "assistant", "content": "".join(_HALVES)}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "token_ids": [ord(sign) for sign in SECRET]}
    answer = {"id": "c", "object": "chat.completion", "created": 1, "model": "small", "choices": [choice]}
    gateway.script(says(json.dumps(answer).encode()))
    body = {"model": "small", "messages": [{"role": "user", "content": "x"}]}
    status, read = post(gateway, "/v1/chat/completions", json.dumps(body).encode())
    assert status == 200 and b"[secrets/aws-access-key]" in read and b"token_ids" not in read


@pytest.mark.parametrize("field", ["foo", "audio"])
def test_pieces_in_fields_that_nobody_knows(gateway: Stand, field: str) -> None:
    pieces = [{field: {"transcript": half}} for half in (*_HALVES, " and so on")]
    whole = [{field: {"transcript": word}} for word in ("one ", "two ", "three")]
    for deltas, passes in ((pieces, False), (whole, True)):
        gateway.script(streams(_chunk({"content": "x"}), *map(_chunk, deltas), _chunk({}, "stop"), b"data: [DONE]\n\n"))
        body = {"model": "small", "stream": True, "messages": [{"role": "user", "content": "x"}]}
        status, read = post(gateway, "/v1/chat/completions", json.dumps(body).encode())
        assert status == 200 and b"[DONE]" in read and SECRET[8:].encode() not in read
        assert (read.count(b"transcript") == 3) is passes


def test_the_input_of_a_servers_tool_is_judged_whole(gateway: Stand) -> None:
    for parts, passes in (
        (('{"query":"the key is ' + SECRET[:8], SECRET[8:] + '"}'), False),
        (('{"query":', '"x"}'), True),
    ):
        events = [
            {"type": "message_start", "message": _message([]) | {"stop_reason": None}},
            {
                "type": "content_block_start",
                "index": 0,
                "content_block": {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}},
            },
            *(
                {"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": part}}
                for part in parts
            ),
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 5}},
            {"type": "message_stop"},
        ]
        gateway.script(streams(*map(_event, events)))
        body = {"model": "large", "stream": True, "max_tokens": 9, "messages": [{"role": "user", "content": "x"}]}
        status, read = post(gateway, "/v1/messages", json.dumps(body).encode())
        assert status == 200 and b"message_stop" in read and SECRET[8:].encode() not in read
        assert (read.count(b"input_json_delta") == 2) is passes
        assert read.index(b"content_block_stop") > read.rfind(b"input_json_delta")


@pytest.mark.parametrize("stream", [False, True])
def test_the_id_of_a_call_is_a_text_too(gateway: Stand, stream: bool) -> None:
    call = {"id": SECRET, "type": "function", "function": {"name": "f", "arguments": "{}"}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    answer: dict[str, Any] = {"id": "c", "object": "chat.completion", "created": 1, "model": "small"}
    answer["choices"] = [{"index": 0, "message": message, "finish_reason": "tool_calls"}]
    pieces = [_chunk({"tool_calls": [call | {"index": 0}]}), _chunk({}, "tool_calls"), b"data: [DONE]\n\n"]
    gateway.script(streams(*pieces) if stream else says(json.dumps(answer).encode()))
    body = {"model": "small", "stream": stream, "tools": _TOOLS, "messages": [{"role": "user", "content": "x"}]}
    _, read = post(gateway, "/v1/chat/completions", json.dumps(body).encode())
    assert SECRET.encode() not in read and b"secrets/aws-access-key" in read
