"""Whole answers: Anthropic's message as OpenAI's completion, and back.

Fields as of anthropic `types/message.py` and openai `types/chat/chat_completion.py`.
"""

from __future__ import annotations

from typing import Any

from helmward.gateway.translate.harmless import refused
from helmward.gateway.wire import stops, usage
from helmward.gateway.wire.decoding import encode, parsed_object
from helmward.gateway.wire.problems import TranslationError
from helmward.gateway.wire.response import Response
from helmward.gateway.wire.usage import Usage


def message_to_completion(response: Response, created: int) -> dict[str, Any]:
    """`created` in Unix seconds. Thinking text becomes `reasoning_content`; signatures, redacted thinking and citations have
    no place in OpenAI's answer and no text that the caller would miss."""
    tree = response.settle()
    said: list[str] = []
    thought: list[str] = []
    calls: list[dict[str, Any]] = []
    for index, block in enumerate(tree["content"]):
        kind = block["type"]
        if kind == "text":
            said.append(block["text"])
        elif kind == "thinking":
            thought.append(block["thinking"])
        elif kind == "tool_use":
            function = {"name": block["name"], "arguments": encode(block["input"]).decode()}
            calls.append({"id": block["id"], "type": "function", "function": function})
        elif kind != "redacted_thinking":
            raise refused(f"content[{index}].{kind[:40]}", "OpenAI")
    message: dict[str, Any] = {"role": "assistant", "content": "".join(said) if said else None, "refusal": None}
    if thought:
        message |= {"reasoning_content": "".join(thought), "reasoning": "".join(thought)}
    message |= {"tool_calls": calls} if calls else {}
    reason = stops.to_openai(response.stops[0])
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": reason}
    head = {"id": _text(tree, "id"), "object": "chat.completion", "created": created, "model": response.model}
    return head | {"choices": [choice], "usage": usage.to_openai(response.usage or Usage())}


def completion_to_message(response: Response) -> dict[str, Any]:
    """One choice alone. Unsigned reasoning becomes thinking with an empty signature. Some servers say `stop` beside tool
    calls; the reason is then tool_use."""
    tree = response.settle()
    if len(tree["choices"]) != 1:
        raise TranslationError("The answer must have one choice to be expressed in Anthropic's API.", "choices")
    content = _content(tree["choices"][0]["message"])
    called = any(block["type"] == "tool_use" for block in content)
    reason = response.stops[0]
    stop = stops.to_anthropic("tools" if called and reason == "end" else reason)
    head = {
        "id": _text(tree, "id"),
        "type": "message",
        "role": "assistant",
        "model": response.model,
        "content": content,
    }
    counted = usage.to_anthropic(response.usage or Usage())
    return head | {"stop_reason": stop, "stop_sequence": None, "usage": counted}


def _content(message: dict[str, Any]) -> list[dict[str, Any]]:
    if message.get("audio"):
        raise refused("audio", "Anthropic")
    content: list[dict[str, Any]] = []
    thought = message.get("reasoning_content") or message.get("reasoning")
    if thought:
        content.append({"type": "thinking", "thinking": thought, "signature": ""})
    for name in ("content", "refusal"):
        if message.get(name):
            content.append({"type": "text", "text": message[name]})
    content += [_call(call, f"tool_calls[{index}]") for index, call in enumerate(message.get("tool_calls") or [])]
    if message.get("function_call"):
        content.append(_call({"id": "call_0", "function": message["function_call"]}, "function_call"))
    return content


def _call(call: dict[str, Any], where: str) -> dict[str, Any]:
    function = call.get("function")
    if not isinstance(function, dict):
        raise refused(where, "Anthropic", "only function calls can")
    value = parsed_object(function["arguments"]) if function["arguments"].strip() else {}
    if value is None:
        raise refused(f"{where}.function.arguments", "Anthropic", "the model wrote no JSON object")
    return {"type": "tool_use", "id": call["id"], "name": function["name"], "input": value}


def _text(tree: dict[str, Any], name: str) -> str:
    value = tree.get(name)
    return value if isinstance(value, str) else ""
