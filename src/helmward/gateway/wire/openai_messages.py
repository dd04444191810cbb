"""The messages of an OpenAI chat request: roles, parts, tool calls, tool results.

Fields as of openai `types/chat/chat_completion_message_param.py` and the types it names.
"""

from __future__ import annotations

from typing import Any

from helmward.gateway.wire import checks
from helmward.gateway.wire.decoding import parsed_object
from helmward.gateway.wire.leaves import leaf_slots
from helmward.gateway.wire.problems import WireError, expected
from helmward.gateway.wire.request import Request
from helmward.gateway.wire.slots import Embedded, Role, Slot, Unreadable

ROLES: dict[str, Role] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
    "function": "tool",
}
_PLAIN = frozenset(("role", "content"))
_READ = frozenset(
    ("role", "content", "refusal", "tool_calls", "tool_call_id", "audio", "reasoning_content", "reasoning")
)
_PART_READ = frozenset(("type", "text", "refusal"))


def read_messages(request: Request, tree: dict[str, Any]) -> None:
    """Check `messages` and add their slots to the request."""
    messages = tree.get("messages")
    if not isinstance(messages, list) or not messages:
        raise checks.missing_or("messages", "an array that is not empty", tree)
    for index, message in enumerate(messages):
        if not isinstance(message, dict):
            raise expected(f"messages[{index}]", "an object", message)
        _message(request, message, f"messages[{index}]")


def _message(request: Request, message: dict[str, Any], where: str) -> None:
    said = message.get("role")
    role = ROLES.get(said) if isinstance(said, str) else None
    if role is None:
        raise WireError(f"The field '{where}.role' must be one of {', '.join(ROLES)}.", f"{where}.role")
    content = message.get("content")
    if isinstance(content, str):
        request.slots.append(Slot(role, message, "content", f"{where}.content"))
    elif isinstance(content, list):
        _parts(request, content, role, f"{where}.content")
    elif content is not None or role != "assistant":
        raise checks.missing_or(f"{where}.content", "a string or an array of parts", message, "content")
    if said == "tool":
        checks.text(message, "tool_call_id", where)
    if not message.keys() <= _PLAIN:
        _more(request, message, role, where)


def _parts(request: Request, parts: list[Any], role: Role, where: str) -> None:
    for index, part in enumerate(parts):
        place = f"{where}[{index}]"
        if not isinstance(part, dict):
            raise expected(place, "an object", part)
        kind = checks.text(part, "type", place)
        if kind == "text" or kind == "refusal":
            checks.text(part, kind, place)
            request.slots.append(Slot(role, part, kind, f"{place}.{kind}"))
            if not part.keys() <= _PART_READ:
                request.slots += leaf_slots(part, role, place, skip=_PART_READ)
        else:
            _unreadable_part(request, part, kind, role, place)


def _unreadable_part(request: Request, part: dict[str, Any], kind: str, role: Role, where: str) -> None:
    """An image, audio, a file, or what we do not know: what is text in it (a URL, a file's name) is a slot all the same."""
    request.unreadable.append(Unreadable(where, kind[:40]))
    inner = part.get(kind)
    if kind == "image_url" and not (isinstance(inner, dict) and isinstance(inner.get("url"), str)):
        raise WireError(f"The field '{where}.image_url.url' must be a string.", f"{where}.image_url.url")
    skip = frozenset(("type",))
    if isinstance(inner, dict):
        data = frozenset(name for name in ("data", "file_data", "url") if _is_data(name, inner.get(name)))
        request.slots += leaf_slots(inner, role, f"{where}.{kind}", skip=data)
        skip |= {kind}
    request.slots += leaf_slots(part, role, where, skip=skip)


def _is_data(name: str, value: Any) -> bool:
    return isinstance(value, str) and (name != "url" or value[:5].lower() == "data:")


def _more(request: Request, message: dict[str, Any], role: Role, where: str) -> None:
    """What a message may hold beside its content: refusal, reasoning, tool calls, a name, unknown fields."""
    for name in ("refusal", "reasoning_content", "reasoning"):
        if message.get(name) is not None:
            checks.text(message, name, where)
            request.slots.append(
                Slot(role, message, name, f"{where}.{name}", "refusal" if name == "refusal" else "reasoning")
            )
    if message.get("audio") is not None:
        request.unreadable.append(Unreadable(f"{where}.audio", "audio"))
    for index, call in enumerate(checks.objects(message, "tool_calls", where)):
        request.slots += call_slots(request.embedded, call, role, f"{where}.tool_calls[{index}]")
    if not message.keys() <= _READ:
        request.slots += leaf_slots(message, role, where, skip=_READ)


def call_slots(embedded: list[Embedded], call: dict[str, Any], role: Role, where: str) -> list[Slot]:
    """The texts of one entry of `tool_calls`: the name and the arguments (or a custom tool's input)."""
    kind = call.get("type") or "function"
    inner = call.get(kind) if isinstance(kind, str) else None
    if not isinstance(inner, dict):
        raise expected(f"{where}.{kind_name(kind)}", "an object", inner)
    checks.text(call, "id", where)
    checks.text(inner, "name", f"{where}.{kind}")
    name = "arguments" if kind == "function" else "input"
    text = checks.text(inner, name, f"{where}.{kind}")
    slots = leaf_slots(inner, role, f"{where}.{kind}", skip=frozenset((name,)))
    if len(call) > 3:
        slots += leaf_slots(call, role, where, skip=frozenset(("id", "type", kind)))
    value = parsed_object(text) if kind == "function" else None
    if value is None:
        return [*slots, Slot(role, inner, name, f"{where}.{kind}.{name}", "arguments")]
    owner = Embedded(inner, name, value)
    embedded.append(owner)
    return [*slots, *leaf_slots(value, role, f"{where}.{kind}.{name}", owner)]


def kind_name(kind: Any) -> str:
    """A type's name as it may stand in an error."""
    return kind[:40] if isinstance(kind, str) else "type"
