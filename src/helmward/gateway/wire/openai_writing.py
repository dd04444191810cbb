"""Writing OpenAI's stream: role chunk, deltas, finish chunk, usage chunk if asked for, [DONE].

Fields as of openai `types/chat/chat_completion_chunk.py`; `reasoning_content` as vLLM and other servers have it.
"""

from __future__ import annotations

from typing import Any

from helmward.gateway.wire import stops, usage
from helmward.gateway.wire.decoding import encode
from helmward.gateway.wire.error_bodies import error_body
from helmward.gateway.wire.events import (
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
    ToolStarted,
    Used,
)
from helmward.gateway.wire.usage import Usage
from helmward.gateway.wire.writing import StreamWriter

_FIELD = {
    "text": b'{"content":%b}',
    "refusal": b'{"refusal":%b}',
    "reasoning": b'{"reasoning_content":%b,"reasoning":%b}',
}
"""Callers look for reasoning under one name or the other."""
_DONE = b"data: [DONE]\n\n"


class OpenAIWriter(StreamWriter):
    """One `data:` line a chunk."""

    def __init__(self, model: str, same_api: bool, include_usage: bool, created: int) -> None:
        super().__init__(model, same_api, include_usage, created)
        self._source = model
        self._roles: set[int] = set()
        self._usage: Usage | None = None
        self._head = b""
        self._tail = b',"usage":null}\n\n' if include_usage else b"}\n\n"
        self._begin("", created)

    def write(self, event: Event) -> bytes:
        if isinstance(event, TextDelta):
            text = encode(event.text)
            delta = _FIELD[event.channel] % ((text, text) if event.channel == "reasoning" else text)
            return self._role(event.choice) + self._chunk(event.choice, delta)
        if isinstance(event, Started):
            self._source = event.model
            self._begin(event.id, event.created or self._created)
            return self._role(0)
        if isinstance(event, Sealed):
            return self.write(TextDelta(0, 0, event.text, "reasoning")) if event.text else b""
        if isinstance(event, Other):
            return self._renamed(event.raw) if self._same else b""
        return self._rarer(event)

    def call(self, call: Call) -> bytes:
        return self._tool(call.choice, call.call, call.id, call.name, call.arguments)

    def fail(self, status: int, sentence: str, kind: str = "", code: str = "") -> bytes:
        return b"data: " + error_body("openai", status, sentence, kind, code=code) + b"\n\n"

    def pass_on(self, frame: Frame) -> bytes:
        if not self._same or not frame.raw:
            return b"".join([self.write(event) for event in frame.events])
        if self._include_usage and len(frame.events) == 1 and isinstance(frame.events[0], Used):
            self._usage = None
            return self._renamed(frame.raw)
        for event in frame.events:
            if isinstance(event, Started):
                self._source = event.model
                self._begin(event.id, event.created or self._created)
            elif isinstance(event, TextDelta | ToolStarted):
                self._roles.add(event.choice)
            elif isinstance(event, Used | Ended | Failed | Broken):
                return b"".join([self.write(each) for each in frame.events])
        if isinstance(frame.events[0], Started):
            self._roles.add(0)
        return self._renamed(frame.raw)

    def _rarer(self, event: Event) -> bytes:
        if isinstance(event, ToolStarted):
            return self._tool(event.choice, event.call, event.id, event.name, "")
        if isinstance(event, ToolArguments):
            piece = {"index": event.call, "function": {"arguments": event.fragment}}
            return self._chunk(event.choice, encode({"tool_calls": [piece]}))
        if isinstance(event, Stopped):
            return self._role(event.choice) + self._chunk(event.choice, b"{}", encode(stops.to_openai(event.reason)))
        if isinstance(event, Used):
            self._usage = event.usage
        elif isinstance(event, Ended):
            return self._last_usage() + _DONE
        elif isinstance(event, Failed):
            return self.fail(event.status, event.sentence, event.type)
        elif isinstance(event, Broken):
            return self.fail(502, event.sentence)
        return b""

    def _begin(self, name: str, created: int) -> None:
        start: dict[str, Any] = {
            "id": name,
            "object": "chat.completion.chunk",
            "created": created,
            "model": self._model,
        }
        self._head = b"data: " + encode(start)[:-1] + b',"choices":['
        self._names = [
            (b'"model"' + colon + encode(self._source), b'"model"' + colon + encode(self._model))
            for colon in (b":", b": ")
        ]

    def _chunk(self, choice: int, delta: bytes, finish: bytes = b"null") -> bytes:
        return b'%s{"index":%d,"delta":%s,"logprobs":null,"finish_reason":%s}]%s' % (
            self._head,
            choice,
            delta,
            finish,
            self._tail,
        )

    def _role(self, choice: int) -> bytes:
        if choice in self._roles:
            return b""
        self._roles.add(choice)
        return self._chunk(choice, b'{"role":"assistant","content":""}')

    def _tool(self, choice: int, number: int, name: str, called: str, arguments: str) -> bytes:
        function = {"name": called, "arguments": arguments}
        piece = {"index": number, "id": name, "type": "function", "function": function}
        return self._role(choice) + self._chunk(choice, encode({"tool_calls": [piece]}))

    def _last_usage(self) -> bytes:
        if not self._include_usage or self._usage is None:
            return b""
        return self._head + b'],"usage":' + encode(usage.to_openai(self._usage)) + b"}\n\n"

    def _renamed(self, raw: bytes) -> bytes:
        """The caller's name for the model in place of the upstream's. Inside a string the quotes would be escaped."""
        if self._source == self._model:
            return raw
        for old, new in self._names:
            raw = raw.replace(old, new, 1)
        return raw
