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
from itertools import islice
from typing import Any, NamedTuple

import re2

from helmward.guard.contract import LONGEST_SPAN, Unfinished

LONGEST = 2 * LONGEST_SPAN
"""Characters of the longest window."""

_NEAR = 256
"""Characters in which what is unfinished nearly always begins."""

CONTEXT = 64
"""Characters before a window that it sees, so that what begins there is judged by what stands before it."""

_CONTINUATION = bytes(range(0x80, 0xC0))
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
        places = (place for place in _places(text, max(start, at - 1), end) if place >= at)
        ahead: list[int] = []
        step = 1
        while True:
            ahead += islice(places, max(0, step - len(ahead)))
            if not ahead:
                return end
            size = min(step, len(ahead))
            begins = self._unfinished_at(text, start, ahead[size - 1])
            if begins is not None and begins < ahead[0]:
                del ahead[:size]  # what is unfinished there was so at every place on the way
                step *= 2
            elif size > 1:
                step = size // 2
            else:
                return ahead[0]

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
        """Where something unfinished at `place` begins, from `start`, itself a cut, on; where there are several, any."""
        start = max(start, place - LONGEST)
        near = max(start, place - _NEAR)
        begins = self._begins(text[near:place])
        if begins is None or begins == 0:  # what began before may matter; nearly always nothing did
            before = text[start:place]
            found = [begun for other in self._others if (begun := other(before)) is not None]
            begins = begins if near == start else self._begins(before)
            found += [] if begins is None else [begins]
            return start + min(found) if found else None
        return near + begins

    def _begins(self, text: str) -> int | None:
        if self._pattern is None:
            return None
        data = text.encode("utf-8", "surrogatepass")
        match = self._pattern.search(data)
        if match is None:
            return None
        at: int = match.start()
        if len(data) == len(text):
            return at
        while data[at] in _CONTINUATION:  # from the character on that a match of bytes begins in
            at -= 1
        return len(data[:at].translate(None, _CONTINUATION))


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
