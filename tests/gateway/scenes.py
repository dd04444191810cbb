"""Streams as real servers send them, and the official SDKs reading what the product writes."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

import anthropic
import httpx2
import openai
from anthropic.types import Message
from openai.types.chat import ChatCompletion

from helmward.gateway.wire import Api, Event, stream_reader, stream_writer


def compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def chunk(delta: dict[str, Any] | None, finish: str | None = None, index: int = 0, **more: Any) -> bytes:
    """One chunk of OpenAI's stream; no choice where `delta` is None."""
    choices = [] if delta is None else [{"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}]
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 7, "model": "up", "choices": choices}
    return b"data: " + compact(head | more) + b"\n\n"


def event(kind: str, **more: Any) -> bytes:
    """One event of Anthropic's stream."""
    return b"event: " + kind.encode() + b"\ndata: " + compact({"type": kind} | more) + b"\n\n"


def block(index: int, start: dict[str, Any], *deltas: dict[str, Any]) -> bytes:
    """A whole content block of Anthropic's stream."""
    middle = b"".join([event("content_block_delta", index=index, delta=delta) for delta in deltas])
    opened = event("content_block_start", index=index, content_block=start)
    return opened + middle + event("content_block_stop", index=index)


USAGE = {"prompt_tokens": 11, "completion_tokens": 4, "total_tokens": 15, "prompt_tokens_details": {"cached_tokens": 5}}

OPENAI_TEXT = (
    chunk({"role": "assistant", "content": ""})
    + chunk({"content": "Hé"})
    + chunk({"content": "llo"})
    + chunk({}, "stop")
    + chunk(None, usage=USAGE)
    + b"data: [DONE]\n\n"
)


def _piece(index: int, arguments: str, **more: Any) -> dict[str, Any]:
    name = more.pop("name", None)
    function = {"name": name, "arguments": arguments} if name else {"arguments": arguments}
    return {"index": index, "function": function} | more


OPENAI_TOOLS = (
    chunk({"role": "assistant", "content": None})
    + chunk({"reasoning_content": "hm"})
    + chunk({"content": "Let me see."})
    + chunk({"tool_calls": [_piece(0, "", id="call_a", type="function", name="pods_list")]})
    + chunk({"tool_calls": [_piece(0, '{"namespace":')]})
    + chunk({"tool_calls": [_piece(1, '{"n', id="call_b", type="function", name="pods_log")]})
    + chunk({"tool_calls": [_piece(0, '"shop"}'), _piece(1, 'ame":"a"}')]})
    + chunk({}, "tool_calls")
    + chunk(None, usage=USAGE)
    + b"data: [DONE]\n\n"
)

_START = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "up",
    "content": [],
    "stop_reason": None,
    "stop_sequence": None,
    "usage": {"input_tokens": 6, "output_tokens": 1, "cache_read_input_tokens": 5, "cache_creation_input_tokens": 0},
}


def _end(reason: str) -> bytes:
    delta = {"stop_reason": reason, "stop_sequence": None}
    return event("message_delta", delta=delta, usage={"output_tokens": 4}) + event("message_stop")


ANTHROPIC_TEXT = (
    event("message_start", message=_START)
    + event("ping")
    + block(
        0, {"type": "text", "text": ""}, {"type": "text_delta", "text": "Hé"}, {"type": "text_delta", "text": "llo"}
    )
    + _end("end_turn")
)

ANTHROPIC_TOOLS = (
    event("message_start", message=_START)
    + block(
        0,
        {"type": "thinking", "thinking": "", "signature": ""},
        {"type": "thinking_delta", "thinking": "hm"},
        {"type": "signature_delta", "signature": "c2lnbmVk"},
    )
    + block(1, {"type": "text", "text": ""}, {"type": "text_delta", "text": "Let me see."})
    + block(
        2,
        {"type": "tool_use", "id": "call_a", "name": "pods_list", "input": {}},
        {"type": "input_json_delta", "partial_json": ""},
        {"type": "input_json_delta", "partial_json": '{"namespace":'},
        {"type": "input_json_delta", "partial_json": '"shop"}'},
    )
    + block(
        3,
        {"type": "tool_use", "id": "call_b", "name": "pods_log", "input": {}},
        {"type": "input_json_delta", "partial_json": '{"name":"a"}'},
    )
    + _end("tool_use")
)


CHAT: dict[str, Any] = {
    "model": "m",
    "messages": [
        {"role": "system", "content": "s"},
        {
            "role": "user",
            "content": [{"type": "text", "text": "t"}, {"type": "image_url", "image_url": {"url": "http://x"}}],
        },
        {
            "role": "assistant",
            "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
        },
        {"role": "tool", "tool_call_id": "c", "content": "r"},
    ],
    "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}],
    "tool_choice": {"type": "function", "function": {"name": "f"}},
    "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {}}},
    "stop": ["x"],
    "temperature": 0.5,
    "reasoning_effort": "low",
    "user": "u",
    "service_tier": "auto",
}
MESSAGES: dict[str, Any] = {
    "model": "m",
    "max_tokens": 5,
    "system": [{"type": "text", "text": "s"}],
    "messages": [
        {
            "role": "user",
            "content": [
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AA"}},
                {
                    "type": "document",
                    "title": "t",
                    "source": {"type": "content", "content": [{"type": "text", "text": "x"}]},
                },
                {"type": "search_result", "title": "t", "source": "s", "content": [{"type": "text", "text": "x"}]},
            ],
        },
        {"role": "assistant", "content": [{"type": "tool_use", "id": "c", "name": "f", "input": {}}]},
        {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": "c", "content": [{"type": "text", "text": "r"}]}],
        },
    ],
    "tools": [{"name": "f", "input_schema": {"type": "object"}}],
    "tool_choice": {"type": "tool", "name": "f"},
    "thinking": {"type": "enabled", "budget_tokens": 2000},
    "output_config": {"effort": "low", "format": {"type": "json_schema", "schema": {}}},
    "metadata": {"user_id": "u"},
    "stop_sequences": ["x"],
}
COMPLETION: dict[str, Any] = {
    "id": "c",
    "model": "m",
    "choices": [{"index": 0, "message": CHAT["messages"][2] | {"content": "x"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 1},
}
MESSAGE: dict[str, Any] = {
    "id": "m",
    "type": "message",
    "model": "m",
    "content": MESSAGES["messages"][1]["content"],
    "usage": {},
}


def inside(value: Any) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every value in a JSON value, by its path."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in members:
        yield (key,), each
        for path, deeper in inside(each):
            yield (key, *path), deeper


def events_of(api: Api, stream: bytes, *splits: int) -> list[Event]:
    """Every event of a stream that arrives cut at these places."""
    reader = stream_reader(api)
    edges = [0, *sorted(splits), len(stream)]
    frames = [frame for start, end in itertools.pairwise(edges) for frame in reader.feed(stream[start:end])]
    return [event for frame in frames + reader.close() for event in frame.events]


def rewritten(api: Api, source: Api, stream: bytes, include_usage: bool = True, passing: bool = False) -> bytes:
    """The stream read and written again: in another API, or in the same with each event anew (or passed on as it came)."""
    reader, writer = stream_reader(source), stream_writer(api, source, "alias", include_usage, created=7)
    frames = reader.feed(stream) + reader.close()
    if passing:
        return b"".join([writer.pass_on(frame) for frame in frames])
    return b"".join([writer.write(event) for frame in frames for event in frame.events])


def _answering(stream: bytes) -> httpx2.Client:
    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=stream)

    return httpx2.Client(transport=httpx2.MockTransport(answer))


def by_openai_sdk(stream: bytes) -> ChatCompletion:
    """What the official SDK's own accumulator makes of a stream."""
    client = openai.OpenAI(
        api_key="none", base_url="http://model.test/v1", http_client=_answering(stream), max_retries=0
    )
    asked: list[Any] = [{"role": "user", "content": "x"}]
    with client, client.chat.completions.stream(model="m", messages=asked) as reading:
        return reading.get_final_completion()


def by_anthropic_sdk(stream: bytes) -> Message:
    """What the official SDK's own accumulator makes of a stream."""
    client = anthropic.Anthropic(
        api_key="none", base_url="http://model.test", http_client=_answering(stream), max_retries=0
    )
    asked: list[Any] = [{"role": "user", "content": "x"}]
    with client, client.messages.stream(model="m", max_tokens=9, messages=asked) as reading:
        return reading.get_final_message()
