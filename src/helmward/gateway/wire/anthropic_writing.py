"""Writing Anthropic's stream: message_start, blocks one after the other, message_delta with usage, message_stop.

Fields as of anthropic `types/raw_message_stream_event.py` and the types it names.
"""

from __future__ import annotations

from typing import Any

from helmward.gateway.wire import stops, usage
from helmward.gateway.wire.calls import CallAssembler
from helmward.gateway.wire.decoding import decode_object, encode
from helmward.gateway.wire.error_bodies import error_body
from helmward.gateway.wire.events import (
    BlockEnded,
    BlockStarted,
    Broken,
    Call,
    Ended,
    Event,
    Failed,
    Frame,
    Other,
    Sealed,
    Started,
    Stopped,
    TextDelta,
    ToolArguments,
    ToolEnded,
    ToolStarted,
    Used,
)
from helmward.gateway.wire.problems import WireError
from helmward.gateway.wire.sse import encode_event
from helmward.gateway.wire.usage import Usage
from helmward.gateway.wire.writing import StreamWriter


class AnthropicWriter(StreamWriter):
    """One open block at a time. Tool calls are written whole: OpenAI's may come interleaved, blocks must not."""

    def __init__(self, model: str, same_api: bool, include_usage: bool, created: int) -> None:
        super().__init__(model, same_api, include_usage, created)
        self._started: Started | None = None
        self._begun = False
        self._open = ""
        self._index = -1
        self._usage = Usage()
        self._stopped: Stopped | None = None
        self._delta_sent = False
        self._called = False
        self._calls = CallAssembler()

    def write(self, event: Event) -> bytes:
        if isinstance(event, TextDelta):
            return self._text(event)
        if isinstance(event, Started):
            self._started = event
        elif isinstance(event, Used):
            self._usage = event.usage
        elif isinstance(event, ToolStarted | ToolArguments | ToolEnded):
            call = self._calls.add(event)
            return self.call(call) if call else b""
        elif isinstance(event, Sealed | Other):
            return self._raw(event) if self._same else b""
        else:
            return self._rarer(event)
        return b""

    def call(self, call: Call) -> bytes:
        if call.value is None:
            raise WireError(f"The arguments of the tool call '{call.name[:60]}' are no JSON object.", "tool_calls")
        self._called = True
        block = {"type": "tool_use", "id": call.id, "name": call.name, "input": {}}
        delta = {"type": "input_json_delta", "partial_json": call.arguments or "{}"}
        return self._close() + self._start("tool_use", block) + self._delta(delta) + self._close()

    def fail(self, status: int, sentence: str, kind: str = "", code: str = "") -> bytes:
        return encode_event(error_body("anthropic", status, sentence, kind), "error")

    def pass_on(self, frame: Frame) -> bytes:
        if not self._same or not frame.raw or not frame.events:
            return b"".join([self.write(event) for event in frame.events])
        first = frame.events[0]
        if isinstance(first, Started):
            return self._begin_raw(frame)
        if isinstance(first, BlockStarted) and not self._open and first.block == self._index + 1:
            self._open, self._index = "text", first.block
            return self._begin() + frame.raw
        if isinstance(first, TextDelta) and self._open == "text" and first.block == self._index:
            return frame.raw
        if isinstance(first, BlockEnded) and self._open == "text" and first.block == self._index:
            self._open = ""
            return frame.raw
        if isinstance(frame.events[-1], Stopped) and not self._delta_sent:
            self._delta_sent = True
            return self._begin() + self._close() + frame.raw
        return b"".join([self.write(event) for event in frame.events])

    def _rarer(self, event: Event) -> bytes:
        if isinstance(event, BlockStarted):
            return self._close() + self._start("text", {"type": "text", "text": ""})
        if isinstance(event, BlockEnded):
            return self._close()
        if isinstance(event, Stopped):
            self._stopped = event
        elif isinstance(event, Ended):
            last = b"" if self._delta_sent else self._message_delta()
            return self._begin() + self._close() + last + _event({"type": "message_stop"})
        elif isinstance(event, Failed):
            return self.fail(event.status, event.sentence, event.type)
        elif isinstance(event, Broken):
            return self.fail(502, event.sentence)
        return b""

    def _text(self, event: TextDelta) -> bytes:
        if event.choice:
            raise WireError("The answer has several choices, and Anthropic's API knows one.", "choices")
        if event.channel == "reasoning":
            kind, name, block = "thinking", "thinking", {"type": "thinking", "thinking": "", "signature": ""}
        else:
            kind, name, block = "text", "text", {"type": "text", "text": ""}
        opened = b"" if self._open == kind else self._close() + self._start(kind, block)
        return opened + self._delta({"type": f"{kind}_delta", name: event.text})

    def _raw(self, event: Sealed | Other) -> bytes:
        """A raw piece, under the number that its block has here: the same, unless something before was left out."""
        if event.block < 0:
            return self._begin() + event.raw if event.raw else b""
        begun = b""
        if event.part == "start":
            begun = self._begin() + self._close()
            self._open, self._index = f"raw {event.block}", self._index + 1
        elif self._open != f"raw {event.block}" and not (self._open == "text" and event.part == "delta"):
            return b""
        raw = event.raw if event.block == self._index else _renumbered(event.raw, self._index)
        if event.part == "end":
            self._open = ""
        return begun + raw

    def _begin(self) -> bytes:
        if self._begun:
            return b""
        self._begun = True
        started = self._started or Started("", self._model)
        message: dict[str, Any] = {"id": started.id, "type": "message", "role": "assistant", "model": self._model}
        message |= {"content": [], "stop_reason": None, "stop_sequence": None, "usage": usage.to_anthropic(self._usage)}
        return _event({"type": "message_start", "message": message})

    def _begin_raw(self, frame: Frame) -> bytes:
        self._begun = True
        for event in frame.events:
            self.write(event)
        value = decode_object(_data(frame.raw), "An event of the stream")
        value["message"]["model"] = self._model
        return _event(value)

    def _start(self, kind: str, block: dict[str, Any]) -> bytes:
        self._open, self._index = kind, self._index + 1
        return self._begin() + _event({"type": "content_block_start", "index": self._index, "content_block": block})

    def _delta(self, delta: dict[str, Any]) -> bytes:
        return _event({"type": "content_block_delta", "index": self._index, "delta": delta})

    def _close(self) -> bytes:
        if not self._open:
            return b""
        self._open = ""
        return _event({"type": "content_block_stop", "index": self._index})

    def _message_delta(self) -> bytes:
        stopped = self._stopped or Stopped(0, "end")
        # Some OpenAI-compatible servers say `stop` beside tool calls.
        reason = "tools" if self._called and stopped.reason == "end" else stopped.reason
        delta = {"stop_reason": stops.to_anthropic(reason), "stop_sequence": stopped.sequence}
        return _event({"type": "message_delta", "delta": delta, "usage": usage.to_anthropic(self._usage)})


def _event(value: dict[str, Any]) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (value["type"].encode(), encode(value))


def _data(raw: bytes) -> bytes:
    return b"".join([line[6:] for line in raw.split(b"\n") if line.startswith(b"data: ")])


def _renumbered(raw: bytes, index: int) -> bytes:
    return _event(decode_object(_data(raw), "An event of the stream") | {"index": index})
