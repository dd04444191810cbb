"""The pieces of OpenAI's streamed tool calls, put in order: each call starts once, has a number, an id and a name, and ends."""

from __future__ import annotations

from typing import Any

from helmward.gateway.wire import checks
from helmward.gateway.wire.events import Event, ToolArguments, ToolEnded, ToolStarted
from helmward.gateway.wire.problems import WireError, expected

MAX_CALLS = 256
"""Calls in one answer."""


class CallPieces:
    """The calls of one choice. Servers differ: some leave `index` out, or give each call the same index and another id."""

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}
        self._ids: dict[int, str] = {}
        self._open: list[int] = []
        self._count = 0

    def add(self, choice: int, delta: dict[str, Any]) -> list[Event]:
        """The events of one delta. Raises WireError: a call that begins without a name, too many calls, wrong types."""
        events: list[Event] = []
        for piece in checks.objects(delta, "tool_calls", "delta"):
            self._piece(choice, piece, events)
        old = delta.get("function_call")
        if old is not None:
            if not isinstance(old, dict):
                raise expected("delta.function_call", "an object", old)
            self._piece(choice, {"index": 0, "function": old}, events)
        return events

    def end(self, choice: int) -> list[Event]:
        """The ends of the calls that are still open."""
        ended: list[Event] = [ToolEnded(choice, number) for number in self._open]
        self._open.clear()
        self._numbers.clear()
        return ended

    def _piece(self, choice: int, piece: dict[str, Any], events: list[Event]) -> None:
        index = piece.get("index", 0)
        if isinstance(index, bool) or not isinstance(index, int):
            raise expected("tool_calls[].index", "a whole number", index)
        function = piece.get("function") or {}
        if not isinstance(function, dict):
            raise expected("tool_calls[].function", "an object", function)
        number = self._numbers.get(index)
        name = piece.get("id")
        if number is None or (isinstance(name, str) and name and name != self._ids[number]):
            number = self._start(choice, index, name, function, events)
        fragment = function.get("arguments")
        if fragment is None or fragment == "":
            return
        if not isinstance(fragment, str):
            raise expected("tool_calls[].function.arguments", "a string", fragment)
        events.append(ToolArguments(choice, number, fragment))

    def _start(self, choice: int, index: int, name: Any, function: dict[str, Any], events: list[Event]) -> int:
        if not isinstance(function.get("name"), str) or not function["name"]:
            raise WireError("A tool call of the stream begins without a name.", "tool_calls[].function.name")
        if self._count >= MAX_CALLS:
            raise WireError(f"The answer asks for more than {MAX_CALLS} tool calls.", "tool_calls")
        number = self._count
        self._count += 1
        self._numbers[index] = number
        self._ids[number] = name if isinstance(name, str) and name else f"call_{choice}_{number}"
        self._open.append(number)
        events.append(ToolStarted(choice, number, self._ids[number], function["name"]))
        return number
