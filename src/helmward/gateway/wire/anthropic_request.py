"""Requests of Anthropic's API: `POST /v1/messages`.

Fields as of anthropic `types/message_create_params.py`. Unknown fields stay and their texts are slots.
"""

from __future__ import annotations

from typing import Any

from helmward.gateway.wire import checks
from helmward.gateway.wire.anthropic_blocks import read_content
from helmward.gateway.wire.decoding import decode_object
from helmward.gateway.wire.leaves import leaf_slots
from helmward.gateway.wire.problems import WireError, expected
from helmward.gateway.wire.request import Request
from helmward.gateway.wire.slots import Role

ROLES: dict[str, Role] = {"user": "user", "assistant": "assistant", "system": "system"}
_NUMBERS = ("temperature", "top_p", "top_k")
_READ = frozenset(("model", "messages", "system", "tools", "stream", "max_tokens", *_NUMBERS))
_MESSAGE_READ = frozenset(("role", "content"))


def read_anthropic(body: bytes) -> Request:
    """A messages request. Raises WireError, which names the field and what was expected."""
    tree = decode_object(body, "The request")
    checks.model_of(tree)
    request = Request("anthropic", "chat", body, tree)
    _options(request, tree)
    if tree.get("system") is not None:
        read_content(request, tree, "system", "system", "system")
    messages = tree.get("messages")
    if not isinstance(messages, list) or not messages:
        raise checks.missing_or("messages", "an array that is not empty", tree)
    for index, message in enumerate(messages):
        _message(request, message, f"messages[{index}]")
    if tree.get("tools") is not None:
        _tools(request, tree)
    if not tree.keys() <= _READ:
        request.slots += leaf_slots(tree, "user", "request", skip=_READ)
    return request


def _options(request: Request, tree: dict[str, Any]) -> None:
    request.stream = checks.boolean(tree, "stream")
    request.include_usage = True
    request.max_output_tokens = checks.whole(tree, "max_tokens", 0, checks.MAX_TOKENS)
    if request.max_output_tokens is None:
        raise checks.missing_or("max_tokens", "a whole number", tree)
    for name in _NUMBERS:
        value = tree.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise expected(name, "a number", value)
    for name in ("thinking", "cache_control", "metadata", "output_config", "tool_choice"):
        checks.optional(tree, name, dict, "an object")


def _message(request: Request, message: Any, where: str) -> None:
    if not isinstance(message, dict):
        raise expected(where, "an object", message)
    said = message.get("role")
    role = ROLES.get(said) if isinstance(said, str) else None
    if role is None:
        raise WireError(f"The field '{where}.role' must be one of {', '.join(ROLES)}.", f"{where}.role")
    read_content(request, message, "content", role, f"{where}.content")
    if not message.keys() <= _MESSAGE_READ:
        request.slots += leaf_slots(message, role, where, skip=_MESSAGE_READ)


def _tools(request: Request, tree: dict[str, Any]) -> None:
    """Tools of the caller have an input_schema; the provider's own have a `type` with a date and a fixed name."""
    for index, tool in enumerate(checks.objects(tree, "tools")):
        where = f"tools[{index}]"
        if tool.get("type") in (None, "custom"):
            checks.text(tool, "name", where)
            if not isinstance(tool.get("input_schema"), dict):
                raise checks.missing_or(f"{where}.input_schema", "a JSON Schema object", tool, "input_schema")
        else:
            checks.text(tool, "type", where)
        for name in ("name", "description"):
            checks.optional(tool, name, str, "a string", where)
    request.slots += leaf_slots(tree["tools"], "system", "tools")
