"""Reading OpenAI's stream of `chat.completion.chunk` objects.

Fields as of openai `types/chat/chat_completion_chunk.py`; a plain text chunk is decoded by type, any other by hand. Servers
that speak the API add fields (`reasoning_content`, `stop_reason`): known texts are events, unknown ones `Other`.
"""

from __future__ import annotations

from typing import Any

import msgspec

from helmward.gateway.wire import checks, stops, usage
from helmward.gateway.wire.decoding import decode_object, said_once
from helmward.gateway.wire.events import (
    Channel,
    Ended,
    Event,
    Frame,
    Other,
    Started,
    Stopped,
    TextDelta,
    Used,
)
from helmward.gateway.wire.leaves import leaf_slots, pieces_of
from helmward.gateway.wire.openai_calls import CallPieces
from helmward.gateway.wire.problems import WireError, expected
from helmward.gateway.wire.reading import StreamReader
from helmward.gateway.wire.sse import MAX_EVENT, SseEvent, encode_event
from helmward.gateway.wire.upstream_errors import failed_of


class _Delta(msgspec.Struct, forbid_unknown_fields=True):
    content: str | None = None
    role: str | None = None
    refusal: None = None
    tool_calls: None = None
    function_call: None = None
    reasoning_content: None = None
    reasoning: None = None


class _Choice(msgspec.Struct, forbid_unknown_fields=True):
    delta: _Delta
    index: int = 0
    finish_reason: None = None
    logprobs: None = None
    stop_reason: None = None
    token_ids: None = None


class _Chunk(msgspec.Struct, forbid_unknown_fields=True):
    choices: list[_Choice]
    id: str = ""
    object: str = ""
    created: int = 0
    model: str = ""
    system_fingerprint: str | None = None
    service_tier: str | None = None
    obfuscation: str | None = None
    usage: None = None


_TEXTS: tuple[tuple[str, Channel], ...] = (
    ("reasoning_content", "reasoning"),
    ("reasoning", "reasoning"),
    ("content", "text"),
    ("refusal", "refusal"),
)
_DELTA_READ = frozenset(("role", "tool_calls", "function_call", *(name for name, _ in _TEXTS)))
_PIECE_READ = frozenset(("index", "id", "function"))
_FUNCTION_READ = frozenset(("name", "arguments"))
_CHOICE_READ = frozenset(["index", "delta", "finish_reason", "stop_reason", "token_ids"])
_CHUNK_READ = frozenset(
    ["id", "object", "created", "model", "choices", "usage", "system_fingerprint", "service_tier", "obfuscation"]
)
_plain = msgspec.json.Decoder(_Chunk)


class OpenAIReader(StreamReader):
    """The reader of `data: {…}` chunks up to `data: [DONE]`."""

    def __init__(self, max_event: int = MAX_EVENT) -> None:
        super().__init__(max_event)
        self._started = False
        self._stopped: set[int] = set()
        self._pieces: dict[int, CallPieces] = {}

    def _read(self, event: SseEvent) -> Frame:
        if event.event:
            event = SseEvent("", event.data, encode_event(event.data))
        return Frame(event.raw, self._said(event))

    def _said(self, event: SseEvent) -> tuple[Event, ...]:
        if event.data == b"[DONE]":
            return (*self._left_open(), Ended())
        if not said_once(event.data, b'"choices"', b'"delta"', b'"content"'):
            return tuple(self._by_hand(event))
        try:
            chunk = _plain.decode(event.data)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return tuple(self._by_hand(event))
        events: list[Event] = []
        if not self._started:
            self._started = True
            events.append(Started(chunk.id, chunk.model, chunk.created))
        for choice in chunk.choices:
            if choice.delta.content:
                self._goes_on(choice.index)
                events.append(TextDelta(choice.index, 0, choice.delta.content))
        return tuple(events) or (Other((), event.raw),)

    def _at_close(self) -> tuple[Event, ...]:
        """Some servers close without [DONE]; an answer whose choices are all done is whole."""
        return (Ended(),) if self._stopped and not any(self._left_open()) else ()

    def _left_open(self) -> list[Event]:
        return [ended for choice, pieces in self._pieces.items() for ended in pieces.end(choice)]

    def _by_hand(self, event: SseEvent) -> list[Event]:
        chunk = decode_object(event.data, "An event of the stream")
        failed = failed_of(chunk, None)
        if failed is not None:
            return [failed]
        events: list[Event] = []
        if not self._started:
            self._started = True
            events.append(_started(chunk))
        for choice in checks.objects(chunk, "choices"):
            self._choice(choice, events)
        texts = [slot.text for slot in leaf_slots(chunk, "assistant", "", skip=_CHUNK_READ)]
        texts += [text for choice in chunk.get("choices") or () for text in _unknown(choice)]
        counted = usage.from_openai(chunk.get("usage"))
        if counted is not None:
            events.append(Used(counted))
        if texts or not events:
            events.append(Other(tuple(texts), b"" if events else event.raw, pieces=_pieces(chunk)))
        return events

    def _choice(self, choice: dict[str, Any], events: list[Event]) -> None:
        number = choice.get("index", 0)
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < checks.MAX_CHOICES:
            raise expected("choices[].index", "a small whole number", number)
        delta = choice.get("delta") or {}
        if not isinstance(delta, dict):
            raise expected("choices[].delta", "an object", delta)
        if delta.get("reasoning") == delta.get("reasoning_content"):
            # Some servers spell it twice, under the old name and the new one.
            delta = {name: value for name, value in delta.items() if name != "reasoning"}
        for name, channel in _TEXTS:
            if delta.get(name):
                self._goes_on(number)
                events.append(TextDelta(number, 0, checks.text(delta, name, "choices[].delta"), channel))
        pieces = self._pieces.get(number)
        if delta.get("tool_calls") or delta.get("function_call"):
            self._goes_on(number)
            pieces = pieces or self._pieces.setdefault(number, CallPieces())
            events += pieces.add(number, delta)
        if choice.get("finish_reason"):  # some servers send "" until there is one
            events += pieces.end(number) if pieces else ()
            events.append(Stopped(number, stops.from_openai(choice["finish_reason"])))
            self._stopped.add(number)

    def _goes_on(self, choice: int) -> None:
        """Callers put together what comes, so a text must be judged together too: it ends once. Raises WireError."""
        if choice in self._stopped:
            raise WireError(f"The stream goes on with choice {choice}, which has ended.", "choices[].delta")


def _started(chunk: dict[str, Any]) -> Started:
    created = chunk.get("created")
    name, model = chunk.get("id"), chunk.get("model")
    return Started(
        name if isinstance(name, str) else "",
        model if isinstance(model, str) else "",
        created if isinstance(created, int) and 0 <= created < 2**53 else 0,
    )


def _pieces(chunk: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """What may go on in a later chunk. The data of audio is no text."""
    found: list[tuple[str, str]] = []
    for choice in chunk.get("choices") or ():
        place, delta = str(choice.get("index", 0)), choice.get("delta")
        found += pieces_of(choice, place, _CHOICE_READ)
        for name, value in delta.items() if isinstance(delta, dict) else ():
            if name not in _DELTA_READ:
                found += pieces_of(value, f"{place}.delta.{name}", frozenset(("data",) if name == "audio" else ()))
    return tuple(found)


def _unknown(choice: dict[str, Any]) -> list[str]:
    """Texts in fields that are not read: log probabilities (they spell the text), audio, what a server adds."""
    delta = choice.get("delta")
    slots = list(leaf_slots(choice, "assistant", "", skip=_CHOICE_READ))
    if isinstance(delta, dict):
        slots += leaf_slots(delta, "assistant", "", skip=_DELTA_READ)
        for piece in delta.get("tool_calls") or ():
            slots += leaf_slots(piece, "assistant", "", skip=_PIECE_READ)
            slots += leaf_slots(piece.get("function") or {}, "assistant", "", skip=_FUNCTION_READ)
    return [slot.text for slot in slots]
