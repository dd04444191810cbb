"""Scripted models: what a hostile one says, in its order, and everything that it got to see."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from helmward.core.model import Offered, Reply, ToolCall, Turn
from helmward.core.nouns import Actor

Script = Callable[[Sequence[Turn]], Reply]
_LINE = re.compile(r"^\[(e\d+)\] (.*)$", re.MULTILINE)


def calls(*asked: tuple[str, dict[str, Any] | None], text: str = "") -> Reply:
    """A reply that asks for these calls."""
    made = (ToolCall(id=f"c{number}", name=name, arguments=given) for number, (name, given) in enumerate(asked))
    return Reply(text=text, calls=tuple(made), stop="tools")


def says(text: str) -> Reply:
    """A last reply."""
    return Reply(text=text, input_tokens=10, output_tokens=10, cost=0.001)


class Scripted:
    """Gives its replies in order, the last one again and again. `seen` are the texts that came to it, its own left out."""

    def __init__(self, *replies: Reply | Script) -> None:
        self._replies, self._given = replies, 0
        self.seen: list[str] = []
        self.offered: list[str] = []

    async def complete(
        self, actor: Actor, model: str, turns: tuple[Turn, ...], tools: tuple[Offered, ...], max_tokens: int
    ) -> Reply:
        self.seen = [turn.text for turn in turns if turn.role != "assistant"]
        self.offered = [tool.name for tool in tools]
        reply = self._replies[min(self._given, len(self._replies) - 1)]
        self._given += 1
        return reply(turns) if callable(reply) else reply


def cited(turns: Sequence[Turn], part: str) -> str:
    """The id of the evidence in which `part` stands."""
    for turn in turns:
        for identity, line in _LINE.findall(turn.text if turn.role == "tool" else ""):
            if part.lower() in line.lower():
                return str(identity)
    return "e99999"
