"""Requests of one API as requests of the other: what can be said is said, what cannot is refused by name."""

from __future__ import annotations

import json
from typing import Any

import pytest
from anthropic.types.message_create_params import MessageCreateParamsNonStreaming
from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming
from pydantic import TypeAdapter

from helmward.gateway.translate import TranslationError, translate_request
from helmward.gateway.wire import read_anthropic, read_chat, read_embeddings

from ..scenes import compact

ASKED = {"role": "user", "content": "x"}
TOOL = {
    "type": "function",
    "function": {"name": "f", "description": "d", "parameters": {"type": "object", "properties": {}}},
}
CUSTOM = {"name": "f", "description": "d", "input_schema": {"type": "object", "properties": {}}}
FORMAT = {"type": "json_schema", "json_schema": {"name": "answer", "schema": {"type": "object"}, "strict": True}}
anthropic_params: TypeAdapter[Any] = TypeAdapter(MessageCreateParamsNonStreaming)
openai_params: TypeAdapter[Any] = TypeAdapter(CompletionCreateParamsNonStreaming)


def to_anthropic(**given: Any) -> dict[str, Any]:
    made = translate_request(read_chat(compact({"model": "m", "messages": [ASKED]} | given)), "anthropic", 100)
    tree: dict[str, Any] = json.loads(made.encode())
    anthropic_params.validate_python(tree | {"stream": False})
    return tree


def to_openai(**given: Any) -> dict[str, Any]:
    made = translate_request(
        read_anthropic(compact({"model": "m", "max_tokens": 9, "messages": [ASKED]} | given)), "openai", 100
    )
    tree: dict[str, Any] = json.loads(made.encode())
    openai_params.validate_python(tree | {"stream": False})
    return tree


def call(name: str, arguments: str = "{}") -> dict[str, Any]:
    return {"id": name, "type": "function", "function": {"name": "f", "arguments": arguments}}


def use(name: str, **given: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": name, "name": "f", "input": given}


def test_the_whole_of_a_plain_request() -> None:
    assert to_anthropic(
        max_tokens=5, temperature=0.5, top_p=0.9, stop="x", user="u", stream=True, metadata={"a": "b"}
    ) == {
        "model": "m",
        "messages": [ASKED],
        "max_tokens": 5,
        "temperature": 0.5,
        "top_p": 0.9,
        "stop_sequences": ["x"],
        "metadata": {"user_id": "u"},
        "stream": True,
    }
    assert to_openai(
        temperature=0.5,
        top_p=0.9,
        stop_sequences=["x"],
        metadata={"user_id": "u"},
        stream=True,
        cache_control={"type": "x"},
    ) == {
        "model": "m",
        "messages": [ASKED],
        "max_completion_tokens": 9,
        "temperature": 0.5,
        "top_p": 0.9,
        "stop": ["x"],
        "user": "u",
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_the_maximum_that_anthropic_requires() -> None:
    assert to_anthropic()["max_tokens"] == 100
    assert to_anthropic(max_completion_tokens=7, max_tokens=8)["max_tokens"] == 7


def test_the_maximum_stands_in_the_field_that_the_upstream_heeds() -> None:
    request = read_anthropic(compact({"model": "m", "max_tokens": 9, "messages": [ASKED]}))
    assert json.loads(translate_request(request, "openai", 1, "max_tokens").encode())["max_tokens"] == 9


def test_system_messages() -> None:
    made = to_anthropic(
        messages=[
            {"role": "system", "content": "one"},
            {"role": "developer", "content": [{"type": "text", "text": "two"}]},
            ASKED,
            {"role": "system", "content": "three"},
            {"role": "assistant", "content": "y"},
            {"role": "system", "content": "four"},
            ASKED,
            {"role": "user", "content": "z"},
            {"role": "assistant", "content": "y"},
        ]
    )
    assert made["system"] == [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]
    assert made["messages"] == [
        ASKED,
        {"role": "system", "content": "three"},
        {"role": "assistant", "content": "y"},
        {"role": "user", "content": [{"type": "text", "text": "x"}, {"type": "text", "text": "z"}]},
        {"role": "system", "content": "four"},
        {"role": "assistant", "content": "y"},
    ]


def test_tool_calls_and_their_results_several_in_one_turn() -> None:
    conversation = [
        ASKED,
        {"role": "assistant", "content": "let me", "tool_calls": [call("a", '{"n":1}'), call("b")]},
        {"role": "tool", "tool_call_id": "a", "content": "one"},
        {"role": "tool", "tool_call_id": "b", "content": [{"type": "text", "text": "two"}]},
        {"role": "user", "content": "and?"},
    ]
    turns = to_anthropic(messages=conversation, tools=[TOOL])["messages"]
    assert turns[1]["content"] == [{"type": "text", "text": "let me"}, use("a", n=1), use("b")]
    assert turns[2]["content"] == [
        {"type": "tool_result", "tool_use_id": "a", "content": "one"},
        {"type": "tool_result", "tool_use_id": "b", "content": [{"type": "text", "text": "two"}]},
        {"type": "text", "text": "and?"},
    ]
    conversation[3]["content"] = "two"
    assert to_openai(messages=turns)["messages"] == conversation


def test_a_tool_that_failed_says_so() -> None:
    failed = {"type": "tool_result", "tool_use_id": "a", "content": "no such pod", "is_error": True}
    sent = to_openai(messages=[{"role": "assistant", "content": [use("a")]}, {"role": "user", "content": [failed]}])
    assert sent["messages"][1] == {"role": "tool", "tool_call_id": "a", "content": "The tool failed: no such pod"}


@pytest.mark.parametrize(
    ("chosen", "there"),
    [
        ("auto", {"type": "auto"}),
        ("none", {"type": "none"}),
        ("required", {"type": "any"}),
        ({"type": "function", "function": {"name": "f"}}, {"type": "tool", "name": "f"}),
    ],
)
def test_tools_and_the_choice_among_them(chosen: Any, there: Any) -> None:
    made = to_anthropic(tools=[TOOL], tool_choice=chosen)
    assert (made["tools"], made["tool_choice"]) == ([CUSTOM], there)
    back = to_openai(tools=[CUSTOM], tool_choice=there)
    assert (back["tools"], back["tool_choice"]) == ([TOOL], chosen)
    if chosen != "none":
        alone = to_anthropic(tools=[TOOL], tool_choice=chosen, parallel_tool_calls=False)["tool_choice"]
        assert alone == there | {"disable_parallel_tool_use": True}
        assert to_openai(tools=[CUSTOM], tool_choice=alone)["parallel_tool_calls"] is False


def test_a_tool_without_parameters_takes_an_empty_object() -> None:
    made = to_anthropic(tools=[{"type": "function", "function": {"name": "f"}}], parallel_tool_calls=False)
    assert made["tools"][0]["input_schema"] == {"type": "object", "properties": {}}
    assert made["tool_choice"] == {"type": "auto", "disable_parallel_tool_use": True}


@pytest.mark.parametrize(
    ("part", "there"),
    [
        (
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
            {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}},
        ),
        (
            {"type": "image_url", "image_url": {"url": "https://x.test/a.png"}},
            {"type": "image", "source": {"type": "url", "url": "https://x.test/a.png"}},
        ),
        (
            {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,AAAA"}},
            {
                "type": "document",
                "source": {"type": "base64", "media_type": "application/pdf", "data": "AAAA"},
                "title": "a.pdf",
            },
        ),
    ],
)
def test_images_and_files(part: Any, there: Any) -> None:
    asked = {"role": "user", "content": [{"type": "text", "text": "what is it?"}, part]}
    made = to_anthropic(messages=[asked])["messages"]
    assert made[0]["content"][1] == there
    assert to_openai(messages=made)["messages"] == [asked]


def test_documents_and_search_results_are_text_under_their_title() -> None:
    document = {
        "type": "document",
        "title": "runbook",
        "source": {"type": "text", "media_type": "text/plain", "data": "one"},
    }
    found = {"type": "search_result", "title": "t", "source": "s", "content": [{"type": "text", "text": "two"}]}
    (sent,) = to_openai(messages=[{"role": "user", "content": [document, found]}])["messages"]
    assert [part["text"] for part in sent["content"]] == ["runbook", "one", "t\ns", "two"]


def test_effort_and_format() -> None:
    made = to_anthropic(reasoning_effort="xhigh", response_format=FORMAT)
    assert made["output_config"] == {"effort": "xhigh", "format": {"type": "json_schema", "schema": {"type": "object"}}}
    back = to_openai(output_config=made["output_config"])
    assert (back["reasoning_effort"], back["response_format"]) == ("xhigh", FORMAT)
    assert to_anthropic(reasoning_effort="none")["thinking"] == {"type": "disabled"}
    assert (
        to_openai(thinking={"type": "enabled", "budget_tokens": 5000}, max_tokens=9000)["reasoning_effort"] == "medium"
    )
    assert "reasoning_effort" not in to_openai(thinking={"type": "adaptive"})
    assert to_openai(thinking={"type": "disabled"})["reasoning_effort"] == "none"


@pytest.mark.parametrize(
    "given",
    [
        {"n": 2},
        {"temperature": 1.5},
        {"seed": 1},
        {"frequency_penalty": 0.5},
        {"logit_bias": {"1": 2}},
        {"logprobs": True},
        {"modalities": ["text", "audio"]},
        {"response_format": {"type": "json_object"}},
        {"functions": [{"name": "f"}]},
        {"tool_choice": "required"},
        {"web_search_options": {}},
        {"service_tier": "flex"},
        {"verbosity": "low"},
        {"unheard_of": 1},
    ],
)
def test_what_anthropic_cannot_express_is_refused_by_name(given: dict[str, Any]) -> None:
    (name,) = given
    with pytest.raises(TranslationError, match=f"'{name}' cannot be expressed in Anthropic's API") as caught:
        to_anthropic(**given)
    assert caught.value.field == name


@pytest.mark.parametrize(
    ("message", "field"),
    [
        (ASKED | {"name": "ann"}, "messages[0].name"),
        ({"role": "function", "name": "f", "content": "x"}, "messages[0].role"),
        ({"role": "assistant", "tool_calls": [call("a b")]}, "messages[0].tool_calls[0].id"),
        ({"role": "assistant", "tool_calls": [call("a", "{")]}, "messages[0].tool_calls[0].function.arguments"),
        (
            {"role": "user", "content": [{"type": "input_audio", "input_audio": {}}]},
            "messages[0].content[0].input_audio",
        ),
        (
            {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "ftp://x"}}]},
            "messages[0].content[0].image_url.url",
        ),
        (
            {"role": "user", "content": [{"type": "file", "file": {"file_id": "f"}}]},
            "messages[0].content[0].file.file_id",
        ),
    ],
)
def test_messages_that_anthropic_cannot_express_are_refused_by_name(message: Any, field: str) -> None:
    with pytest.raises(TranslationError) as caught:
        to_anthropic(messages=[message])
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"top_k": 5}, "top_k"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"container": "c"}, "container"),
        ({"mcp_servers": []}, "mcp_servers"),
        ({"speed": "fast"}, "speed"),
        ({"thinking": {"type": "novelty"}}, "thinking.type"),
        ({"stop_sequences": list("abcde")}, "stop_sequences"),
        ({"tools": [{"type": "web_search_20260209", "name": "web_search"}]}, "tools[0].type"),
        ({"tools": [CUSTOM | {"defer_loading": True}]}, "tools[0].defer_loading"),
        ({"unheard_of": 1}, "unheard_of"),
    ],
)
def test_what_openai_cannot_express_is_refused_by_name(given: dict[str, Any], field: str) -> None:
    with pytest.raises(TranslationError, match="cannot be expressed in OpenAI's API") as caught:
        to_openai(**given)
    assert caught.value.field == field


@pytest.mark.parametrize(
    "block",
    [
        {"type": "thinking", "thinking": "hm", "signature": "c2ln"},
        {"type": "redacted_thinking", "data": "b3BhcXVl"},
        {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}},
    ],
)
def test_signed_blocks_and_a_provider_s_own_are_refused_not_dropped(block: dict[str, Any]) -> None:
    with pytest.raises(TranslationError) as caught:
        to_openai(messages=[ASKED, {"role": "assistant", "content": [block]}])
    assert caught.value.field.startswith("messages[1].content[0]")


def test_unsigned_thinking_of_an_earlier_turn_may_go() -> None:
    thought = {"type": "thinking", "thinking": "hm", "signature": ""}
    said = {"role": "assistant", "content": [thought, {"type": "text", "text": "y"}]}
    assert to_openai(messages=[ASKED, said])["messages"][1] == {"role": "assistant", "content": "y"}
    echoed = {"role": "assistant", "content": "y", "reasoning_content": "hm"}
    assert to_anthropic(messages=[ASKED, echoed])["messages"][1] == {"role": "assistant", "content": "y"}


def test_masked_texts_are_what_is_translated() -> None:
    asked = [ASKED, {"role": "assistant", "tool_calls": [call("a", '{"to":"ann@example.org"}')]}]
    request = read_chat(compact({"model": "m", "messages": asked}))
    for slot in request.slots:
        slot.replace(slot.text.replace("ann@example.org", "<EMAIL_1>"))
    turns = json.loads(translate_request(request, "anthropic", 9).encode())["messages"]
    assert turns[1]["content"] == [use("a", to="<EMAIL_1>")]


def test_embeddings_have_no_other_api() -> None:
    with pytest.raises(TranslationError, match="no embeddings"):
        translate_request(read_embeddings(b'{"model":"e","input":"x"}'), "anthropic", 9)
