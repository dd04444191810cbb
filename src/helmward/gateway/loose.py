"""Texts of a stream in fields that are nobody's text proper (a server tool's input, what a server adds to deltas): they come in
pieces like any other, so their frames wait until what the pieces make together is judged."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator

from helmward.gateway.wire.events import Other
from helmward.guard.streaming import TextStream


class LooseLane:
    """The frames of one block. Where something is to be masked nothing more of them passes: they cannot be written anew."""

    def __init__(self, stream: Callable[[], TextStream]) -> None:
        self._stream = stream
        self._texts: dict[str, TextStream] = {}
        self._fed: dict[str, int] = {}
        self._waiting: deque[tuple[dict[str, int], Other]] = deque()
        self._stopped = False

    @property
    def texts(self) -> Iterator[TextStream]:
        """What the guards say of each field's text."""
        yield from self._texts.values()

    def feed(self, event: Other) -> list[Other]:
        """The frames that may pass by now."""
        for field, text in event.pieces:
            lane = self._texts.setdefault(field, self._stream())
            lane.feed(text)
            self._fed[field] = self._fed.get(field, 0) + len(text)
        self._waiting.append((dict(self._fed), event))
        return self._ready()

    def end(self) -> list[Other]:
        """No more pieces come."""
        for text in self._texts.values():
            text.end()
        return self._ready()

    def _ready(self) -> list[Other]:
        self._stopped = self._stopped or any(text.verdict in ("mask", "block") for text in self._texts.values())
        if self._stopped:
            self._waiting.clear()
        ready = []
        while self._waiting and all(self._texts[name].judged >= fed for name, fed in self._waiting[0][0].items()):
            ready.append(self._waiting.popleft()[1])
        return ready
