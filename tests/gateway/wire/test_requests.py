"""Requests are read strictly where it matters, every text is a slot with its role, and unchanged bytes pass as they are."""

from __future__ import annotations

import json
from typing import Any

import pytest

from helmward.gateway.wire import Limit, Request, WireError, read_anthropic, read_chat, read_embeddings


def body(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def chat(**more: Any) -> dict[str, Any]:
    return {"model": "m", "messages": [{"role": "user", "content": "hello"}]} | more


def messages(**more: Any) -> dict[str, Any]:
    return {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "hello"}]} | more


def shown(request: Request) -> list[tuple[str, str, str]]:
    return [(slot.role, slot.where, slot.text) for slot in request.slots]


TOOL = {
    "type": "function",
    "function": {"name": "scale", "description": "Set replicas", "parameters": {"type": "object"}},
}


def test_what_routing_and_budgets_ask_of_a_chat_request() -> None:
    request = read_chat(
        body(
            chat(
                stream=True,
                stream_options={"include_usage": True},
                max_completion_tokens=7,
                max_tokens=9,
                n=2,
                tools=[TOOL],
            )
        )
    )
    assert (request.model, request.stream, request.include_usage) == ("m", True, True)
    assert (request.max_output_tokens, request.choices) == (7, 2)
    assert [(tool.name, tool.description, tool.schema) for tool in request.offered] == [
        ("scale", "Set replicas", {"type": "object"})
    ]


def test_every_text_of_a_chat_request_is_a_slot_with_its_role() -> None:
    request = read_chat(
        body(
            chat(
                messages=[
                    {"role": "developer", "content": "be brief"},
                    {"role": "user", "name": "ann", "content": [{"type": "text", "text": "why?"}]},
                    {
                        "role": "assistant",
                        "content": None,
                        "refusal": "no",
                        "tool_calls": [
                            {
                                "id": "c1",
                                "type": "function",
                                "function": {"name": "scale", "arguments": '{"to":"five"}'},
                            }
                        ],
                    },
                    {"role": "tool", "tool_call_id": "c1", "content": "done"},
                ],
                tools=[TOOL],
                user="ann@example",
                guided_json={"pattern": "a+"},
            )
        )
    )
    assert shown(request) == [
        ("system", "messages[0].content", "be brief"),
        ("user", "messages[1].content[0].text", "why?"),
        ("user", "messages[1]", "name: ann"),
        ("assistant", "messages[2].refusal", "no"),
        ("assistant", "messages[2].tool_calls[0].function", "name: scale"),
        ("assistant", "messages[2].tool_calls[0].function.arguments", "to: five"),
        ("tool", "messages[3].content", "done"),
        ("system", "tools", "name: scale\ndescription: Set replicas"),
        ("user", "request", "user: ann@example\nguided_json: \npattern: a+"),
    ]


def test_every_text_of_a_messages_request_is_a_slot_with_its_role() -> None:
    request = read_anthropic(
        body(
            messages(
                system=[{"type": "text", "text": "be brief", "cache_control": {"type": "ephemeral"}}],
                messages=[
                    {
                        "role": "assistant",
                        "content": [
                            {"type": "thinking", "thinking": "hm", "signature": "c2ln"},
                            {"type": "redacted_thinking", "data": "b3BhcXVl"},
                            {"type": "tool_use", "id": "t1", "name": "scale", "input": {"to": "five"}},
                        ],
                    },
                    {
                        "role": "user",
                        "content": [
                            {"type": "tool_result", "tool_use_id": "t1", "content": [{"type": "text", "text": "done"}]},
                            {"type": "document", "title": "runbook", "source": {"type": "text", "data": "step 1"}},
                            {
                                "type": "search_result",
                                "title": "t",
                                "source": "s",
                                "content": [{"type": "text", "text": "f"}],
                            },
                            {"type": "text", "text": "and?"},
                        ],
                    },
                    {"role": "system", "content": "from now on in French"},
                ],
                metadata={"user_id": "ann"},
            )
        )
    )
    assert shown(request) == [
        ("system", "system[0].text", "be brief"),
        ("assistant", "messages[0].content[0].thinking", "hm"),
        ("assistant", "messages[0].content[1].data", "b3BhcXVl"),
        ("assistant", "messages[0].content[2]", "name: scale"),
        ("assistant", "messages[0].content[2].input", "to: five"),
        ("tool", "messages[1].content[0].content[0].text", "done"),
        ("tool", "messages[1].content[1].source.data", "step 1"),
        ("tool", "messages[1].content[1]", "title: runbook"),
        ("tool", "messages[1].content[2].content[0].text", "f"),
        ("tool", "messages[1].content[2]", "title: t\nsource: s"),
        ("user", "messages[1].content[3].text", "and?"),
        ("system", "messages[2].content", "from now on in French"),
        ("user", "request", "user_id: ann"),
    ]
    assert [slot.sealed for slot in request.slots[1:3]] == [True, True]


@pytest.mark.parametrize(
    ("read", "content", "kind"),
    [
        (read_chat, {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}, "image_url"),
        (read_chat, {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}, "input_audio"),
        (read_chat, {"type": "file", "file": {"file_id": "file-1"}}, "file"),
        (read_chat, {"type": "hologram", "hologram": "?"}, "hologram"),
        (read_anthropic, {"type": "image", "source": {"type": "url", "url": "https://example.org/a.png"}}, "image"),
        (read_anthropic, {"type": "document", "source": {"type": "base64", "data": "AAAA"}}, "document"),
        (read_anthropic, {"type": "container_upload", "file_id": "f"}, "container_upload"),
    ],
)
def test_what_guards_cannot_read_is_said(read: Any, content: dict[str, Any], kind: str) -> None:
    whole = chat if read is read_chat else messages
    request = read(body(whole(messages=[{"role": "user", "content": [content]}])))
    assert [(each.where, each.kind) for each in request.unreadable] == [("messages[0].content[0]", kind)]


def test_an_image_s_address_is_a_text_that_leaves() -> None:
    part = {"type": "image_url", "image_url": {"url": "https://example.org/?q=secret"}}
    request = read_chat(body(chat(messages=[{"role": "user", "content": [part]}])))
    assert [slot.text for slot in request.slots] == ["url: https://example.org/?q=secret"]


def test_embeddings_are_texts_or_token_ids() -> None:
    assert [slot.text for slot in read_embeddings(body({"model": "e", "input": "a"})).slots] == ["a"]
    assert [slot.text for slot in read_embeddings(body({"model": "e", "input": ["a", "b"]})).slots] == ["a", "b"]
    for tokens in ([1, 2], [[1], [2]]):
        request = read_embeddings(body({"model": "e", "input": tokens}))
        assert (request.kind, request.slots, request.unreadable[0].kind) == ("embeddings", [], "token ids")


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({}, "model"),
        ({"model": 3}, "model"),
        ({"model": "m"}, "messages"),
        ({"model": "m", "messages": []}, "messages"),
        (chat(messages=["x"]), "messages[0]"),
        (chat(messages=[{"content": "x"}]), "messages[0].role"),
        (chat(messages=[{"role": "boss", "content": "x"}]), "messages[0].role"),
        (chat(messages=[{"role": "user"}]), "messages[0].content"),
        (chat(messages=[{"role": "user", "content": [{"type": "text"}]}]), "messages[0].content[0].text"),
        (chat(messages=[{"role": "tool", "content": "x"}]), "messages[0].tool_call_id"),
        (chat(messages=[{"role": "assistant", "tool_calls": [{"id": "1", "function": {"name": "x"}}]}]), ".arguments"),
        (chat(stream="yes"), "stream"),
        (chat(max_tokens=0), "max_tokens"),
        (chat(max_tokens=True), "max_tokens"),
        (chat(max_completion_tokens=10**30), "max_completion_tokens"),
        (chat(n=1000), "n"),
        (chat(temperature="hot"), "temperature"),
        (chat(tools=[{"type": "function"}]), "tools[0].function"),
        (
            chat(tools=[{"type": "function", "function": {"name": "x", "parameters": []}}]),
            "tools[0].function.parameters",
        ),
        (chat(stream_options=[]), "stream_options"),
    ],
)
def test_a_chat_request_that_is_wrong_is_refused_by_the_name_of_the_field(value: Any, field: str) -> None:
    with pytest.raises(WireError) as caught:
        read_chat(body(value))
    assert caught.value.field.endswith(field)
    assert caught.value.field in str(caught.value)


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"model": "m", "messages": [{"role": "user", "content": "x"}]}, "max_tokens"),
        (messages(max_tokens="9"), "max_tokens"),
        (messages(system=3), "system"),
        (messages(messages=[{"role": "user", "content": [{"type": "tool_result"}]}]), "content[0].tool_use_id"),
        (
            messages(messages=[{"role": "user", "content": [{"type": "tool_use", "id": "1", "name": "x"}]}]),
            "content[0].input",
        ),
        (messages(messages=[{"role": "user", "content": [{"type": "image"}]}]), "content[0].source"),
        (messages(tools=[{"name": "x"}]), "tools[0].input_schema"),
    ],
)
def test_a_messages_request_that_is_wrong_is_refused_by_the_name_of_the_field(value: Any, field: str) -> None:
    with pytest.raises(WireError) as caught:
        read_anthropic(body(value))
    assert caught.value.field.endswith(field)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (b"", "not valid JSON"),
        (b"[]", "must be a JSON object, not an array"),
        (b'{"model":"m","messages":[{"role":"user","content":"x"}],"temperature":NaN}', "not valid JSON"),
        (b'{"model":"m","messages":[{"role":"user","content":"\\ud800"}]}', "surrogate"),
        (b'{"model":"m","messages":[{"role":"user","content":"\xff"}]}', "not UTF-8"),
        (b'{"model":"m","model":"n","messages":[{"role":"user","content":"x"}]}', "'model' twice"),
        (b'{"model":"m","messages":[{"role":"user","content":"a","\\u0063ontent":"b"}]}', "'content' twice"),
        (b'{"model":"m","messages":[{"role":"user","content":"x"}],"seed":1e999}', "not valid JSON"),
        (b'{"model":"m","x":' + b"[" * 101 + b"]" * 101 + b"}", "deep"),
        (b'{"model":"m","x":' + b"[" * 50_000, "deep"),
        (b'{"model":"m","x":[' + b"[]," * 100_001 + b"[]]}", "more than 100000 arrays and objects"),
        (b'{"model":"m","messages":[{"role":"user","content":"x"}],"x":[' + b"1," * 100_001 + b"1]}", "100000 values"),
        (b'{"model":"m","seed":' + b"9" * 5000 + b"}", "JSON"),
    ],
)
def test_json_that_two_parsers_could_read_differently_is_refused(given: bytes, why: str) -> None:
    with pytest.raises(WireError, match=why):
        read_chat(given)


def test_the_deepest_that_may_be() -> None:
    deepest = b'{"model":"m","messages":[{"role":"user","content":"x"}],"x":' + b"[" * 99 + b"]" * 99 + b"}"
    assert read_chat(deepest).encode() is deepest
    with pytest.raises(WireError, match="more than 100 deep"):
        read_chat(deepest.replace(b"[[", b"[[[", 1).replace(b"]]", b"]]]", 1))


def test_code_in_a_text_may_have_any_number_of_brackets() -> None:
    assert read_chat(body(chat(messages=[{"role": "user", "content": "{[" * 200_000}]))).slots[0].text == "{[" * 200_000


def test_unchanged_bytes_pass_as_they_are_except_for_the_model_s_name() -> None:
    given = json.dumps(chat(unknown={"kept": [1, 2.5, None]}), indent=2).encode()
    request = read_chat(given)
    assert request.encode() is given
    assert json.loads(request.encode("upstream-name")) == json.loads(given) | {"model": "upstream-name"}
    compact = body(chat(unknown="é"))
    assert read_chat(compact).encode("other") == compact.replace(b'"model":"m"', b'"model":"other"')


def test_the_limit_stands_in_the_field_that_the_upstream_heeds() -> None:
    request = read_chat(body(chat(max_completion_tokens=7)))
    assert request.encode(limit=Limit(7)) == body(chat(max_completion_tokens=7))
    assert json.loads(request.encode(limit=Limit(7, "max_tokens"))) == chat(max_tokens=7)
    assert json.loads(read_chat(body(chat())).encode(limit=Limit(50))) == chat(max_completion_tokens=50)


def test_usage_is_asked_for_where_the_caller_did_not() -> None:
    request = read_chat(body(chat(stream=True, stream_options={"include_obfuscation": False})))
    assert json.loads(request.encode(include_usage=True))["stream_options"] == {
        "include_obfuscation": False,
        "include_usage": True,
    }
    assert read_chat(body(chat())).encode(include_usage=True) == body(chat())
