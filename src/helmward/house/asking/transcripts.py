"""Conversations as their actor reads them again: words that passed the guards, what was understood, what came of it in short."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from helmward.core.text import one_line
from helmward.core.times import format_time
from helmward.house.asking.conversations import Conversation, Spoken
from helmward.house.asking.shapes import amount

_LONGEST = 500  # characters kept of words, and of what came of them
_TITLE = 60
LARGEST = 256 * 1024
"""Bytes (JSON) of the whole answers that a conversation keeps; the oldest go first."""


def kept(words: str, found: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """What is kept of a turn: the words, and of `Asking.ask`'s answer enough to know it by."""
    result = found.get("result") or {}
    plans = [result["plan"]["id"]] if result.get("plan") else [one["id"] for one in _answer(found, "proposals")]
    shown = {
        "kind": found["kind"],
        "command": found.get("command", []),
        "result": one_line(_said(found, result), _LONGEST),
        "failed": bool(found.get("error")),
        "plans": plans,
    }
    return one_line(words, _LONGEST), shown


def encoded(found: dict[str, Any]) -> bytes:
    """`Asking.ask`'s answer as it is kept whole; empty for one that is too large."""
    data = msgspec.json.encode(found, enc_hook=str)
    return data if len(data) <= LARGEST else b""


def trim(kept: Sequence[Spoken]) -> None:
    """Let go of the oldest whole answers, until what is left is small enough."""
    total = 0
    for spoken in reversed(kept):
        total += len(spoken.whole)
        if total > LARGEST:
            spoken.whole = b""


def row(one: Conversation, over: bool) -> dict[str, Any]:
    """A conversation in a list. `over`: nobody goes on with it."""
    return {
        "id": one.id,
        "started": format_time(one.started),
        "last": format_time(one.spoken),
        "title": one_line(one.kept[0].text, _TITLE) if one.kept else "",
        "count": len(one.kept),
        "over": over,
    }


def whole(one: Conversation, over: bool) -> dict[str, Any]:
    """A conversation with its turns, the oldest first."""
    return row(one, over) | {"turns": [_turn(spoken) for spoken in one.kept]}


def _turn(spoken: Spoken) -> dict[str, Any]:
    answer = msgspec.json.decode(spoken.whole) if spoken.whole else None
    return {"time": format_time(spoken.time), "text": spoken.text, **spoken.found, "answer": answer}


def _answer(found: dict[str, Any], key: str) -> list[dict[str, Any]]:
    answer: dict[str, Any] = found.get("answer") or {}
    return list(answer.get(key, ()))


def _said(found: dict[str, Any], result: dict[str, Any]) -> str:
    if found.get("error"):
        return str(found["error"]["text"])
    if found["kind"] == "answer":
        sentences = " ".join(sentence["text"] for sentence in _answer(found, "sentences"))
        return sentences or " ".join(found["notes"])
    plan = result.get("plan")
    if plan:
        return f"{plan['id']} is {plan['state']}: {plan['title']}"
    pages = [f"{page['tool']}: {_page(page)}" for page in result.get("pages", ())]
    return "; ".join(pages) or str(result.get("text") or found.get("text") or "")


def _page(page: dict[str, Any]) -> str:
    return str(page["error"]) if "error" in page else amount(page["page"])
