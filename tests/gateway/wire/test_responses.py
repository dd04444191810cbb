"""Whole answers: texts, calls, usage and the reason to stop, in both APIs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from anthropic.types import Message
from openai.types.chat import ChatCompletion

from helmward.gateway.wire import Usage, WireError, read_response


def completion(**message: Any) -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", "content": None} | message, "finish_reason": "tool_calls"}
    usage = {
        "prompt_tokens": 9,
        "completion_tokens": 4,
        "total_tokens": 13,
        "prompt_tokens_details": {"cached_tokens": 5},
    }
    return {"id": "c", "object": "chat.completion", "created": 1, "model": "up", "choices": [choice], "usage": usage}


def test_a_completion() -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "scale", "arguments": '{"to":5}'}}
    given = completion(content="hi", refusal=None, reasoning_content="hm", tool_calls=[call])
    given["choices"][0]["logprobs"] = {"content": [{"token": "hi", "logprob": -1, "bytes": None, "top_logprobs": []}]}
    response = read_response("openai", json.dumps(given).encode())
    assert [(slot.kind, slot.text) for slot in response.slots] == [
        ("text", "hi"),
        ("reasoning", "hm"),
        ("fields", "name: scale"),
        ("fields", "to: 5"),
    ]
    assert [(each.id, each.name, each.value) for each in response.calls] == [("c1", "scale", {"to": 5})]
    assert response.usage == Usage(input_tokens=9, output_tokens=4, cached_tokens=5)
    assert response.stops == ["tools"]
    response.slots[0].replace("<X>")
    sent = ChatCompletion.model_validate_json(response.encode("alias"), strict=True)
    assert (sent.model, sent.choices[0].message.content, sent.choices[0].logprobs) == ("alias", "<X>", None)


def test_a_message() -> None:
    given = {
        "id": "msg",
        "type": "message",
        "role": "assistant",
        "model": "up",
        "content": [
            {"type": "text", "text": "hi"},
            {"type": "tool_use", "id": "t", "name": "scale", "input": {"to": 5}},
        ],
        "stop_reason": "tool_use",
        "stop_sequence": None,
        "usage": {
            "input_tokens": 4,
            "output_tokens": 3,
            "cache_read_input_tokens": 5,
            "cache_creation_input_tokens": 2,
        },
    }
    response = read_response("anthropic", json.dumps(given).encode())
    assert response.usage == Usage(input_tokens=11, output_tokens=3, cached_tokens=5, cache_write_tokens=2)
    assert [(each.id, each.name, each.arguments) for each in response.calls] == [("t", "scale", '{"to":5}')]
    assert response.stops == ["tools"]
    response.slots[0].replace("<X>")
    sent = Message.model_validate_json(response.encode("alias"))
    assert sent.model == "alias"
    assert sent.content[0].type == "text"
    assert sent.content[0].text == "<X>"


def test_arguments_that_are_no_object_are_said_to_be_none() -> None:
    for arguments in ("{", "[]", '{"a":1,"a":2}'):
        call = {"id": "c1", "type": "function", "function": {"name": "scale", "arguments": arguments}}
        assert read_response("openai", json.dumps(completion(tool_calls=[call])).encode()).calls[0].value is None


def test_usage_that_is_no_count_counts_as_absent() -> None:
    given = completion(content="x") | {
        "usage": {"prompt_tokens": -1, "completion_tokens": "many", "total_tokens": True}
    }
    assert read_response("openai", json.dumps(given).encode()).usage == Usage()
    assert read_response("openai", json.dumps(given | {"usage": None}).encode()).usage is None


@pytest.mark.parametrize(
    ("api", "given", "field"),
    [
        ("openai", {}, "choices"),
        ("openai", {"choices": [{}]}, "choices[0].message"),
        ("openai", completion(content=[{"type": "text"}]), "choices[0].message.content"),
        ("openai", completion(tool_calls=[{"id": "x"}]), "choices[0].message.tool_calls[0].function"),
        ("anthropic", {"type": "error"}, "type"),
        ("anthropic", {"type": "message"}, "content"),
        ("anthropic", {"type": "message", "content": [{"type": "text"}]}, "content[0].text"),
    ],
)
def test_an_answer_that_is_none_is_refused_by_the_name_of_the_field(api: Any, given: Any, field: str) -> None:
    with pytest.raises(WireError) as caught:
        read_response(api, json.dumps(given).encode())
    assert caught.value.field == field


def test_an_embeddings_answer_has_usage_and_no_text() -> None:
    given = {"object": "list", "model": "e", "data": [], "usage": {"prompt_tokens": 3, "total_tokens": 3}}
    response = read_response("openai", json.dumps(given).encode(), "embeddings")
    assert (response.usage, response.slots, response.model) == (Usage(input_tokens=3), [], "e")
    assert json.loads(response.encode("alias")) == given | {"model": "alias"}


@pytest.mark.parametrize("given", [b"", b"[]", b"{}", b'{"data":{}}', b'{"data":[}', b"[" * 5000])
def test_an_embeddings_answer_that_is_none(given: bytes) -> None:
    with pytest.raises(WireError):
        read_response("openai", given, "embeddings")
