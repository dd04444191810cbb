"""JSON to raw pieces without decoding them whole: a list of 10,000 pods is cut up in a twentieth of a second."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from helmward.watch.files.encodings import to_text
from helmward.watch.files.refusal import Broken

_AT_BYTE = re.compile(r"\(byte (\d+)\)")
_BETWEEN = re.compile(rb"[\s,]*")
_NEXT = re.compile(rb"\n(?=[{\[])")
_BLANK = re.compile(rb"\s*")


class Piece(NamedTuple):
    """One JSON value of a stream: its bytes and the lines before it."""

    before: int
    data: bytes


class _Envelope(msgspec.Struct):
    """What tells a list from an object."""

    api_version: str = msgspec.field(name="apiVersion", default="")
    kind: str = ""
    items: list[msgspec.Raw] | msgspec.UnsetType | None = msgspec.UNSET


class Listed(NamedTuple):
    """The items of a Kubernetes list, or of a plain JSON array (then without apiVersion and kind)."""

    api_version: str
    kind: str
    items: list[tuple[bytes, int]]


_ENVELOPE = msgspec.json.Decoder(_Envelope)
_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])


def looks_like_json(data: bytes) -> bool:
    """True if the first character is a brace or bracket that does not open a template."""
    start = data[:4096].lstrip()[:2]
    return start[:1] in (b"{", b"[") and start != b"{{"


def pieces(data: bytes) -> Iterator[Piece]:
    """The values of a file: one, JSON Lines, or several one after the other. They are not checked yet."""
    try:
        msgspec.json.decode(data, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError):
        yield from _several(data)
    else:
        yield Piece(0, data)


def listed(data: bytes) -> Listed | None:
    """The items of a list, each with its 1-based line within `data`; None for a single object. Raises Broken."""
    try:
        if data.lstrip()[:1] == b"[":
            return Listed("", "", list(_with_lines(data, _ARRAY.decode(data))))
        envelope = _ENVELOPE.decode(data)
    except msgspec.ValidationError:
        return None
    except (msgspec.DecodeError, RecursionError) as error:
        raise Broken(*explain(data, error)) from None
    if envelope.items is msgspec.UNSET or not envelope.kind.endswith("List"):
        return None
    items = envelope.items or []
    return Listed(envelope.api_version, envelope.kind, list(_with_lines(data, items)))


def first_line(data: bytes) -> int:
    """The 1-based line at which the value starts, within `data`."""
    blank = _BLANK.match(data)
    return 1 + data.count(b"\n", 0, blank.end() if blank else 0)


def doubles(data: bytes) -> list[str]:
    """The keys that stand twice in some object of a JSON value."""
    found: dict[str, None] = {}

    def pairs(items: list[tuple[str, object]]) -> None:
        seen = set()
        for key, _ in items:
            if key in seen:
                found[key] = None
            seen.add(key)

    try:
        json.loads(data, object_pairs_hook=pairs)
    except (ValueError, RecursionError):
        return []
    return list(found)


def explain(data: bytes, error: Exception) -> tuple[int, str]:
    """(line, what) for a JSON error."""
    if isinstance(error, RecursionError):
        return 1, "it is nested too deeply"
    text = str(error)
    place = _AT_BYTE.search(text)
    if place is None:
        return 1 + data.rstrip().count(b"\n"), text[:1].lower() + text[1:]
    what = _AT_BYTE.sub("", text).strip().removeprefix("JSON is malformed: ")
    return 1 + data.count(b"\n", 0, int(place.group(1))), what


def _with_lines(data: bytes, raws: list[msgspec.Raw]) -> Iterator[tuple[bytes, int]]:
    position, line = 0, 1
    for raw in raws:
        item = bytes(raw)
        # Items follow each other with nothing but white space and a comma between; only the first must be searched.
        between = _BETWEEN.match(data, position)
        start = between.end() if between and position else position
        if not data.startswith(item, start):
            start = data.find(item, position)
        line += data.count(b"\n", position, start)
        yield item, line
        position = start + len(item)
        line += item.count(b"\n")


def _several(data: bytes) -> Iterator[Piece]:
    start, before = 0, 0
    for end in (*(match.end() for match in _NEXT.finditer(data)), len(data)):
        part = data[start:end]
        if part.strip():
            yield from _same_line(part, before)
        before += part.count(b"\n")
        start = end


def _same_line(part: bytes, before: int) -> Iterator[Piece]:
    """Values that follow each other without a line break (`}{`)."""
    try:
        msgspec.json.decode(part, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError) as error:
        if "trailing characters" not in str(error):
            yield Piece(before, part)
            return
    else:
        yield Piece(before, part)
        return
    text, _ = to_text(part)
    decoder, position = json.JSONDecoder(), 0
    while position < len(text):
        position += len(text[position:]) - len(text[position:].lstrip())
        lines = before + text.count("\n", 0, position)
        try:
            _, end = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            if text[position:].strip():
                yield Piece(lines, text[position:].encode("utf-8", "replace"))
            return
        yield Piece(lines, text[position:end].encode("utf-8", "replace"))
        position = end
