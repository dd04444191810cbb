"""Values out of JSON and YAML text: lists opened, each value with its line, what is broken told apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from helmward.core.typed import decode
from helmward.watch.files import jsons, yamls
from helmward.watch.files.encodings import to_text
from helmward.watch.files.refusal import Broken


class Item(NamedTuple):
    """One value that may be an object, as JSON, with the 1-based line where it starts."""

    raw: bytes
    line: int


class Empty(NamedTuple):
    """A list without items: its kind was read and there are none. `kind` is "" where the list does not say."""

    api_version: str
    kind: str


class Problem(NamedTuple):
    """A document that could not be read, or one that was read with a loss."""

    line: int
    what: str
    template: bool = False


_NO_TEXT = "it is not all UTF-8: other bytes are read as U+FFFD"
_MOST_CHECKED_FOR_DOUBLES = 1 << 20


def read_documents(data: bytes, yaml_name: bool) -> Iterator[Item | Empty | Problem]:
    """Everything in one file. `yaml_name`: the file's name says YAML, so what is no JSON is read as YAML."""
    if jsons.looks_like_json(data) and not (yaml_name and not _is_json(data)):
        yield from _json(data)
    else:
        yield from _yaml(data)


def _is_json(data: bytes) -> bool:
    try:
        msgspec.json.decode(data, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


def _json(data: bytes) -> Iterator[Item | Empty | Problem]:
    if not data.isascii():
        text, odd = to_text(data)
        if odd is not None:
            yield Problem(odd, _NO_TEXT)
            data = text.encode()
    for before, piece in jsons.pieces(data):
        try:
            found = jsons.listed(piece)
        except Broken as broken:
            yield Problem(before + broken.line, str(broken))
            continue
        if len(piece) <= _MOST_CHECKED_FOR_DOUBLES:
            for key in jsons.doubles(piece):
                yield Problem(before + _line_of_double(piece, key), _twice(key))
        if found is None:
            yield Item(piece, before + jsons.first_line(piece))
        elif found.items:
            yield from (Item(_typed(raw, found), before + line) for raw, line in found.items)
        else:
            yield Empty(found.api_version, found.kind.removesuffix("List"))


def _typed(raw: bytes, found: jsons.Listed) -> bytes:
    """An item of a typed list (PodList) lacks apiVersion and kind: they are the list's."""
    kind = found.kind.removesuffix("List")
    if not kind or raw[:1] != b"{" or _head(raw).kind:
        return raw
    start = msgspec.json.encode({"apiVersion": found.api_version, "kind": kind})[:-1]
    rest = raw[1:].lstrip()
    return start + (b"" if rest[:1] == b"}" else b",") + rest


class _Head(msgspec.Struct):
    kind: Any = ""


def _head(raw: bytes) -> _Head:
    try:
        return decode(raw, _Head)
    except (msgspec.DecodeError, RecursionError):
        return _Head("?")


def _line_of_double(piece: bytes, key: str) -> int:
    written = msgspec.json.encode(key)
    return 1 + piece.count(b"\n", 0, max(0, piece.rfind(written)))


def _twice(key: str) -> str:
    return f"the key '{key}' stands twice; the last one counts"


def _yaml(data: bytes) -> Iterator[Item | Empty | Problem]:
    text, odd = to_text(data)
    if odd is not None:
        yield Problem(odd, _NO_TEXT)
    reader = yamls.Reader()
    for before, part in yamls.split(text):
        try:
            for parsed in reader.read(part):
                yield from (Problem(before + line, _twice(key)) for line, key in parsed.doubles)
                yield from _of_value(parsed, before)
        except Broken as broken:
            yield Problem(before + broken.line, str(broken), "{{" in part)


def _of_value(parsed: yamls.Parsed, before: int) -> Iterator[Item | Empty]:
    value = parsed.value
    line = before + parsed.line
    if value is None:
        return
    items, api_version, kind = None, "", ""
    if isinstance(value, list):
        items = value
    elif isinstance(value, dict) and isinstance(value.get("kind"), str) and value["kind"].endswith("List"):
        items, api_version = value.get("items", ()), value.get("apiVersion", "")
        kind = value["kind"].removesuffix("List")
        items = [] if items is None else items
    if not isinstance(items, list):
        yield Item(msgspec.json.encode(value), line)
        return
    if not items:
        yield Empty(str(api_version), kind)
    for item in items:
        untyped = kind and isinstance(item, dict) and not item.get("kind")
        typed = {"apiVersion": api_version, "kind": kind, **item} if untyped else item
        yield Item(msgspec.json.encode(typed), before + parsed.lines.get(id(item), parsed.line))
