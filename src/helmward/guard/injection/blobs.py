"""Runs of base64 and of hexadecimal in which text is hidden, and texts in ROT13 or written backwards."""

from __future__ import annotations

import binascii
import codecs
import re
from collections.abc import Collection, Iterator
from itertools import islice
from typing import NamedTuple

from helmward.guard.injection.shadow import Pattern, shadow_of

_BASE64 = re.compile(
    rb"[A-Za-z0-9+/_-]{16,}(?:\r?\n[ \t]{0,8}[A-Za-z0-9+/_-]{16,})*(?:\r?\n[ \t]{0,8}[A-Za-z0-9+/_-]{1,80})?={0,2}"
)
_HEX = Pattern(r"(?i)(?:(?:\\x|0x|%)?[0-9a-f]{2}[ :,-]{0,2}){11,}(?:\\x|0x|%)?[0-9a-f]{2}")
_HEX_DIGITS = re.compile(rb"0x|\\x|[^0-9A-Fa-f]")
_PARTS = re.compile(rb"[/_-]")
_PART = re.compile(rb"[A-Za-z0-9+]{16,}={0,2}")
_STANDARD = bytes.maketrans(b"-_", b"+/")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
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
    shadow = shadow_of(text) if "hex" in signs or "base64" in signs else b""
    if "hex" in signs:
        yield from _hex(shadow)
    if "base64" in signs:
        for match in islice(_BASE64.finditer(shadow), _MOST):
            yield from _base64(match.group(), match.start())


def _hex(shadow: bytes) -> Iterator[Blob]:
    for start, end in islice(_HEX.spans(shadow), _MOST):
        digits = _HEX_DIGITS.sub(b"", shadow[start : min(end, start + _LONGEST)])
        if decoded := _text(binascii.unhexlify(digits[: len(digits) // 2 * 2])):
            yield Blob(start, end, decoded)


def _base64(run: bytes, at: int) -> Iterator[Blob]:
    if decoded := _decoded(run[:_LONGEST]):
        yield Blob(at, at + len(run), decoded)
    elif b"\n" not in run and _PARTS.search(run):
        # A name or a path may stand before it.
        for part in _PART.finditer(run[:_LONGEST]):
            if decoded := _decoded(part.group()):
                yield Blob(at + part.start(), at + part.end(), decoded)


def _decoded(run: bytes) -> str:
    """What a run of base64 says, "" where it is no text; most are not, and their first bytes show it."""
    standard = run.translate(_STANDARD, b"= \t\r\n")
    if _CONTROL.search(binascii.a2b_base64(standard[:16])):
        return ""
    if len(standard) % 4 == 1:
        standard = standard[:-1]
    return _text(binascii.a2b_base64(standard + b"=" * (-len(standard) % 4)))


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
