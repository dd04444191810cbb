"""Nothing passes unread: a text put anywhere in a message is in a slot, makes it refused, or is marked as unreadable."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from helmward.gateway.wire import (
    Api,
    Other,
    Sealed,
    TextDelta,
    ToolArguments,
    ToolStarted,
    WireError,
    read_anthropic,
    read_chat,
    read_response,
)

from ..scenes import (
    ANTHROPIC_TOOLS,
    CHAT,
    COMPLETION,
    MESSAGE,
    MESSAGES,
    OPENAI_TOOLS,
    compact,
    events_of,
    inside,
)

MARK = "hidden words"
KNOWN_IDS = {"id", "model", "tool_call_id", "tool_use_id", "role", "signature"}
"""Read by their place: what names a message, a call or a speaker; and signatures, which are opaque."""
FROM_UPSTREAM = KNOWN_IDS | {
    "object",
    "created",
    "service_tier",
    "system_fingerprint",
    "usage",
    "stop_reason",
    "finish_reason",
}


def spoiled(base: Any) -> list[tuple[tuple[Any, ...], Any]]:
    """The message with the mark in place of each value, and as a further member of each object."""
    made = []
    for path, value in [((), base), *inside(base)]:
        for name in ("", "unheard_of") if isinstance(value, dict) else ("",):
            whole = copy.deepcopy(base)
            place = (*path, name) if name else path
            if place:
                holder = whole
                for key in place[:-1]:
                    holder = holder[key]
                holder[place[-1]] = MARK
                made.append((place, whole))
    return made


def seen(message: Any) -> bool:
    return any(MARK in slot.text for slot in message.slots) or bool(message.unreadable)


@pytest.mark.parametrize(("read", "base"), [(read_chat, CHAT), (read_anthropic, MESSAGES)])
def test_in_a_request(read: Callable[[bytes], Any], base: Any) -> None:
    without = copy.deepcopy(base)
    for message in without["messages"]:
        if isinstance(message.get("content"), list):
            message["content"] = [part for part in message["content"] if part["type"] not in ("image", "image_url")]
    for place, whole in spoiled(without):
        try:
            request = read(compact(whole))
        except WireError:
            continue
        assert seen(request) or place[-1] in KNOWN_IDS, place


@pytest.mark.parametrize(("api", "base"), [("openai", COMPLETION), ("anthropic", MESSAGE)])
def test_in_an_answer(api: Api, base: Any) -> None:
    for place, whole in spoiled(base):
        try:
            response = read_response(api, compact(whole))
        except WireError:
            continue
        assert seen(response) or FROM_UPSTREAM.intersection(place), place


@pytest.mark.parametrize(("api", "stream"), [("openai", OPENAI_TOOLS), ("anthropic", ANTHROPIC_TOOLS)])
def test_in_a_stream(api: Api, stream: bytes) -> None:
    events = [event for event in stream.split(b"\n\n") if event and not event.endswith(b"[DONE]")]
    for index, event in enumerate(events):
        head, _, data = event.partition(b"data: ")
        for place, whole in spoiled(json.loads(data)):
            changed = [*events[:index], head + b"data: " + compact(whole), *events[index + 1 :]]
            assert _said(api, b"\n\n".join(changed) + b"\n\n") or _named(place), (data, place)


def _named(place: tuple[Any, ...]) -> bool:
    return bool((FROM_UPSTREAM | {"signature", "obfuscation", "stop_sequence"}).intersection(place))


def _said(api: Api, stream: bytes) -> bool:
    for item in events_of(api, stream):
        texts: tuple[str, ...] = ()
        if isinstance(item, TextDelta | Sealed):
            texts = (item.text,)
        elif isinstance(item, ToolArguments):
            texts = (item.fragment,)
        elif isinstance(item, ToolStarted):
            texts = (item.id, item.name)
        elif isinstance(item, Other):
            texts = item.texts
        if any(MARK in text for text in texts):
            return True
        # An event that is refused is the last one.
        if type(item).__name__ in ("Broken", "Failed"):
            return True
    return False
