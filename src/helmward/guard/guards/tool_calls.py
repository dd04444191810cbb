"""Tool calls: what a model may ask for."""

from __future__ import annotations

import json
from collections.abc import Iterable

from helmward.guard.contract import About, Guard, Span, guard
from helmward.guard.tool_calls import check_call
from helmward.guard.tool_calls.rules import NAME, RULES


@guard
class ToolCalls(Guard):
    """Stands on no text: a text is no call, and people ask for commands all day. The pipeline asks it of each call, by
    `check_call` or with the text of `canonical`, and has its spans judged by the rules here."""

    name = NAME
    order = 50
    roles = frozenset()
    rules = RULES

    def find(self, text: str, about: About) -> Iterable[Span]:
        """What is wrong with the call that `canonical` wrote. Raises ValueError for another text."""
        call = json.loads(text)
        arguments = call["arguments"]
        if isinstance(arguments, dict):
            return check_call(call["name"], arguments, "", about)
        return check_call(call["name"], None, str(arguments), about)
