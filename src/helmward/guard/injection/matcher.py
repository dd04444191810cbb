"""The engine of the phrase tables: RE2 Sets say which phrases are in a text, then only those are located."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

import re2

from helmward.guard.injection.phrases import Phrase
from helmward.guard.matching import ScanError

_MEMORY = 96 << 20
_MOST = 100
"""Finds of one phrase in one text."""


class Match(NamedTuple):
    """A phrase, by character offsets."""

    phrase: Phrase
    start: int
    end: int


class Matcher:
    """Finds phrases. Immutable once built, so threads may share it."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self._plain = _Table([phrase for phrase in phrases if phrase.pattern.isascii()], utf8=False)
        self._other = _Table([phrase for phrase in phrases if not phrase.pattern.isascii()], utf8=True)

    def find(self, folded: str) -> list[Match]:
        """The phrases of a folded text. Raises ScanError where the engine gives no verdict."""
        data = folded.encode("utf-8", "replace")
        found = list(self._plain.find(data))
        if len(data) != len(folded):
            found += self._other.find(data)
            found = [Match(phrase, _characters(data, start), _characters(data, end)) for phrase, start, end in found]
        return found


class _Table:
    """One Set. Bytes as Latin-1 are the quickest; a table of other scripts needs their characters whole."""

    def __init__(self, phrases: Sequence[Phrase], utf8: bool) -> None:
        self._phrases = tuple(phrases)
        self._utf8 = utf8
        self._set = re2.Set.SearchSet(_options(utf8, capture=False))
        for phrase in phrases:
            self._set.Add(phrase.pattern.encode())
        # RE2 answers "no match" when it runs out of memory. This one always matches: without it there was no verdict.
        self._sentinel = self._set.Add(rb"\z")
        self._set.Compile()

    def find(self, data: bytes) -> Iterator[Match]:
        """Offsets are those of bytes."""
        hits = self._set.Match(data)
        if not hits or self._sentinel not in hits:
            raise ScanError("RE2 gave no verdict")
        for hit in hits:
            if hit != self._sentinel:
                phrase = self._phrases[hit]
                yield from _bounded(phrase, _compiled(phrase.pattern, self._utf8).finditer(data), len(data))


@cache
def _compiled(pattern: str, utf8: bool) -> Any:
    """To locate one phrase; most are never seen."""
    return re2.compile(pattern.encode(), _options(utf8))


def _bounded(phrase: Phrase, found: Iterator[Any], end: int) -> Iterator[Match]:
    """The finds; where there are too many, the last takes all of the rest."""
    for number, match in enumerate(found, 1):
        if number == _MOST:
            yield Match(phrase, match.start(), end)
            return
        yield Match(phrase, *match.span())


def _characters(data: bytes, offset: int) -> int:
    return len(data[:offset].decode("utf-8", "ignore"))


def _options(utf8: bool, capture: bool = True) -> Any:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.UTF8 if utf8 else re2.Options.Encoding.LATIN1
    options.max_mem = _MEMORY
    options.log_errors = False
    options.never_capture = not capture
    return options
