"""Instants that a sentence of ours says itself ("by dana at …", "since …"), apart from those that it only repeats: evidence must
be shown as it was found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from helmward.core.times import parse_time

# RFC 3339 in UTC, as we write it, behind one of the words by which we do.
_SAID = re.compile(
    r"\b(at|since|until) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|\+00:00))(?=[\s).,;:]|$)", re.ASCII
)
_CHANGED = "(changed: "
_BECAME = " → "
_QUOTED = (
    re.compile(r'"'),
    re.compile(r"(?<!\w)'|'(?!\w)"),  # not an apostrophe
)


@dataclass(frozen=True, slots=True)
class Instant:
    """Where it stands. `form`: "at" where that word is part of it, for "at 5m ago" is no English; else "from"."""

    begin: int
    end: int
    text: str
    form: Literal["at", "from"]


def own(sentence: str) -> list[Instant]:
    """The instants that the sentence says itself: none within quotation marks or backticks, none that is a value of a change."""
    exact = [*_quoted(sentence), *_code(sentence), *_values(sentence)]
    return [
        Instant(found.start(0 if at else 2), found.end(), found[2], "at" if at else "from")
        for found in _SAID.finditer(sentence)
        if parse_time(found[2]) is not None
        and not any(begin < found.end() and found.start() < end for begin, end in exact)
        for at in [found[1] == "at"]
    ]


def _quoted(sentence: str) -> Iterator[tuple[int, int]]:
    """From the first mark to the last one: what is quoted may hold marks of its own, and be cut before its end."""
    for mark in _QUOTED:
        if marks := [found.start() for found in mark.finditer(sentence)]:
            cut = len(marks) == 1 or sentence.endswith("…")
            yield marks[0], len(sentence) if cut else marks[-1]


def _code(sentence: str) -> Iterator[tuple[int, int]]:
    marks = [at for at, letter in enumerate(sentence) if letter == "`"]
    yield from zip(marks[::2], [*marks[1::2], len(sentence)], strict=False)


def _values(sentence: str) -> Iterator[tuple[int, int]]:
    """`path before → after by somebody at …`: all of it but its last instant."""
    begins = [0, *(found.end() for found in re.finditer(re.escape(_CHANGED), sentence)), len(sentence)]
    for begin, end in pairwise(begins):
        if _BECAME in sentence[begin:end]:
            last = [found.start() for found in _SAID.finditer(sentence, begin, end) if found[1] == "at"]
            yield begin, last[-1] if last and sentence.rindex(_BECAME, begin, end) < last[-1] else end
