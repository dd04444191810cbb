"""A model's reply cut down to what anybody looks at; what JSON or UTF-8 cannot hold is not there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from helmward.core.model import Reply, ToolCall

_LONGEST = 64 * 1024  # characters of a text
_MOST = 16  # calls
_LONGEST_NAME = 200
_LARGEST = 16 * 1024  # bytes of a call's arguments
_DEEPEST = 8


def bounded(reply: Reply) -> Reply:
    """The reply; a call whose arguments are too large or too deep comes without arguments."""
    calls = tuple(
        ToolCall(id="", name=_text(call.name[:_LONGEST_NAME]), arguments=_arguments(call.arguments))
        for call in reply.calls[:_MOST]
    )
    return msgspec.structs.replace(reply, text=_text(reply.text[:_LONGEST]), calls=calls)


def _text(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _arguments(given: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if given is None or not _shallow(given):
        return None
    try:
        plain = msgspec.json.encode(given)
        # Read again: what comes is what JSON can hold.
        found = msgspec.json.decode(plain) if len(plain) <= _LARGEST else None
    except (TypeError, ValueError, OverflowError):
        return None
    return found if isinstance(found, dict) else None


def _shallow(value: Any) -> bool:
    level: Sequence[Any] = [value]
    for _ in range(_DEEPEST + 1):
        inner: list[Any] = []
        for one in level:
            inner += one.values() if isinstance(one, Mapping) else one if isinstance(one, list | tuple) else ()
        if not inner:
            return True
        level = inner
    return False
