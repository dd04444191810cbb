"""Anthropic's turns as OpenAI's messages: tool results become messages of their own, before the turn's other content."""

from __future__ import annotations

from typing import Any

from helmward.gateway.translate.harmless import BLOCK_FROM_ANTHROPIC, only, refused
from helmward.gateway.wire.decoding import encode

API = "OpenAI"
FAILED = "The tool failed: "
"""What stands before the result of a tool that failed: OpenAI's API has no field for `is_error`."""


def conversation(system: Any, turns: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The messages, the system prompt first."""
    messages: list[dict[str, Any]] = []
    if system:
        messages.append({"role": "system", "content": _texts(system, "system")})
    for index, turn in enumerate(turns):
        where = f"messages[{index}]"
        only(turn, frozenset(("role", "content")), where, API)
        if turn["role"] == "system":
            messages.append({"role": "system", "content": _texts(turn["content"], f"{where}.content")})
        elif turn["role"] == "user":
            messages += _user(turn["content"], f"{where}.content")
        else:
            messages.append(_assistant(turn["content"], f"{where}.content"))
    return messages


def _texts(content: Any, where: str) -> Any:
    if isinstance(content, str):
        return content
    return _short([_text(block, f"{where}[{index}]") for index, block in enumerate(content)])


def _short(parts: list[dict[str, Any]]) -> Any:
    return parts[0]["text"] if len(parts) == 1 and parts[0]["type"] == "text" else parts


def _text(block: dict[str, Any], where: str) -> dict[str, Any]:
    if block["type"] != "text":
        raise refused(f"{where}.{block['type'][:40]}", API, "it must be text here")
    only(block, BLOCK_FROM_ANTHROPIC | {"type", "text", "citations"}, where, API)
    return {"type": "text", "text": block["text"]}


def _user(content: Any, where: str) -> list[dict[str, Any]]:
    if isinstance(content, str):
        return [{"role": "user", "content": content}]
    messages: list[dict[str, Any]] = []
    parts: list[dict[str, Any]] = []
    for index, block in enumerate(content):
        place = f"{where}[{index}]"
        if block["type"] == "tool_result":
            if parts:
                raise refused(place, API, "tool results must come before other content")
            messages.append(_result(block, place))
        else:
            parts += _parts(block, place)
    if parts or not messages:
        messages.append({"role": "user", "content": _short(parts) if parts else ""})
    return messages


def _result(block: dict[str, Any], where: str) -> dict[str, Any]:
    only(block, BLOCK_FROM_ANTHROPIC | {"type", "tool_use_id", "content", "is_error"}, where, API)
    content = _texts(block.get("content") or "", f"{where}.content")
    if block.get("is_error"):
        content = FAILED + content if isinstance(content, str) else [{"type": "text", "text": FAILED}, *content]
    return {"role": "tool", "tool_call_id": block["tool_use_id"], "content": content}


def _assistant(content: Any, where: str) -> dict[str, Any]:
    if isinstance(content, str):
        return {"role": "assistant", "content": content}
    parts: list[dict[str, Any]] = []
    calls: list[dict[str, Any]] = []
    for index, block in enumerate(content):
        place = f"{where}[{index}]"
        if block["type"] == "tool_use":
            only(block, BLOCK_FROM_ANTHROPIC | {"type", "id", "name", "input", "caller"}, place, API)
            function = {"name": block["name"], "arguments": encode(block["input"]).decode()}
            calls.append({"id": block["id"], "type": "function", "function": function})
        elif not _unsigned(block, place):
            if calls:
                raise refused(place, API, "text must come before tool calls")
            parts.append(_text(block, place))
    made: dict[str, Any] = {"role": "assistant", "content": _short(parts) if parts else None}
    return made | {"tool_calls": calls} if calls else made | {"content": made["content"] or ""}


def _unsigned(block: dict[str, Any], where: str) -> bool:
    """Whether it is thinking that no model signed, which may be left out. Signed blocks cannot be carried over: refused."""
    if block["type"] == "redacted_thinking" or (block["type"] == "thinking" and block.get("signature")):
        raise refused(where, API, "the model signed this block, and it must reach it unaltered")
    return bool(block["type"] == "thinking")


def _parts(block: dict[str, Any], where: str) -> list[dict[str, Any]]:
    kind = block["type"]
    if kind == "text":
        return [_text(block, where)]
    if kind == "image":
        only(block, BLOCK_FROM_ANTHROPIC | {"type", "source"}, where, API)
        return [{"type": "image_url", "image_url": {"url": _image(block["source"], f"{where}.source")}}]
    if kind == "document":
        return _document(block, where)
    if kind == "search_result":
        return [
            _labelled([block.get("title"), block.get("source")]),
            *[_text(each, where) for each in block["content"]],
        ]
    raise refused(f"{where}.{kind[:40]}", API)


def _image(source: dict[str, Any], where: str) -> str:
    if source["type"] == "url" and isinstance(source.get("url"), str):
        return str(source["url"])
    if source["type"] == "base64" and isinstance(source.get("data"), str):
        return f"data:{source.get('media_type')};base64,{source['data']}"
    raise refused(where, API, "an image there is a URL or base64 data")


def _document(block: dict[str, Any], where: str) -> list[dict[str, Any]]:
    """A text document is text, under its title; a PDF as data is a file part."""
    citations = block.get("citations")
    if citations is not None and not (isinstance(citations, dict) and not citations.get("enabled")):
        raise refused(f"{where}.citations", API)
    only(block, BLOCK_FROM_ANTHROPIC | {"type", "source", "title", "context", "citations"}, where, API)
    source = block["source"]
    label = (
        [_labelled([block.get("title"), block.get("context")])] if block.get("title") or block.get("context") else []
    )
    if source["type"] == "text":
        return [*label, {"type": "text", "text": source["data"]}]
    if source["type"] == "content":
        inner = source["content"]
        blocks = [{"type": "text", "text": inner}] if isinstance(inner, str) else inner
        return label + [
            part for index, each in enumerate(blocks) for part in _parts(each, f"{where}.source.content[{index}]")
        ]
    if source["type"] == "base64" and isinstance(source.get("data"), str):
        data = f"data:{source.get('media_type')};base64,{source['data']}"
        file = {"filename": block.get("title") or "document.pdf", "file_data": data}
        return [{"type": "file", "file": file}]
    raise refused(f"{where}.source", API)


def _labelled(lines: list[Any]) -> dict[str, Any]:
    return {"type": "text", "text": "\n".join(line for line in lines if isinstance(line, str) and line)}
