"""Runs of base64 and of hexadecimal in which text is hidden, and texts in ROT13 or written backwards."""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from collections.abc import Collection, Iterator
from itertools import islice
from typing import NamedTuple

from helmward.guard.injection.shadow import Pattern, shadow_of

_BASE64 = Pattern(
    r"[A-Za-z0-9+/_-]{16,}(?:\r?\n[ \t]{0,8}[A-Za-z0-9+/_-]{16,})*(?:\r?\n[ \t]{0,8}[A-Za-z0-9+/_-]{1,80})?={0,2}"
)
_HEX = Pattern(r"(?i)(?:(?:\\x|0x|%)?[0-9a-f]{2}[ :,-]{0,2}){12,}")
_HEX_DIGITS = re.compile(r"0x|\\x|[^0-9A-Fa-f]")
_PARTS = re.compile(r"[/_-]+")
_LONGEST = 64 * 1024
_MOST = 1000
_LEAST_TEXT = 10


class Blob(NamedTuple):
    """[start, end) of a text says `text`."""

    start: int
    end: int
    text: str


def blobs(text: str, signs: Collection[str]) -> Iterator[Blob]:
    """What is hidden in a text that has these signs (signs.py); of each kind at most so many, none longer than 64 Ki
    characters."""
    if "rot13" in signs and len(text) <= _LONGEST:
        yield Blob(0, len(text), codecs.encode(text, "rot13"))
    if "backwards" in signs and len(text) <= _LONGEST:
        yield Blob(0, len(text), text[::-1])
    if "hex" in signs:
        yield from _hex(text)
    if "base64" in signs:
        for start, end in islice(_BASE64.spans(shadow_of(text)), _MOST):
            yield from _base64(text[start:end], start)


def _hex(text: str) -> Iterator[Blob]:
    for start, end in islice(_HEX.spans(shadow_of(text)), _MOST):
        digits = _HEX_DIGITS.sub("", text[start : min(end, start + _LONGEST)])
        if decoded := _text(bytes.fromhex(digits[: len(digits) // 2 * 2])):
            yield Blob(start, end, decoded)


def _base64(run: str, at: int) -> Iterator[Blob]:
    if decoded := _decoded(re.sub(r"\s+", "", run[:_LONGEST])):
        yield Blob(at, at + len(run), decoded)
    elif "\n" not in run and _PARTS.search(run):
        # A name or a path may stand before it.
        for part in re.finditer(r"[A-Za-z0-9+]{16,}={0,2}", run[:_LONGEST]):
            if decoded := _decoded(part.group()):
                yield Blob(at + part.start(), at + part.end(), decoded)


def _decoded(run: str) -> str:
    standard = run.rstrip("=").translate(str.maketrans("-_", "+/"))
    if len(standard) % 4 == 1:
        standard = standard[:-1]
    try:
        return _text(base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True))
    except (binascii.Error, ValueError):
        return ""


def _text(data: bytes) -> str:
    """The bytes as text, "" where they are none."""
    if len(data) < _LEAST_TEXT:
        return ""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return ""
    printed = sum(character.isprintable() or character in "\n\r\t" for character in text[:400])
    return text if printed >= 0.95 * min(len(text), 400) else ""
