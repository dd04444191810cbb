"""Canaries: marks that somebody planted in a prompt or a document. An answer holds one as it is, spaced out, backwards, in
ROT13, base64 (at each of its three alignments) or hexadecimal."""

from __future__ import annotations

import codecs
import re
from base64 import b64encode
from collections.abc import Iterator, Sequence

from helmward.guard.contract import Span
from helmward.guard.leakage.rules import NAME
from helmward.guard.matching import Kind, Scanner
from helmward.guard.matching.prefixes import unfinished

_SHORT = 10  # letters; between those of a shorter one less may stand, since it may be a word of a text
_LEAST = 4


class Canaries:
    """What the settings plant."""

    def __init__(self, canaries: Sequence[str]) -> None:
        kinds = [Kind("canary", pattern) for canary in canaries for pattern in _patterns(canary)]
        self._scanner = Scanner(NAME, kinds) if kinds else None
        found = (unfinished(kind.pattern) for kind in kinds)
        self.opens = tuple(pattern for pattern in found if pattern is not None)

    def areas(self, text: str) -> list[tuple[int, int]]:
        """Where one is. Raises ScanError."""
        return self._scanner.areas(text) if self._scanner else []

    def find(self, text: str) -> list[Span]:
        """The canaries. Raises ScanError."""
        return self._scanner.find(text) if self._scanner else []


def _patterns(canary: str) -> Iterator[str]:
    """RE2 over Latin-1 for each form."""
    canary = canary.strip()
    letters = [character for character in canary if character.isalnum()]
    if len(letters) < _LEAST:
        if canary:
            yield _literal(canary)
        return
    gap = f"[^0-9A-Za-z]{{0,{8 if len(letters) >= _SHORT else 2}}}"
    for form in dict.fromkeys((*(tuple(part) for part in (letters, letters[::-1])), tuple(_rot13(letters)))):
        yield "(?i)" + gap.join(map(_literal, form))
    data = canary.encode()
    yield "(?i)" + "[^0-9A-Fa-f]{0,6}(?:0x)?".join(f"{byte >> 4:x}{byte & 15:x}" for byte in data)
    for lead in range(3):
        yield "[^0-9A-Za-z+/=_-]{0,4}".join(_in_base64(character) for character in _base64(data, lead))


def _literal(text: str) -> str:
    """The bytes of a text as Latin-1, escaped."""
    return "".join(f"\\x{byte:02x}" if not chr(byte).isalnum() or byte > 127 else chr(byte) for byte in text.encode())


def _rot13(letters: Sequence[str]) -> list[str]:
    return list(codecs.encode("".join(letters), "rot13"))


def _base64(data: bytes, lead: int) -> str:
    """The characters of base64 that only these bytes decide, where `lead` bytes stand before them."""
    encoded = b64encode(b"\0" * lead + data).decode().rstrip("=")
    first = -(-lead * 8 // 6)
    return encoded[first : (lead + len(data)) * 8 // 6]


def _in_base64(character: str) -> str:
    return {"+": "[+-]", "/": "[/_]"}.get(character, re.escape(character))
