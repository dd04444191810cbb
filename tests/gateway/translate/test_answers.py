"""Whole answers, errors and model lists in the shapes that the official SDKs parse."""

from __future__ import annotations

import json
from typing import Any

import anthropic
import httpx2
import openai
import pytest
from anthropic.types import Message, ModelInfo
from openai.types import Model
from openai.types.chat import ChatCompletion

from helmward.gateway.translate import TranslationError, model_card, model_list, translate_response
from helmward.gateway.wire import Api, error_body, read_error, read_response

from ..scenes import USAGE, compact

FUNCTION = {"name": "pods_list", "arguments": '{"namespace":"shop"}'}


def completion(finish: str = "tool_calls", **message: Any) -> dict[str, Any]:
    said = {"role": "assistant", "content": "hi", "refusal": None} | message
    choice = {"index": 0, "message": said, "logprobs": None, "finish_reason": finish}
    return {"id": "c", "object": "chat.completion", "created": 7, "model": "m", "choices": [choice], "usage": USAGE}


def message(stop: str = "tool_use", *content: dict[str, Any]) -> dict[str, Any]:
    usage = {"input_tokens": 6, "output_tokens": 4, "cache_read_input_tokens": 5, "cache_creation_input_tokens": 0}
    head = {"id": "c", "type": "message", "role": "assistant", "model": "m", "content": list(content)}
    return head | {"stop_reason": stop, "stop_sequence": None, "usage": usage}


def translated(source: Api, given: dict[str, Any]) -> dict[str, Any]:
    other: Api = "openai" if source == "anthropic" else "anthropic"
    made = translate_response(read_response(source, compact(given)), other, 7).encode()
    tree: dict[str, Any] = json.loads(made)
    (ChatCompletion if other == "openai" else Message).model_validate(tree)
    return tree


def test_an_answer_with_everything_both_ways() -> None:
    ours = completion(
        reasoning_content="hm", reasoning="hm", tool_calls=[{"id": "a", "type": "function", "function": FUNCTION}]
    )
    theirs = message(
        "tool_use",
        {"type": "thinking", "thinking": "hm", "signature": ""},
        {"type": "text", "text": "hi"},
        {"type": "tool_use", "id": "a", "name": "pods_list", "input": {"namespace": "shop"}},
    )
    assert translated("openai", ours) == theirs
    assert translated("anthropic", theirs) == ours


@pytest.mark.parametrize(
    ("finish", "stop"),
    [("stop", "end_turn"), ("length", "max_tokens"), ("content_filter", "refusal"), ("tool_calls", "tool_use")],
)
def test_why_it_stopped(finish: str, stop: str) -> None:
    assert translated("openai", completion(finish))["stop_reason"] == stop
    assert translated("anthropic", message(stop))["choices"][0]["finish_reason"] == finish


@pytest.mark.parametrize(
    ("stop", "finish"),
    [
        ("stop_sequence", "stop"),
        ("pause_turn", "stop"),
        ("model_context_window_exceeded", "length"),
        ("novelty", "stop"),
    ],
)
def test_reasons_that_openai_does_not_tell_apart(stop: str, finish: str) -> None:
    assert translated("anthropic", message(stop))["choices"][0]["finish_reason"] == finish


def test_a_refusal_is_text_there() -> None:
    assert translated("openai", completion("stop", content=None, refusal="no"))["content"] == [
        {"type": "text", "text": "no"}
    ]


def test_what_cannot_be_expressed_is_refused() -> None:
    two = completion() | {"choices": completion()["choices"] * 2}
    torn = completion(tool_calls=[{"id": "a", "type": "function", "function": {"name": "f", "arguments": "{"}}])
    own = message("end_turn", {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}})
    for source, given in (("openai", two), ("openai", torn), ("anthropic", own)):
        with pytest.raises(TranslationError):
            translated("openai" if source == "openai" else "anthropic", given)


def _client(status: int, body: bytes) -> httpx2.Client:
    return httpx2.Client(
        transport=httpx2.MockTransport(
            lambda _: httpx2.Response(status, headers={"content-type": "application/json"}, content=body)
        )
    )


STATUSES: list[tuple[int, Any, Any]] = [
    (400, openai.BadRequestError, anthropic.BadRequestError),
    (401, openai.AuthenticationError, anthropic.AuthenticationError),
    (403, openai.PermissionDeniedError, anthropic.PermissionDeniedError),
    (404, openai.NotFoundError, anthropic.NotFoundError),
    (429, openai.RateLimitError, anthropic.RateLimitError),
    (500, openai.InternalServerError, anthropic.InternalServerError),
    (529, openai.InternalServerError, anthropic.InternalServerError),
]


@pytest.mark.parametrize(("status", "ours", "theirs"), STATUSES)
def test_the_sdks_read_our_errors_and_we_read_them_too(status: int, ours: Any, theirs: Any) -> None:
    asked: list[Any] = [{"role": "user", "content": "x"}]
    body = error_body("openai", status, "No.", field="model", code="nope")
    client = openai.OpenAI(api_key="none", http_client=_client(status, body), max_retries=0)
    with pytest.raises(ours) as first:
        client.chat.completions.create(model="m", messages=asked)
    assert (first.value.param, first.value.code) == ("model", "nope")
    assert read_error(status, body).sentence == "No."
    body = error_body("anthropic", status, "No.", request_id="req-1")
    other = anthropic.Anthropic(api_key="none", http_client=_client(status, body), max_retries=0)
    with pytest.raises(theirs) as second:
        other.messages.create(model="m", max_tokens=9, messages=asked)
    assert second.value.type == read_error(status, body).type


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b'{"error":{"message":"a\\nb\\u0000c","type":"x y"}}', "a b c"),
        (b'{"error":{"message":"' + b"x" * 5000 + b'"}}', "x" * 299 + "…"),
        (b"<html>internal stack trace</html>", "The model's server answered 500 without saying why."),
        (b'{"error":{"message":""}}', "The model's server answered 500 without saying why."),
        (b'{"detail":"trace"}', "The model's server answered 500 without saying why."),
        (b'{"object":"error","message":"vLLM says no","type":"BadRequestError"}', "vLLM says no"),
        (b'{"error":"ollama says no"}', "ollama says no"),
    ],
)
def test_an_upstream_s_error_is_one_bounded_sentence(body: bytes, sentence: str) -> None:
    failed = read_error(500, body)
    assert (failed.status, failed.sentence) == (500, sentence)
    assert " " not in failed.type


def test_model_lists() -> None:
    names = ["small", "large"]
    with openai.OpenAI(api_key="none", http_client=_client(200, model_list("openai", names)), max_retries=0) as ours:
        assert [model.id for model in ours.models.list()] == names
    with anthropic.Anthropic(api_key="none", http_client=_client(200, model_list("anthropic", names))) as theirs:
        assert [model.id for model in theirs.models.list()] == names
    Model.model_validate(model_card("openai", "m", 7), strict=True)
    ModelInfo.model_validate(model_card("anthropic", "m", 7))
    assert json.loads(model_list("anthropic", []))["data"] == []
