"""What the two APIs say on the wire: whole answers, streams as server-sent events, errors."""

from __future__ import annotations

import json
from typing import Any

USAGE = (11, 7)
"""Input and output tokens of every answer that is not told otherwise."""


def encoded(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def openai_chat(
    model: str, text: str, usage: tuple[int, int] = USAGE, calls: list[tuple[str, str]] | None = None
) -> bytes:
    """`POST /chat/completions`. `calls` are (name, arguments as JSON text)."""
    message: dict[str, Any] = {"role": "assistant", "content": text or None}
    if calls:
        message["tool_calls"] = [_openai_call(number, *call) for number, call in enumerate(calls)]
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if calls else "stop"}
    return encoded({**_openai_head(model, "chat.completion"), "choices": [choice], "usage": _openai_usage(usage)})


def openai_stream(
    model: str, texts: list[str], usage: tuple[int, int] = USAGE, calls: list[tuple[str, str]] | None = None
) -> list[bytes]:
    """The events of a stream, usage in the last one before [DONE] (stream_options.include_usage)."""
    head = _openai_head(model, "chat.completion.chunk")
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": text} for text in texts]
    for number, (name, arguments) in enumerate(calls or []):
        half = len(arguments) // 2
        deltas.append({"tool_calls": [{"index": number, **_openai_call(number, name, arguments[:half])}]})
        deltas.append({"tool_calls": [{"index": number, "function": {"arguments": arguments[half:]}}]})
    chunks = [{**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    last = {"index": 0, "delta": {}, "finish_reason": "tool_calls" if calls else "stop"}
    chunks += [{**head, "choices": [last]}, {**head, "choices": [], "usage": _openai_usage(usage)}]
    return [b"data: " + encoded(chunk) + b"\n\n" for chunk in chunks] + [b"data: [DONE]\n\n"]


def anthropic_message(
    model: str, text: str, usage: tuple[int, int] = USAGE, calls: list[tuple[str, str]] | None = None
) -> bytes:
    """`POST /messages`."""
    blocks: list[dict[str, Any]] = [{"type": "text", "text": text}] if text else []
    for number, (name, arguments) in enumerate(calls or []):
        blocks.append({"type": "tool_use", "id": f"toolu_{number}", "name": name, "input": json.loads(arguments)})
    tokens = {"input_tokens": usage[0], "output_tokens": usage[1]}
    return encoded({**_anthropic_head(model, "tool_use" if calls else "end_turn"), "content": blocks, "usage": tokens})


def anthropic_stream(
    model: str, texts: list[str], usage: tuple[int, int] = USAGE, calls: list[tuple[str, str]] | None = None
) -> list[bytes]:
    """The events of a stream (docs.anthropic.com, Streaming Messages)."""
    message = {**_anthropic_head(model, None), "content": [], "usage": {"input_tokens": usage[0], "output_tokens": 1}}
    events: list[dict[str, Any]] = [{"type": "message_start", "message": message}]
    if texts:
        deltas = [{"type": "text_delta", "text": text} for text in texts]
        events += _anthropic_block(0, {"type": "text", "text": ""}, deltas)
    for number, (name, arguments) in enumerate(calls or [], 1 if texts else 0):
        half = len(arguments) // 2
        deltas = [{"type": "input_json_delta", "partial_json": part} for part in (arguments[:half], arguments[half:])]
        events += _anthropic_block(
            number, {"type": "tool_use", "id": f"toolu_{number}", "name": name, "input": {}}, deltas
        )
    stop = {"stop_reason": "tool_use" if calls else "end_turn", "stop_sequence": None}
    events.append({"type": "message_delta", "delta": stop, "usage": {"output_tokens": usage[1]}})
    events.append({"type": "message_stop"})
    return [f"event: {event['type']}\ndata: ".encode() + encoded(event) + b"\n\n" for event in events]


def embeddings(model: str, count: int, usage: int = USAGE[0]) -> bytes:
    """`POST /embeddings`, vectors of three numbers."""
    data = [{"object": "embedding", "index": index, "embedding": [0.1, 0.2, 0.3]} for index in range(count)]
    tokens = {"prompt_tokens": usage, "total_tokens": usage}
    return encoded({"object": "list", "model": model, "data": data, "usage": tokens})


def models(names: list[str]) -> bytes:
    """`GET /models`."""
    return encoded({"object": "list", "data": [{"id": name, "object": "model", "owned_by": "test"} for name in names]})


def error(path: str, message: str) -> bytes:
    """An error in the API's own shape, told by the path."""
    if path.endswith("/messages"):
        return encoded({"type": "error", "error": {"type": "api_error", "message": message}})
    return encoded({"error": {"message": message, "type": "server_error", "param": None, "code": None}})


def _openai_head(model: str, kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": model}


def _openai_usage(usage: tuple[int, int]) -> dict[str, int]:
    return {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": sum(usage)}


def _openai_call(number: int, name: str, arguments: str) -> dict[str, Any]:
    return {"id": f"call_{number}", "type": "function", "function": {"name": name, "arguments": arguments}}


def _anthropic_head(model: str, stop: str | None) -> dict[str, Any]:
    head = {"id": "msg_1", "type": "message", "role": "assistant", "model": model}
    return {**head, "stop_reason": stop, "stop_sequence": None}


def _anthropic_block(index: int, block: dict[str, Any], deltas: list[dict[str, Any]]) -> list[dict[str, Any]]:
    start = {"type": "content_block_start", "index": index, "content_block": block}
    middle = [{"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas]
    return [start, *middle, {"type": "content_block_stop", "index": index}]
