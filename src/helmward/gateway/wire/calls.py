"""Tool calls held whole: the pieces of a stream → calls that can be judged, then written in one piece."""

from __future__ import annotations

from helmward.gateway.wire.decoding import parsed_object
from helmward.gateway.wire.events import Call, Event, ToolArguments, ToolEnded, ToolStarted
from helmward.gateway.wire.problems import WireError

MAX_ARGUMENTS = 1024 * 1024
"""Characters of arguments in one answer, all calls together."""


class CallAssembler:
    """Gives each call once it is whole."""

    def __init__(self) -> None:
        self._started: dict[tuple[int, int], ToolStarted] = {}
        self._fragments: dict[tuple[int, int], list[str]] = {}
        self._size = 0

    def add(self, event: Event) -> Call | None:
        """Take a tool event; the call if this ends it. Other events are ignored. Raises WireError beyond `MAX_ARGUMENTS`."""
        if isinstance(event, ToolStarted):
            self._started[event.choice, event.call] = event
            self._fragments[event.choice, event.call] = []
        elif isinstance(event, ToolArguments):
            self._size += len(event.fragment)
            if self._size > MAX_ARGUMENTS:
                raise WireError(f"The tool calls of the answer are longer than {MAX_ARGUMENTS} characters.")
            self._fragments[event.choice, event.call].append(event.fragment)
        elif isinstance(event, ToolEnded):
            return self._whole(event)
        return None

    def _whole(self, event: ToolEnded) -> Call:
        started = self._started.pop((event.choice, event.call))
        text = "".join(self._fragments.pop((event.choice, event.call)))
        value = parsed_object(text) if text else {}
        return Call(event.choice, event.call, started.id, started.name, text, value)
