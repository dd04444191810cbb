"""Requests of OpenAI's API: `POST /v1/chat/completions` and `POST /v1/embeddings`.

Fields as of openai `types/chat/completion_create_params.py` and `types/embedding_create_params.py`. Unknown fields stay and
their texts are slots: nothing leaves unread.
"""

from __future__ import annotations

from typing import Any

from helmward.gateway.wire import checks
from helmward.gateway.wire.decoding import decode_object
from helmward.gateway.wire.leaves import leaf_slots
from helmward.gateway.wire.openai_messages import read_messages
from helmward.gateway.wire.problems import expected
from helmward.gateway.wire.request import Request
from helmward.gateway.wire.slots import Slot, Unreadable

_HANDLED = frozenset(("model", "messages", "tools", "functions", "response_format", "prediction"))
_NUMBERS = ("temperature", "top_p", "frequency_penalty", "presence_penalty")
_PLAIN = frozenset(("stream", "max_tokens", "max_completion_tokens", "n", *_NUMBERS))


def read_chat(body: bytes) -> Request:
    """A chat request. Raises WireError, which names the field and what was expected."""
    tree = decode_object(body, "The request")
    checks.model_of(tree)
    request = Request("openai", "chat", body, tree)
    _options(request, tree)
    read_messages(request, tree)
    for name in ("tools", "functions"):
        if tree.get(name) is not None:
            _tools(request, tree, name)
    for name in ("response_format", "prediction"):
        checks.optional(tree, name, dict, "an object")
        if tree.get(name):
            request.slots += leaf_slots(tree[name], "system" if name == "response_format" else "user", name)
    if not tree.keys() <= _READ:
        request.slots += leaf_slots(tree, "user", "request", skip=_READ)
    return request


def read_embeddings(body: bytes) -> Request:
    """An embeddings request; `input` is a text, texts, token ids (which guards cannot read) or arrays of them."""
    tree = decode_object(body, "The request")
    checks.model_of(tree)
    request = Request("openai", "embeddings", body, tree)
    given = tree.get("input")
    if isinstance(given, str):
        request.slots.append(Slot("user", tree, "input", "input"))
    elif isinstance(given, list) and given:
        _inputs(request, given)
    else:
        raise checks.missing_or("input", "a string or an array that is not empty", tree)
    if not tree.keys() <= _EMBEDDING_READ:
        request.slots += leaf_slots(tree, "user", "request", skip=_EMBEDDING_READ)
    return request


_READ = _HANDLED | _PLAIN
_EMBEDDING_READ = frozenset(("model", "input", "dimensions"))


def _inputs(request: Request, given: list[Any]) -> None:
    for index, value in enumerate(given):
        if isinstance(value, str):
            request.slots.append(Slot("user", given, index, f"input[{index}]"))
        elif not _token_ids(value):
            raise expected(f"input[{index}]", "a string or token ids", value)
    if not all(isinstance(value, str) for value in given):
        request.unreadable.append(Unreadable("input", "token ids"))


def _token_ids(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(token, int) and not isinstance(token, bool) for token in value)
    return isinstance(value, int) and not isinstance(value, bool)


def _options(request: Request, tree: dict[str, Any]) -> None:
    request.stream = checks.boolean(tree, "stream")
    options = tree.get("stream_options")
    if options is not None:
        if not isinstance(options, dict):
            raise expected("stream_options", "an object", options)
        request.include_usage = checks.boolean(options, "include_usage", "stream_options.include_usage")
    new = checks.whole(tree, "max_completion_tokens", 1, checks.MAX_TOKENS)
    old = checks.whole(tree, "max_tokens", 1, checks.MAX_TOKENS)
    request.max_output_tokens = old if new is None else new
    request.choices = checks.whole(tree, "n", 1, checks.MAX_CHOICES) or 1
    for name in ("user", "safety_identifier"):
        checks.optional(tree, name, str, "a string")
    for name in _NUMBERS:
        value = tree.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise expected(name, "a number", value)


def _tools(request: Request, tree: dict[str, Any], name: str) -> None:
    for index, tool in enumerate(checks.objects(tree, name)):
        where = f"{name}[{index}]"
        if name == "functions":
            _function(tool, where)
            continue
        kind = checks.text(tool, "type", where)
        inner = tool.get(kind)
        if not isinstance(inner, dict):
            raise checks.missing_or(f"{where}.{kind[:40]}", "an object", tool, kind)
        _function(inner, f"{where}.{kind}")
    request.slots += leaf_slots(tree[name], "system", name)


def _function(function: dict[str, Any], where: str) -> None:
    checks.text(function, "name", where)
    checks.optional(function, "parameters", dict, "a JSON Schema object", where)
    checks.optional(function, "description", str, "a string", where)
