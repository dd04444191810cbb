"""Where a text is cut into the pieces that guards look at: the same ones whole and streamed, at every split into chunks.

A text may be cut after white space, or after a character of a script without spaces, wherever nothing that a guard looks for
is unfinished (matching/prefixes.py). That is a property of the place and of the LONGEST characters before it: the language of
unfinished matches is closed under prefixes, so what is unfinished there began after the last cut. Between two cuts lies a
*piece*. A piece longer than LONGEST is looked at in windows of LONGEST characters, each half of it further than the one
before: whatever is at most half as long lies whole in one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice
from typing import Any, NamedTuple

import re2

from helmward.guard.contract import LONGEST_SPAN, Unfinished

LONGEST = 2 * LONGEST_SPAN
"""Characters of the longest window."""

CONTEXT = 64
"""Characters before a window that it sees, so that what begins there is judged by what stands before it."""

# White space; and kana, Han, Hangul and full-width forms, between which texts have no white space.
_PLACES = re.compile("[ \t\r\n\u3000-\u30ff\u3400-\u9fff\uac00-\ud7af\uff00-\uff60]")


class Window(NamedTuple):
    """A part to look at, by character offsets. Of what is found in it, what begins in [start, until) counts."""

    start: int
    end: int
    until: int


class Cutter:
    """Cuts texts for one set of guards: `patterns` (RE2, Latin-1) and `others` know what is unfinished. Immutable."""

    def __init__(self, patterns: Sequence[str], others: Sequence[Unfinished] = ()) -> None:
        self._pattern = _compiled(tuple(patterns)) if patterns else None
        self._others = tuple(others)

    def last(self, text: str, start: int, low: int | None = None, after: int | None = None) -> int:
        """The last cut in `text` (at or before `low`, if given) after the cut at `start`; `start` if there is none. Places
        at or before `after` are known to be none."""
        known = start if after is None else after
        place = _place_before(text, known, len(text) if low is None else low)
        while place > known:
            begins = self._unfinished_at(text, start, place)
            if begins is None:
                return place
            place = _place_before(text, known, begins)
        return start

    def first(self, text: str, start: int, at: int, end: int) -> int:
        """The first cut at or after `at`, after the cut at `start`; `end`, where the text is sure to be cut, at the latest."""
        found: list[int] = []
        ahead_of: Iterator[int] = (place for place in _places(text, max(start, at - 1), end) if place >= at)
        step = 1
        while True:
            found += islice(ahead_of, step - len(found))
            if not found:
                return end
            begins = self._unfinished_at(text, start, found[-1])
            if begins is not None and begins < found[0]:
                found, step = [], step * 2  # what is unfinished there was so at every place on the way
            elif len(found) > 1:
                ahead_of, found, step = chain(found, ahead_of), [], 1
            else:
                return found[0]

    def pieces(self, text: str, areas: Sequence[tuple[int, int]], start: int, end: int) -> Iterator[tuple[int, int]]:
        """The pieces between the cuts at `start` and `end` that the areas (in order) touch."""
        at = start
        for area, area_end in areas:
            if area_end <= at or area >= end:
                continue
            at = self.last(text, at, area)
            while at < min(area_end, end):
                stop = self.first(text, at, max(at, area) + 1, end)  # from `at` to `area` there is none
                yield at, stop
                at = stop

    def _unfinished_at(self, text: str, start: int, place: int) -> int | None:
        """Where what is unfinished at `place` begins, from `start`, itself a cut, on."""
        start = max(start, place - LONGEST)
        before = text[start:place]
        found = [begins for other in self._others if (begins := other(before)) is not None]
        if self._pattern is not None:
            data = before.encode("utf-8", "surrogatepass")
            match = self._pattern.search(data)
            if match is not None:
                at = match.start()
                found.append(at if len(data) == len(before) else len(data[:at].decode("utf-8", "surrogatepass")))
        return start + min(found) if found else None


def windows(start: int, end: int, closed: bool) -> Iterator[Window]:
    """The windows of a piece. While its end is not known (`closed` False) only those come that are sure."""
    while end - start > LONGEST:
        yield Window(start, start + LONGEST, start + LONGEST_SPAN)
        start += LONGEST_SPAN
    if closed:
        yield Window(start, end, end)


@lru_cache(maxsize=64)
def _compiled(patterns: tuple[str, ...]) -> Any:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.max_mem = 64 << 20
    options.never_capture = True
    options.log_errors = False
    return re2.compile(f"(?:{'|'.join(f'(?:{pattern})' for pattern in patterns)})\\z".encode(), options)


def _places(text: str, start: int, end: int) -> Iterator[int]:
    return (match.end() for match in _PLACES.finditer(text, start, end))


def _place_before(text: str, start: int, end: int) -> int:
    """The last place in (start, end] at which a text might be cut; `start` if there is none."""
    at, step_size = max(start, end), 32
    while at > start:
        step = max(start, at - step_size)
        step_size = 512
        ends = [match.end() for match in _PLACES.finditer(text, step, at)]
        if ends:
            return ends[-1]
        at = step
    return start
