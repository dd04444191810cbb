"""Anthropic's content blocks: the texts in them, who says them, what guards cannot read, what is signed.

Blocks as of anthropic `types/content_block_param.py` (requests) and `types/content_block.py` (responses).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from helmward.gateway.wire import checks
from helmward.gateway.wire.leaves import leaf_slots
from helmward.gateway.wire.problems import WireError, expected
from helmward.gateway.wire.slots import Role, Slot, Unreadable


class Readable(Protocol):
    """What collects slots: a request or a response."""

    slots: list[Slot]
    unreadable: list[Unreadable]


_TEXT = frozenset(("type", "text"))
_NESTED = frozenset(("type", "content", "tool_use_id", "is_error"))
_SOURCE_DATA = frozenset(("data",))
_SIGNED = frozenset(("type", "thinking", "signature", "data"))
_MORE = frozenset(("type",))


def read_content(into: Readable, holder: dict[str, Any], name: str, role: Role, where: str) -> None:
    """Check a content field (a string, or an array of blocks) and add its slots."""
    content = holder.get(name)
    if isinstance(content, str):
        into.slots.append(Slot(role, holder, name, where))
    elif isinstance(content, list):
        for index, block in enumerate(content):
            read_block(into, block, role, f"{where}[{index}]")
    else:
        raise checks.missing_or(where, "a string or an array of blocks", holder, name)


def read_block(into: Readable, block: Any, role: Role, where: str) -> None:
    """Check one block and add its slots."""
    if not isinstance(block, dict):
        raise expected(where, "an object", block)
    kind = checks.text(block, "type", where)
    _READERS.get(kind, _server)(into, block, role, where)


def _text(into: Readable, block: dict[str, Any], role: Role, where: str) -> None:
    checks.text(block, "text", where)
    into.slots.append(Slot(role, block, "text", f"{where}.text"))
    if not block.keys() <= _TEXT:
        into.slots += leaf_slots(block, role, where, skip=_TEXT | _MORE)


def _thinking(into: Readable, block: dict[str, Any], role: Role, where: str) -> None:
    checks.text(block, "thinking", where)
    into.slots.append(Slot(role, block, "thinking", f"{where}.thinking", "reasoning", sealed=True))
    _sealed_rest(into, block, role, where)


def _redacted(into: Readable, block: dict[str, Any], role: Role, where: str) -> None:
    checks.text(block, "data", where)
    into.slots.append(Slot(role, block, "data", f"{where}.data", "reasoning", sealed=True))
    _sealed_rest(into, block, role, where)


def _sealed_rest(into: Readable, block: dict[str, Any], role: Role, where: str) -> None:
    if not block.keys() <= _SIGNED:
        for slot in leaf_slots(block, role, where, skip=_SIGNED):
            slot.sealed = True
            into.slots.append(slot)


def _tool_use(into: Readable, block: dict[str, Any], role: Role, where: str) -> None:
    checks.text(block, "id", where)
    checks.text(block, "name", where)
    if not isinstance(block.get("input"), dict):
        raise checks.missing_or(f"{where}.input", "an object", block, "input")
    into.slots += leaf_slots(block, role, where, skip=_MORE | {"id", "input"})
    into.slots += leaf_slots(block["input"], role, f"{where}.input")


def _tool_result(into: Readable, block: dict[str, Any], role: Role, where: str) -> None:
    checks.text(block, "tool_use_id", where)
    checks.boolean(block, "is_error", f"{where}.is_error")
    if block.get("content") is not None:
        read_content(into, block, "content", "tool", f"{where}.content")
    if not block.keys() <= _NESTED:
        into.slots += leaf_slots(block, "tool", where, skip=_NESTED)


def _image(into: Readable, block: dict[str, Any], role: Role, where: str) -> None:
    into.unreadable.append(Unreadable(where, "image"))
    _source(into, block, role, where)


def _document(into: Readable, block: dict[str, Any], role: Role, where: str) -> None:
    """A document is outside text, whoever attached it: its role is `tool`."""
    source = block.get("source")
    kind = source.get("type") if isinstance(source, dict) else None
    if kind == "text":
        checks.text(block["source"], "data", f"{where}.source")
        into.slots.append(Slot("tool", block["source"], "data", f"{where}.source.data"))
        into.slots += leaf_slots(block["source"], "tool", f"{where}.source", skip=_SOURCE_DATA)
        into.slots += leaf_slots(block, "tool", where, skip=_MORE | {"source"})
    elif kind == "content":
        read_content(into, block["source"], "content", "tool", f"{where}.source.content")
        into.slots += leaf_slots(block["source"], "tool", f"{where}.source", skip=frozenset(("content",)))
        into.slots += leaf_slots(block, "tool", where, skip=_MORE | {"source"})
    else:
        into.unreadable.append(Unreadable(where, "document"))
        _source(into, block, "tool", where)


def _source(into: Readable, block: dict[str, Any], role: Role, where: str) -> None:
    source = block.get("source")
    if not isinstance(source, dict):
        raise checks.missing_or(f"{where}.source", "an object", block, "source")
    checks.text(source, "type", f"{where}.source")
    into.slots += leaf_slots(source, role, f"{where}.source", skip=_SOURCE_DATA)
    into.slots += leaf_slots(block, role, where, skip=_MORE | {"source"})


def _search_result(into: Readable, block: dict[str, Any], role: Role, where: str) -> None:
    if not isinstance(block.get("content"), list):
        raise WireError(f"The field '{where}.content' must be an array of blocks.", f"{where}.content")
    read_content(into, block, "content", "tool", f"{where}.content")
    into.slots += leaf_slots(block, "tool", where, skip=_MORE | {"content"})


def _server(into: Readable, block: dict[str, Any], role: Role, where: str) -> None:
    """A block of a provider's own tool, or one that we do not know: its texts are outside text; a file in it is unreadable."""
    kind = block["type"]
    if kind == "server_tool_use":
        return _tool_use(into, block, role, where)
    if not kind.endswith("_tool_result"):
        into.unreadable.append(Unreadable(where, kind[:40]))
    into.slots += leaf_slots(block, "tool", where, skip=_MORE | {"tool_use_id"})
    return None


_READERS: dict[str, Callable[[Readable, dict[str, Any], Role, str], None]] = {
    "text": _text,
    "thinking": _thinking,
    "redacted_thinking": _redacted,
    "tool_use": _tool_use,
    "tool_result": _tool_result,
    "image": _image,
    "document": _document,
    "search_result": _search_result,
}
