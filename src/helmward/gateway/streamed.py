"""The guards on a stream: each text in a lane of its own, tool calls held whole, signed blocks as they came or not at all."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from helmward.gateway.inbound import Blocked, Inspected
from helmward.gateway.loose import LooseLane
from helmward.gateway.outbound import Outbound
from helmward.gateway.wire import CallAssembler, StreamWriter
from helmward.gateway.wire.events import (
    BlockEnded,
    Broken,
    Ended,
    Event,
    Failed,
    Frame,
    Other,
    Sealed,
    Stopped,
    TextDelta,
    ToolArguments,
    ToolEnded,
    ToolStarted,
    Used,
)
from helmward.gateway.wire.usage import Usage
from helmward.guard.secrets import mask
from helmward.guard.streaming import TextStream
from helmward.guard.vault import Restorer


class _Lane(NamedTuple):
    text: TextStream
    restorer: Restorer


class _SealedLane:
    """A signed block: its frames wait until the text in them is judged."""

    def __init__(self, text: TextStream) -> None:
        self.text = text
        self.length = 0
        self.waiting: deque[tuple[int, Frame]] = deque()


class StreamGuard:
    """Judges the frames of one answer and writes what may pass. `usage` is what the upstream said last; `failed` why it broke
    off ("" where it did not), `over` whether the answer has ended, `size` the bytes of its texts. `joined`: the caller's API
    puts the texts of all blocks together (an Anthropic stream for an OpenAI caller), so they are judged together."""

    def __init__(self, outbound: Outbound, found: Inspected, writer: StreamWriter, joined: bool = False) -> None:
        self._outbound, self._found, self._writer, self._joined = outbound, found, writer, joined
        self._lanes: dict[tuple[int, int, str], _Lane] = {}
        self._sealed: dict[int, _SealedLane] = {}
        self._loose: dict[int, LooseLane] = {}
        self._calls = CallAssembler()
        self.usage: Usage | None = None
        self.failed = ""
        self.over = False
        self.size = 0

    def feed(self, frames: Iterable[Frame]) -> bytes:
        """What may go out. Raises Blocked; WireError where tool calls are beyond all bounds."""
        return b"".join([self._frame(frame) for frame in frames])

    def _frame(self, frame: Frame) -> bytes:
        if len(frame.events) == 1:
            event = frame.events[0]
            if isinstance(event, TextDelta):
                return self._text(event, frame)
            if isinstance(event, Sealed):
                return self._seal(event, frame)
        elif any(isinstance(event, TextDelta | ToolStarted | ToolArguments) for event in frame.events):
            # What else is in the frame (log probabilities) spells a text that may be held back or masked.
            return b"".join([self._event(event) for event in frame.events if not isinstance(event, Other)])
        return b"".join([self._event(event) for event in frame.events])

    def _event(self, event: Event) -> bytes:
        if isinstance(event, TextDelta):
            return self._text(event, None)
        if isinstance(event, ToolStarted | ToolArguments | ToolEnded):
            return self._tool(event)
        if isinstance(event, Sealed):
            return self._seal(event, Frame(event.raw, (event,)))
        if isinstance(event, Other):
            return self._other(event)
        held = before = b""
        if isinstance(event, BlockEnded | Ended):
            before = self._loosened(event.block if isinstance(event, BlockEnded) else None)
        if isinstance(event, BlockEnded):
            held = b"" if self._joined else self._flush(event.choice, event.block)
        elif isinstance(event, Stopped):
            held = self._flush(event.choice)
        elif isinstance(event, Used):
            self.usage = event.usage
        elif isinstance(event, Ended):
            held = self._flush()
            self.over = True
        elif isinstance(event, Failed):
            event = Failed(event.status, event.type, mask(event.sentence))
            self.failed, self.over = event.sentence, True
        elif isinstance(event, Broken):
            self.failed, self.over = event.sentence, True
        return before + held + self._writer.write(event)

    def _text(self, event: TextDelta, frame: Frame | None) -> bytes:
        lane = self._lane(event)
        self.size += _size(event.text)
        released = lane.text.feed(event.text)
        if released.blocked:
            self._found.note(lane.text.spans)
            raise Blocked([released.blocked], "the answer")
        text = lane.restorer.feed(released.text)
        if frame is not None and text == event.text:
            return self._writer.pass_on(frame)
        return self._writer.write(TextDelta(event.choice, event.block, text, event.channel)) if text else b""

    def _lane(self, event: TextDelta) -> _Lane:
        place = (event.choice, 0 if self._joined else event.block, event.channel)
        lane = self._lanes.get(place)
        if lane is None:
            found = self._found
            stream = self._outbound.guards.stream(found.about, None, found.leaves)
            lane = self._lanes[place] = _Lane(stream, found.vault.stream())
        return lane

    def _flush(self, choice: int | None = None, block: int | None = None) -> bytes:
        """What was held back of these texts; they are over."""
        pieces = []
        for place in list(self._lanes):
            if choice in (None, place[0]) and block in (None, place[1]):
                lane = self._lanes.pop(place)
                released = lane.text.end()
                self._found.note(lane.text.spans)
                if released.blocked:
                    raise Blocked([released.blocked], "the answer")
                text = lane.restorer.feed(released.text) + lane.restorer.end()
                if text:
                    pieces.append(self._writer.write(TextDelta(place[0], place[1], text, place[2])))  # type: ignore[arg-type]
        return b"".join(pieces)

    def _tool(self, event: ToolStarted | ToolArguments | ToolEnded) -> bytes:
        call = self._calls.add(event)
        if call is None:
            return b""
        self.size += _size(call.arguments) + _size(call.name)
        held = b"" if self._joined else self._flush(call.choice)
        return held + self._writer.call(self._outbound.whole_call(call, self._found))

    def _seal(self, event: Sealed, frame: Frame) -> bytes:
        if self._joined:  # what is signed loses its signature there, and is reasoning like any other
            return self._text(TextDelta(0, 0, event.text, "reasoning"), None) if event.text else b""
        lane = self._sealed.get(event.block)
        if lane is None:
            stream = self._outbound.guards.stream(self._found.about, None, self._found.leaves)
            lane = self._sealed[event.block] = _SealedLane(stream)
        lane.length += len(event.text)
        self.size += _size(event.text)
        lane.waiting.append((lane.length, frame))
        if event.part == "end":
            lane.text.end()
            del self._sealed[event.block]
        elif event.text:
            lane.text.feed(event.text)
        if lane.text.verdict in ("mask", "block"):
            self._found.note(lane.text.spans)
            raise Blocked((hit.rule for hit in lane.text.spans if hit.action in ("mask", "block")), "a signed block")
        ready = []
        while lane.waiting and lane.waiting[0][0] <= lane.text.judged:
            ready.append(self._writer.pass_on(lane.waiting.popleft()[1]))
        return b"".join(ready)

    def _other(self, event: Other) -> bytes:
        for text in event.texts:
            verdict = self._outbound.guards.check(text, self._found.about, None, self._found.leaves)
            self._found.note(verdict.spans)
            if verdict.verdict == "block":
                raise Blocked((hit.rule for hit in verdict.spans if hit.action == "block"), "the answer")
            if verdict.masked != text:
                return b""
        if event.pieces:
            lane = self._loose.setdefault(event.block, LooseLane(self._stream))
            return self._passed(lane, lane.feed(event))
        before = self._loosened(event.block) if event.part == "end" else b""
        return before + self._writer.write(event)

    def _loosened(self, block: int | None) -> bytes:
        """What was held back of a block's other texts, or of those of all blocks; they are over."""
        ended = [self._loose.pop(place) for place in list(self._loose) if block in (None, place)]
        return b"".join([self._passed(lane, lane.end()) for lane in ended])

    def _passed(self, lane: LooseLane, ready: Iterable[Other]) -> bytes:
        for text in lane.texts:
            if text.blocked:
                self._found.note(text.spans)
                raise Blocked([text.blocked], "the answer")
        return b"".join([self._writer.write(event) for event in ready])

    def _stream(self) -> TextStream:
        return self._outbound.guards.stream(self._found.about, None, self._found.leaves)


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
