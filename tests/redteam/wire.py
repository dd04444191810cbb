"""A scripted model behind a real socket: what it says goes out in the API that is spoken there, whole or as a stream."""

from __future__ import annotations

import json
from typing import Any

from helmward.core.model import Turn
from helmward.core.nouns import Actor

from ..gateway.upstream import Script, answers
from ..gateway.upstream import Turn as Request
from .models import Scripted

_NOBODY = Actor(name="nobody", kind="service")


def plays(model: Scripted, chunk: int = 0) -> Script:
    """Answers by the scripted model. `chunk`: characters of a stream's piece (0: by words)."""

    async def script(request: Request) -> None:
        asked = request.received.asked
        reply = await model.complete(_NOBODY, str(asked.get("model")), turns_of(asked), (), 0)
        calls = [(one.name, _written(one.arguments)) for one in reply.calls]
        pieces = [reply.text[at : at + chunk] for at in range(0, len(reply.text), chunk)] if chunk else None
        await answers(reply.text, chunks=pieces, calls=calls or None)(request)

    return script


def turns_of(asked: dict[str, Any]) -> tuple[Turn, ...]:
    """The texts that came, by who says them; of both APIs."""
    system = [("system", text) for text in _texts(asked.get("system", ""))]
    said = [(one["role"], text) for one in asked.get("messages", ()) for text in _texts(one.get("content"))]
    return tuple(Turn(role=_role(role, text), text=text.removeprefix(_RESULT)) for role, text in [*system, *said])


_RESULT = "\0result:"


def _texts(content: Any) -> list[str]:
    if isinstance(content, str):
        return [content]
    found: list[str] = []
    for block in content or ():
        if block.get("type") == "tool_result":
            found += [_RESULT + text for text in _texts(block.get("content"))]
        elif "text" in block:
            found.append(block["text"])
    return found


def _role(role: str, text: str) -> Any:
    return "tool" if text.startswith(_RESULT) else "system" if role == "developer" else role


def _written(arguments: dict[str, Any] | None) -> str:
    return '{"limit": ' if arguments is None else json.dumps(arguments)
