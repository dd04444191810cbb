"""Reading Anthropic's stream: message_start, content blocks, message_delta, message_stop.

Fields as of anthropic `types/raw_message_stream_event.py` and the types it names; `ping` and `error` as of the API's
streaming page. A plain text delta is decoded by type, any other event by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import msgspec

from helmward.gateway.wire import checks, stops, usage
from helmward.gateway.wire.decoding import decode_object, encode, said_once
from helmward.gateway.wire.events import (
    BlockEnded,
    BlockStarted,
    Ended,
    Event,
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
from helmward.gateway.wire.leaves import leaf_slots, pieces_of
from helmward.gateway.wire.openai_calls import MAX_CALLS
from helmward.gateway.wire.problems import WireError, expected
from helmward.gateway.wire.reading import StreamReader
from helmward.gateway.wire.sse import MAX_EVENT, SseEvent, encode_event
from helmward.gateway.wire.upstream_errors import failed_of
from helmward.gateway.wire.usage import Usage


class _Text(msgspec.Struct, forbid_unknown_fields=True):
    type: Literal["text_delta"]
    text: str


class _TextDelta(msgspec.Struct, forbid_unknown_fields=True):
    type: Literal["content_block_delta"]
    index: int
    delta: _Text


_plain = msgspec.json.Decoder(_TextDelta)
_SEALED = frozenset(("thinking", "redacted_thinking"))
_EVENT_READ = frozenset(("type", "index", "message", "content_block", "delta", "usage", "error"))
_MESSAGE_READ = frozenset(("id", "role", "model", "content", "stop_reason", "stop_sequence", "usage"))
_FRAGMENT_READ = frozenset(("type", "partial_json"))
_TOOL_READ = frozenset(("type", "id", "name", "input"))
_SIGNED = frozenset(("thinking", "signature", "data"))
_TEXT_READ = frozenset(("type", "text"))
_DELTA_READ = frozenset(("stop_reason", "stop_sequence"))


class AnthropicReader(StreamReader):
    """The reader of `event: …` / `data: {…}` pairs; the type in the data counts."""

    def __init__(self, max_event: int = MAX_EVENT) -> None:
        super().__init__(max_event)
        self._open: dict[int, str] = {}
        self._calls: dict[int, int] = {}
        self._count = 0
        self._usage: Usage | None = None
        self._handlers: dict[str, Callable[[dict[str, Any], bytes], tuple[Event, ...]]] = {
            "message_start": self._message_start,
            "content_block_start": self._block_start,
            "content_block_delta": self._block_delta,
            "content_block_stop": self._block_stop,
            "message_delta": self._message_delta,
            "message_stop": lambda _, __: (Ended(),),
            "error": self._error,
        }

    def _read(self, event: SseEvent) -> Frame:
        if not said_once(event.data, b'"delta"', b'"text"', b'"index"'):
            return self._by_hand(event)
        try:
            plain = _plain.decode(event.data)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return self._by_hand(event)
        if self._open.get(plain.index) != "text":
            raise WireError(f"The stream sends text for block {plain.index}, which is no open text block.", "index")
        return Frame(_named(event, plain.type), (TextDelta(0, plain.index, plain.delta.text),))

    def _by_hand(self, event: SseEvent) -> Frame:
        value = decode_object(event.data, "An event of the stream")
        kind = checks.text(value, "type", "")
        raw = _named(event, kind)
        handle = self._handlers.get(kind)
        if handle is None:
            return Frame(raw, (_other(value, raw),))
        return Frame(raw, (*_more(value, _EVENT_READ), *handle(value, raw)))

    def _message_start(self, value: dict[str, Any], raw: bytes) -> tuple[Event, ...]:
        message = value.get("message")
        if not isinstance(message, dict):
            raise checks.missing_or("message", "an object", value)
        if message.get("content"):
            raise WireError("The stream begins with a message that has content already.", "message.content")
        name, model = message.get("id"), message.get("model")
        events: list[Event] = [Started(name if isinstance(name, str) else "", model if isinstance(model, str) else "")]
        self._usage = usage.from_anthropic(message.get("usage"))
        if self._usage is not None:
            events.append(Used(self._usage))
        return (*events, *_more(message, _MESSAGE_READ))

    def _block_start(self, value: dict[str, Any], raw: bytes) -> tuple[Event, ...]:
        index, block = _index(value), value.get("content_block")
        if not isinstance(block, dict):
            raise checks.missing_or("content_block", "an object", value)
        if index in self._open:
            raise WireError(f"The stream begins block {index} twice.", "index")
        kind = checks.text(block, "type", "content_block")
        self._open[index] = kind
        if kind == "text":
            text = block.get("text")
            said = [TextDelta(0, index, text)] if text and isinstance(text, str) else []
            return (BlockStarted(0, index), *said, *_more(block, _TEXT_READ))
        if kind == "tool_use":
            return self._tool_start(index, block)
        if kind in _SEALED:
            return (Sealed(index, "start", _signed_text(block), raw),)
        return (_other(block, raw, index, "start"),)

    def _tool_start(self, index: int, block: dict[str, Any]) -> tuple[Event, ...]:
        if self._count >= MAX_CALLS:
            raise WireError(f"The answer asks for more than {MAX_CALLS} tool calls.", "content")
        number = self._calls[index] = self._count
        self._count += 1
        name, called = checks.text(block, "id", "content_block"), checks.text(block, "name", "content_block")
        given = [ToolArguments(0, number, encode(block["input"]).decode())] if block.get("input") else []
        return (ToolStarted(0, number, name, called), *given, *_more(block, _TOOL_READ))

    def _block_delta(self, value: dict[str, Any], raw: bytes) -> tuple[Event, ...]:
        index, delta = _index(value), value.get("delta")
        if not isinstance(delta, dict):
            raise checks.missing_or("delta", "an object", value)
        kind, block = checks.text(delta, "type", "delta"), self._open.get(index)
        if block is None:
            raise WireError(f"The stream continues block {index}, which is not open.", "index")
        if block == "text" and kind == "text_delta":
            return (TextDelta(0, index, checks.text(delta, "text", "delta")), *_more(delta, _TEXT_READ))
        if block == "tool_use" and kind == "input_json_delta":
            fragment = checks.text(delta, "partial_json", "delta")
            return (ToolArguments(0, self._calls[index], fragment), *_more(delta, _FRAGMENT_READ))
        if block in _SEALED:
            return (Sealed(index, "signature" if kind == "signature_delta" else "text", _signed_text(delta), raw),)
        other = _other(delta, raw, index, "delta")
        if kind == "citations_delta":  # one is whole
            return (other,)
        return (msgspec.structs.replace(other, pieces=tuple(pieces_of(delta, "", frozenset(("type",))))),)

    def _block_stop(self, value: dict[str, Any], raw: bytes) -> tuple[Event, ...]:
        index = _index(value)
        kind = self._open.pop(index, None)
        if kind is None:
            raise WireError(f"The stream ends block {index}, which is not open.", "index")
        if kind == "text":
            return (BlockEnded(0, index),)
        if kind == "tool_use":
            return (ToolEnded(0, self._calls.pop(index)),)
        return (Sealed(index, "end", "", raw) if kind in _SEALED else Other((), raw, index, "end"),)

    def _message_delta(self, value: dict[str, Any], raw: bytes) -> tuple[Event, ...]:
        delta = value.get("delta")
        if not isinstance(delta, dict):
            raise checks.missing_or("delta", "an object", value)
        events: list[Event] = [*_more(delta, _DELTA_READ)]
        self._usage = usage.from_anthropic(value.get("usage"), self._usage)
        if self._usage is not None:
            events.append(Used(self._usage))
        if delta.get("stop_reason") is not None:
            met = delta.get("stop_sequence")
            reason = stops.from_anthropic(delta["stop_reason"])
            events.append(Stopped(0, reason, met if isinstance(met, str) else None))
        return tuple(events)

    def _error(self, value: dict[str, Any], raw: bytes) -> tuple[Event, ...]:
        failed = failed_of(value, None)
        if failed is None:
            raise checks.missing_or("error", "an object", value)
        return (failed,)


def _signed_text(value: dict[str, Any]) -> str:
    """All text of a piece of a signed block that is not opaque: the thinking, and what we do not know."""
    text = value.get("thinking")
    found = [text] if isinstance(text, str) and text else []
    return "\n".join(found + [text for other in _more(value, _SIGNED) for text in other.texts])


def _named(event: SseEvent, kind: str) -> bytes:
    """The event's bytes under the name that its data says; the SDK skips events without a name."""
    return event.raw if event.event == kind else encode_event(event.data, kind.replace("\r", "").replace("\n", ""))


def _more(value: dict[str, Any], known: frozenset[str]) -> list[Other]:
    """The texts in members that are not read, for guards; they pass with their frame alone."""
    if value.keys() <= known:
        return []
    texts = tuple([slot.text for slot in leaf_slots(value, "assistant", "", skip=known)])
    return [Other(texts, b"")] if texts else []


def _index(value: dict[str, Any]) -> int:
    index = value.get("index")
    if isinstance(index, bool) or not isinstance(index, int):
        raise expected("index", "a whole number", index)
    return index


def _other(value: dict[str, Any], raw: bytes, block: int = -1, part: Literal["start", "delta", ""] = "") -> Other:
    texts = [slot.text for slot in leaf_slots(value, "assistant", "")]
    return Other(tuple(texts), raw, block, part)
