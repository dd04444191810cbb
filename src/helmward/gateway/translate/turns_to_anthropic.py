"""OpenAI's messages as Anthropic's turns: system prompts apart, tool results in user turns, neighbours of one role merged."""

from __future__ import annotations

import re
from typing import Any

from helmward.gateway.translate.harmless import only, refused
from helmward.gateway.translate.parts_to_anthropic import blocks, texts
from helmward.gateway.wire.decoding import parsed_object
from helmward.gateway.wire.problems import TranslationError

API = "Anthropic"
_ID = re.compile(r"[A-Za-z0-9_-]+")
"""What Anthropic's API allows in a tool call's id."""
_KNOWN = {
    "system": frozenset(("role", "content")),
    "developer": frozenset(("role", "content")),
    "user": frozenset(("role", "content")),
    "tool": frozenset(("role", "content", "tool_call_id", "name")),
    "assistant": frozenset(
        ("role", "content", "refusal", "tool_calls", "reasoning_content", "reasoning", "annotations")
    ),
}

_Turn = tuple[str, list[dict[str, Any]]]


def conversation(messages: list[dict[str, Any]]) -> dict[str, Any]:
    """The fields `system` (leading system messages) and `messages`.

    A later system message stays in its place, as a message with the role system. Anthropic takes one only after a user turn
    (its page "Mid-conversation system messages"): one that follows an assistant's turn goes behind the next user turn.
    """
    system: list[dict[str, Any]] = []
    turns: list[_Turn] = []
    waiting: list[dict[str, Any]] = []
    for index, message in enumerate(messages):
        role, content = _turn(message, f"messages[{index}]")
        if role == "system" and (not turns or turns[-1][0] == "assistant"):
            (waiting if turns else system).extend(content)
            continue
        _append(turns, role, content)
        if role == "user" and waiting and _next_role(messages, index) != "user":
            _append(turns, "system", waiting)
            waiting = []
    if waiting:
        raise TranslationError(
            "A system message behind the last answer cannot be expressed in Anthropic's API.", "messages"
        )
    made: dict[str, Any] = {"messages": [{"role": role, "content": _short(content)} for role, content in turns]}
    return {"system": _short(system), **made} if system else made


def _next_role(messages: list[dict[str, Any]], index: int) -> str:
    if index + 1 >= len(messages):
        return ""
    role: str = messages[index + 1]["role"]
    return "user" if role in ("tool", "user") else role


def _append(turns: list[_Turn], role: str, content: list[dict[str, Any]]) -> None:
    if turns and turns[-1][0] == role:
        turns[-1][1].extend(content)
    elif content:
        turns.append((role, list(content)))


def _short(content: list[dict[str, Any]]) -> Any:
    """One plain text is a string, as most callers write it."""
    if len(content) == 1 and content[0].keys() == {"type", "text"}:
        return content[0]["text"]
    return content


def _turn(message: dict[str, Any], where: str) -> _Turn:
    role = message["role"]
    if role not in _KNOWN:
        raise refused(f"{where}.role", API, "the role 'function' has no ids; use tools")
    only(message, _KNOWN[role], where, API)
    content, place = message.get("content"), f"{where}.content"
    if role in ("system", "developer"):
        return "system", texts(content, place)
    if role == "user":
        return "user", blocks(content, place)
    if role == "tool":
        return "user", [_result(message, where)]
    said = texts(content, place) if content is not None else []
    if message.get("refusal"):
        said.append({"type": "text", "text": message["refusal"]})
    calls = message.get("tool_calls") or []
    return "assistant", said + [_call(call, f"{where}.tool_calls[{number}]") for number, call in enumerate(calls)]


def _result(message: dict[str, Any], where: str) -> dict[str, Any]:
    content = message["content"]
    return {
        "type": "tool_result",
        "tool_use_id": _kept_id(message["tool_call_id"], f"{where}.tool_call_id"),
        "content": content if isinstance(content, str) else texts(content, f"{where}.content"),
    }


def _call(call: dict[str, Any], where: str) -> dict[str, Any]:
    if (call.get("type") or "function") != "function":
        raise refused(f"{where}.type", API, "only function calls can")
    function = call["function"]
    value = parsed_object(function["arguments"]) if function["arguments"].strip() else {}
    if value is None:
        raise refused(f"{where}.function.arguments", API, "it must be the text of a JSON object")
    return {"type": "tool_use", "id": _kept_id(call["id"], f"{where}.id"), "name": function["name"], "input": value}


def _kept_id(name: str, where: str) -> str:
    if not _ID.fullmatch(name):
        raise refused(where, API, "an id there has letters, digits, '_' and '-' alone")
    return name
