"""Passages of the system's texts that an answer repeats, in their words and order, whatever became of case, punctuation and
line breaks.

Text is compared as words: runs of letters and digits; a character of a script without spaces is a word of its own. A passage
counts from LEAST on: twelve words, or thirty characters of such a script, or eight words that are long.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from helmward.guard.contract import LONGEST_SPAN, Span
from helmward.guard.leakage.rules import rule
from helmward.guard.windows import CONTEXT

LEAST = 60
_WORD, _CHARACTER = 5, 2
_LEAST_WORDS, _LEAST_CHARACTERS = 8, 60
_GRAM = 4
_LONGEST_PART = LONGEST_SPAN - 1024
# The characters after which windows.py may cut a text stand alone.
_SINGLE = "\u3000-\u30ff\u3400-\u9fff\uac00-\ud7af\uff00-\uff60"
_TOKEN = re.compile(rf"[^\W_{_SINGLE}]+|[^\W_]")
_ASCII = bytes(ord(chr(code).lower()) if code < 128 and chr(code).isalnum() else 32 for code in range(256))
_IS_SINGLE = re.compile(f"[{_SINGLE}]")


class Run(NamedTuple):
    """A passage, by character offsets."""

    start: int
    end: int


class Instructions:
    """The system's texts of one request."""

    def __init__(self, texts: Sequence[str]) -> None:
        parts = [_lowered(text) for text in texts]
        # No word stands between two texts, so no passage goes from one into the next.
        self._words = "".join(f" {' '.join(words)} \n" for words in parts if words)
        self._known = frozenset(word for words in parts for word in words)
        self._grams = frozenset(gram for words in parts for gram in _grams(words, 1))

    def unfinished(self, text: str) -> int | None:
        """Where the longest passage begins that `text` ends in; None where its last word is none of theirs."""
        size = 40
        while True:
            low = max(0, len(text) - size)
            tokens = _tokens(text, low)[low > 0 :]  # the first may be the end of a word
            count = self._suffix([word for word, _, _ in tokens])
            if count < len(tokens) or low == 0:
                return tokens[-count][1] if count else None
            size *= 4

    def areas(self, text: str) -> list[tuple[int, int]]:
        """Where passages are."""
        # A window may begin inside a word, which makes a passage shorter by one.
        return [(run.start, run.end) for run in self._runs(text, LEAST - 2 * _WORD, _LEAST_WORDS - 1)]

    def find(self, text: str) -> Iterator[Span]:
        """The passages; a longer one than a span may be comes in parts."""
        for start, end in self._runs(text, LEAST, _LEAST_WORDS):
            # What begins before a window counts there no more, so a passage that goes through many has a part from its start.
            if start < CONTEXT < end and len(text) > LONGEST_SPAN:
                yield Span(rule("system-prompt"), start, CONTEXT, 0.9)
                start = CONTEXT
            for at in range(start, end, _LONGEST_PART):
                yield Span(rule("system-prompt"), at, min(end, at + _LONGEST_PART), 0.9)

    def _runs(self, text: str, least: int, least_words: int) -> Iterator[Run]:
        if not self._grams:
            return
        if not any(gram in self._grams for gram in _grams(_lowered(text), _GRAM)):
            return
        tokens = _tokens(text, 0)
        words = [word for word, _, _ in tokens]
        at = 0
        while at + _GRAM <= len(words):
            if tuple(words[at : at + _GRAM]) not in self._grams:
                at += 1
                continue
            stop = at + self._prefix(words, at)
            if _counts(words[at:stop], least, least_words):
                yield Run(tokens[at][1], tokens[stop - 1][2])
                at = stop
            else:
                at = stop - _GRAM + 1

    def _prefix(self, words: Sequence[str], start: int) -> int:
        """How many words from `start` on are a passage."""
        return _most(len(words) - start, lambda count: self._holds(words[start : start + count]))

    def _suffix(self, words: Sequence[str]) -> int:
        """How many of the last words are a passage."""
        if not words or words[-1] not in self._known:
            return 0
        return _most(len(words), lambda count: self._holds(words[len(words) - count :]))

    def _holds(self, words: Sequence[str]) -> bool:
        return f" {' '.join(words)} " in self._words


def _tokens(text: str, low: int) -> list[tuple[str, int, int]]:
    """The words from `low` on, with their offsets."""
    return [(match.group().lower(), match.start(), match.end()) for match in _TOKEN.finditer(text, low)]


def _lowered(text: str) -> list[str]:
    """The words alone; where all is ASCII, without a regular expression."""
    if text.isascii():
        return text.encode().translate(_ASCII).decode().split()
    return [word.lower() for word in _TOKEN.findall(text)]


def _grams(words: Sequence[str], step: int) -> Iterator[tuple[str, ...]]:
    return (tuple(words[at : at + _GRAM]) for at in range(0, len(words) - _GRAM + 1, step))


def _counts(words: Sequence[str], least: int, least_words: int) -> bool:
    """Whether these words in a row are a passage and no turn of phrase."""
    single = sum(len(word) == 1 and _IS_SINGLE.match(word) is not None for word in words)
    if _CHARACTER * single + _WORD * (len(words) - single) >= least:
        return True
    return len(words) - single >= least_words and sum(map(len, words)) >= _LEAST_CHARACTERS


def _most(limit: int, holds: Callable[[int], bool]) -> int:
    """The largest count up to `limit` that holds; 1 does, and where one does, all smaller ones do."""
    good, step = 1, 1
    while good < limit and holds(min(limit, good + step)):
        good, step = min(limit, good + step), step * 2
    bad = min(limit, good + step) + (good == limit)
    while bad - good > 1:
        middle = (good + bad) // 2
        if holds(middle):
            good = middle
        else:
            bad = middle
    return good


@lru_cache(maxsize=64)
def instructions_of(texts: tuple[str, ...]) -> Instructions:
    """The instructions of a request; the same texts come again and again."""
    return Instructions(texts)
