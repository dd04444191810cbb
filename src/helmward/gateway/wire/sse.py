"""Server-sent events: bytes in pieces of any size → events, and back.

WHATWG HTML section 9.2.6 (interpreting an event stream): lines end with LF, CRLF or CR; a leading byte order mark is skipped;
a blank line dispatches; comments and unknown fields are skipped.
"""

from __future__ import annotations

import msgspec

from helmward.gateway.wire.problems import WireError

MAX_EVENT = 4 * 1024 * 1024
"""Bytes in one event, its lines together."""
_BOM = b"\xef\xbb\xbf"


class SseEvent(msgspec.Struct, frozen=True):
    """One event. `raw` is its canonical bytes, blank line included: no comments, no unknown fields."""

    event: str
    data: bytes
    raw: bytes


def encode_event(data: bytes, event: str = "") -> bytes:
    """The bytes of an event; `data` may have several lines."""
    lines = b"".join([b"data: " + line + b"\n" for line in data.split(b"\n")])
    return (b"event: " + event.encode() + b"\n" if event else b"") + lines + b"\n"


class SseDecoder:
    """Feed it bytes as they come; the events are the same at every split. Once `error` is set nothing more comes."""

    def __init__(self, max_event: int = MAX_EVENT) -> None:
        self.error: WireError | None = None
        self._buffer = bytearray()
        self._searched = 0
        self._skip_line_feed = False
        self._begun = False
        self._max_event = max_event

    def feed(self, chunk: bytes) -> list[SseEvent]:
        """The events that are now whole. Sets `error` where one is longer than `max_event`."""
        buffer = self._buffer
        buffer += self._lines(chunk)
        events: list[SseEvent] = []
        if self.error is not None or not (self._begun or self._skip_mark()):
            return events
        start = 0
        while self.error is None and (end := buffer.find(b"\n\n", max(start, self._searched))) >= 0:
            self._take(bytes(buffer[start:end]), events)
            start = end + 2
            self._searched = 0
        del buffer[:start]
        self._searched = max(len(buffer) - 1, 0)
        # One more byte may be the first half of the blank line.
        self._bounded(len(buffer) - 1)
        return events

    def close(self) -> list[SseEvent]:
        """The end of the input: an event whose blank line is missing still counts, as the SDKs have it."""
        events: list[SseEvent] = []
        rest = bytes(self._buffer).rstrip(b"\n")
        self._buffer.clear()
        if rest and self.error is None and (self._begun or not _BOM.startswith(rest)):
            self._take(rest, events)
        return events

    def _lines(self, chunk: bytes) -> bytes:
        """The chunk with every line end as LF. A CR ends its line at once; an LF right behind it belongs to it."""
        if self._skip_line_feed and chunk[:1] == b"\n":
            chunk = chunk[1:]
            self._skip_line_feed = False
        if chunk:
            self._skip_line_feed = chunk[-1] == 13
        return chunk if b"\r" not in chunk else chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _skip_mark(self) -> bool:
        head = bytes(self._buffer[:3])
        if len(head) < 3 and _BOM.startswith(head):
            return False
        if head == _BOM:
            del self._buffer[:3]
        self._begun = True
        return True

    def _take(self, block: bytes, events: list[SseEvent]) -> None:
        if not self._bounded(len(block)):
            return
        first, line_end, second = block.partition(b"\n")
        if block[:6] == b"data: " and not line_end:
            events.append(SseEvent("", block[6:], block + b"\n\n"))
        elif first[:7] == b"event: " and second[:6] == b"data: " and b"\n" not in second and first.isascii():
            events.append(SseEvent(first[7:107].decode(), second[6:], block + b"\n\n"))
        elif (event := _parse(block)) is not None:
            events.append(event)

    def _bounded(self, length: int) -> bool:
        if length > self._max_event and self.error is None:
            self.error = WireError(f"An event of the stream is longer than {self._max_event} bytes.")
        return self.error is None


def _parse(block: bytes) -> SseEvent | None:
    event = ""
    data: list[bytes] = []
    for line in block.split(b"\n"):
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            data.append(value)
        elif name == b"event":
            event = value.decode("utf-8", "replace")[:100]
    if not data:
        return None
    whole = b"\n".join(data)
    return SseEvent(event, whole, encode_event(whole, event))
