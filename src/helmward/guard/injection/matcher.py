"""The engine of the phrase tables: RE2 Sets say which phrases are in a text, then only those are located."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

import re2

from helmward.guard.injection.phrases import Phrase
from helmward.guard.matching import ScanError
from helmward.guard.matching.required import required

_MEMORY = 96 << 20
_USUAL = 8 * 1024
"""Bytes; longer texts are rare, and the Set's time for them is lost in that of everything else."""

_REMEMBERED, _MOST_RUNS = 32_768, 600
_LETTERS = re.compile(rb"[a-z]{3,}")

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
    """One Set. Bytes as Latin-1 are the quickest; a table of other scripts needs their characters whole.

    The Set's automaton grows with every text that it never saw, by microseconds a character. So of a text of usual length only
    those phrases are looked for whose words are all there (matching/required.py)."""

    def __init__(self, phrases: Sequence[Phrase], utf8: bool) -> None:
        self._phrases = tuple(phrases)
        self._utf8 = utf8
        self._needs = [_needs(phrase) for phrase in self._phrases]
        self._words = sorted({word for needs in self._needs for words in needs for word in words})
        self._any = re2.compile(b"|".join(self._words) or rb"\z", _options(utf8))
        self._by_word: dict[bytes, list[int]] = {}
        for number, needs in enumerate(self._needs):
            for word in needs[0] if needs else ():
                self._by_word.setdefault(word, []).append(number)
        self._always = [number for number, needs in enumerate(self._needs) if not needs]
        self._gate = re2.compile(
            "|".join(f"(?:{self._phrases[one].pattern})" for one in self._always).encode(), _options(utf8)
        )
        self._inside = lru_cache(maxsize=_REMEMBERED)(self._words_inside)
        self._set = re2.Set.SearchSet(_options(utf8, capture=False))
        for phrase in phrases:
            self._set.Add(phrase.pattern.encode())
        # RE2 answers "no match" when it runs out of memory. This one always matches: without it there was no verdict.
        self._sentinel = self._set.Add(rb"\z")
        self._set.Compile()

    def find(self, data: bytes) -> Iterator[Match]:
        """Offsets are those of bytes."""
        runs = set(_LETTERS.findall(data.lower())) if len(data) <= _USUAL else ()
        for hit in self._likely(data, runs) if runs and len(runs) <= _MOST_RUNS else self._hits(data):
            phrase = self._phrases[hit]
            yield from _bounded(phrase, _compiled(phrase.pattern, self._utf8).finditer(data), len(data))

    def _likely(self, data: bytes, runs: Collection[bytes]) -> list[int]:
        """The phrases of which every needed word stands in the text, whose runs of letters (lower case) these are."""
        present = frozenset[bytes]().union(*map(self._inside, runs))
        found = {number for word in present for number in self._by_word.get(word, ())}
        kept = [one for one in sorted(found) if all(not words.isdisjoint(present) for words in self._needs[one])]
        return [*self._always, *kept] if self._always and self._gate.search(data) is not None else kept

    def _words_inside(self, run: bytes) -> frozenset[bytes]:
        """The needed words in a run of letters. Texts are made of the same runs over and over."""
        if self._any.search(run) is None:
            return frozenset()
        return frozenset(word for word in self._words if word in run)

    def _hits(self, data: bytes) -> list[int]:
        hits = self._set.Match(data)
        if not hits or self._sentinel not in hits:
            raise ScanError("RE2 gave no verdict")
        return [hit for hit in hits if hit != self._sentinel]


def _needs(phrase: Phrase) -> list[frozenset[bytes]]:
    return [frozenset(word.encode() for word in words) for words in required(phrase.pattern)]


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
