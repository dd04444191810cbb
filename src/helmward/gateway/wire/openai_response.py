"""Whole answers of OpenAI's API. Fields as of openai `types/chat/chat_completion.py`, `chat_completion_message.py` and
`types/create_embedding_response.py`; `reasoning_content` and `reasoning` are what vLLM and other servers add."""

from __future__ import annotations

from typing import Any

from helmward.gateway.wire import checks, stops, usage
from helmward.gateway.wire.decoding import decode, decode_members, parsed_object
from helmward.gateway.wire.events import Call
from helmward.gateway.wire.leaves import leaf_slots
from helmward.gateway.wire.openai_messages import call_slots
from helmward.gateway.wire.problems import WireError, expected
from helmward.gateway.wire.response import Response
from helmward.gateway.wire.slots import Kind, Slot, Unreadable

_TEXTS: tuple[tuple[str, Kind], ...] = (
    ("content", "text"),
    ("refusal", "refusal"),
    ("reasoning_content", "reasoning"),
    ("reasoning", "reasoning"),
)
_READ = frozenset(("role", "tool_calls", "audio", *(name for name, _ in _TEXTS)))
_TREE_READ = frozenset(["id", "object", "created", "model", "choices", "usage", "service_tier", "system_fingerprint"])
_CHOICE_READ = frozenset(("index", "message", "finish_reason", "logprobs"))


def read_completion(response: Response) -> None:
    """Check a chat completion and fill the response in."""
    tree = response.tree
    if not isinstance(tree.get("choices"), list):
        raise checks.missing_or("choices", "an array", tree)
    for index, choice in enumerate(checks.objects(tree, "choices")):
        where = f"choices[{index}]"
        if not isinstance(choice.get("message"), dict):
            raise checks.missing_or(f"{where}.message", "an object", choice, "message")
        checks.whole(choice, "index", 0, checks.MAX_CHOICES)
        _message(response, choice["message"], index, f"{where}.message")
        response.stops.append(stops.from_openai(choice.get("finish_reason")))
        if not choice.keys() <= _CHOICE_READ:
            response.slots += leaf_slots(choice, "assistant", where, skip=_CHOICE_READ)
    response.usage = usage.from_openai(tree.get("usage"))
    if not tree.keys() <= _TREE_READ:
        response.slots += leaf_slots(tree, "assistant", "answer", skip=_TREE_READ)


def read_embeddings(body: bytes) -> Response:
    """An embeddings answer. It has no text: its megabytes of numbers stay as they are."""
    members = decode_members(body, "The answer")
    if not bytes(members.get("data", b"")).startswith(b"["):
        raise WireError("The field 'data' of the answer must be an array.", "data")
    read = {name: decode(bytes(members[name]), "The answer") for name in ("model", "usage") if name in members}
    response = Response("openai", "embeddings", body, members | read)
    response.usage = usage.from_openai(read.get("usage"))
    return response


def _message(response: Response, message: dict[str, Any], choice: int, where: str) -> None:
    for name, kind in _TEXTS:
        if message.get(name) is not None:
            checks.text(message, name, where)
            response.slots.append(Slot("assistant", message, name, f"{where}.{name}", kind))
    for index, call in enumerate(checks.objects(message, "tool_calls", where)):
        response.slots += call_slots(response.embedded, call, "assistant", f"{where}.tool_calls[{index}]")
        response.calls.append(_call(call, choice, index))
    if isinstance(message.get("function_call"), dict):
        response.calls.append(_old_call(message["function_call"], choice, f"{where}.function_call"))
    elif message.get("function_call") is not None:
        raise expected(f"{where}.function_call", "an object", message["function_call"])
    if message.get("audio") is not None:
        if not isinstance(message["audio"], dict):
            raise expected(f"{where}.audio", "an object", message["audio"])
        response.unreadable.append(Unreadable(f"{where}.audio", "audio"))
        response.slots += leaf_slots(message["audio"], "assistant", f"{where}.audio", skip=frozenset(("data",)))
    if not message.keys() <= _READ:
        response.slots += leaf_slots(message, "assistant", where, skip=_READ)


def _call(call: dict[str, Any], choice: int, index: int) -> Call:
    if (call.get("type") or "function") == "function":
        inner = call["function"]
        return Call(choice, index, call["id"], inner["name"], inner["arguments"], parsed_object(inner["arguments"]))
    inner = call.get(call["type"])
    if not isinstance(inner, dict):
        raise WireError("A tool call of the answer has an unknown type.", "tool_calls")
    return Call(choice, index, call["id"], inner["name"], inner["input"], None)


def _old_call(inner: dict[str, Any], choice: int, where: str) -> Call:
    """The deprecated `function_call`: one call without an id."""
    arguments = checks.text(inner, "arguments", where)
    return Call(choice, 0, "", checks.text(inner, "name", where), arguments, parsed_object(arguments))
