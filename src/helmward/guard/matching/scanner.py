"""The engine: one RE2 Set says which kinds can be in a text, then only those are located.

It works on bytes as Latin-1, so every offset is a byte offset and no input is invalid; offsets become characters last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

import re2

from helmward.guard.contract import Span
from helmward.guard.matching.kinds import Found, Kind
from helmward.guard.matching.marks import MARK, MARK_BEGINS

_MEMORY = 64 << 20
_SHORTEST = 3  # bytes; nothing shorter is a find
_DEEPEST = 6  # scans of what finds leave over; texts need one or two, those of an attacker thousands
_CONTINUATION = bytes(range(0x80, 0xC0))


class ScanError(Exception):
    """The engine gave no verdict; the caller must not let the text pass."""


class Scanner:
    """Finds the given kinds for the guard of this name. Immutable once built, so threads may share it."""

    def __init__(self, guard: str, kinds: Iterable[Kind]) -> None:
        self._guard = guard
        self._kinds = tuple((kind, re2.compile(kind.pattern.encode(), _options())) for kind in kinds)
        self._set = re2.Set.SearchSet(_options(capture=False))
        for kind, _ in self._kinds:
            self._set.Add(kind.pattern.encode())
        # RE2 answers "no match" when it runs out of memory. This one always matches: without it there was no verdict.
        self._sentinel = self._set.Add(rb"\z")
        self._set.Compile()

    def find(self, text: str) -> list[Span]:
        """What is found in `text`, in order, not overlapping. Raises ScanError where the engine gives no verdict."""
        data = text.encode("utf-8", "surrogatepass")
        plain = text if len(data) == len(text) else data.decode("latin-1")
        found = [span for start, end in _between_marks(plain) for span in self._scan(plain, data, start, end)]
        if plain is text:
            return [Span(f"{self._guard}/{kind}", start, end, sure) for start, end, kind, sure in found]
        return [span._replace(rule=f"{self._guard}/{span.rule}") for span in _in_characters(found, data)]

    def areas(self, text: str) -> list[tuple[int, int]]:
        """Where something may be found, by character offsets, in order, apart: what the patterns match, confirmed where
        no code reads on. Raises ScanError."""
        data = text.encode("utf-8", "surrogatepass")
        return self._areas(text, data, (area for hit in self._hits(data) for area in _possible(*hit, data)))

    def confirmed_areas(self, text: str) -> list[tuple[int, int]]:
        """Where something is found, as `areas` has it. Right for kinds whose `locate` judges by nothing but the match and
        what stands beside it without white space between: then a piece of a text holds what the whole holds there."""
        data = text.encode("utf-8", "surrogatepass")
        plain = text if len(data) == len(text) else data.decode("latin-1")
        return self._areas(text, data, (found[:2] for found in self._candidates(plain, data)))

    @staticmethod
    def _areas(text: str, data: bytes, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        matches = sorted(spans)
        matched: list[Found] = []
        for start, end in matches:
            if matched and start <= matched[-1].end:
                matched[-1] = matched[-1]._replace(end=max(end, matched[-1].end))
            else:
                matched.append(Found(start, end, "", 0.0))
        if len(data) == len(text):
            return [(start, end) for start, end, _, _ in matched]
        return [(start, end) for _, start, end, _ in _in_characters(matched, data)]

    def _scan(self, text: str, data: bytes, start: int, end: int, depth: int = 0) -> Iterator[Found]:
        """What is found between two offsets, then in what is left: so a masked text has nothing more to mask."""
        if end - start < _SHORTEST:
            return
        if depth > _DEEPEST:
            raise ScanError("finds go on coming where others were")
        whole = start == 0 and end == len(data)
        part, piece = (text, data) if whole else (text[start:end], data[start:end])
        found = _merged(self._candidates(part, piece))
        if not found:
            return
        edges = [0, *(offset for span in found for offset in span[:2]), len(piece)]
        gaps = [(edges[index], edges[index + 1]) for index in range(0, len(edges), 2)]
        left = [more for gap in gaps for more in self._scan(part, piece, *gap, depth + 1)]
        for span in sorted([*found, *left]):
            yield span._replace(start=span.start + start, end=span.end + start)

    def _candidates(self, text: str, data: bytes) -> Iterator[Found]:
        for kind, pattern in self._hits(data):
            yield from _located(kind, pattern, text, data)

    def _hits(self, data: bytes) -> list[tuple[Kind, Any]]:
        hits = self._set.Match(data)
        if not hits or self._sentinel not in hits:
            raise ScanError("RE2 gave no verdict")
        return [self._kinds[hit] for hit in hits if hit != self._sentinel]


def _located(kind: Kind, pattern: Any, text: str, data: bytes) -> Iterator[Found]:
    group = min(1, pattern.groups)
    at = 0
    while at >= 0:
        for match in pattern.finditer(data, at):
            start, end = match.span(group)
            if kind.locate is not None:
                for found in kind.locate(text, match):
                    yield found
                    # What matches inside a find would be merged into it; looking there again is what takes quadratic time.
                    end = max(end, found.end)
            elif start < end and (sure := kind.confirm(text[start:end])) > 0:
                yield Found(start, end, kind.name, sure)
            at = max(end, match.start() + 1)
            if at != match.end():
                break  # it goes on elsewhere than where `finditer` would
        else:
            at = -1


def _possible(kind: Kind, pattern: Any, data: bytes) -> Iterator[tuple[int, int]]:
    """As `_located`, where each match is one if `locate` is to judge."""
    group = min(1, pattern.groups)
    at = 0
    while at >= 0:
        for match in pattern.finditer(data, at):
            if kind.locate is not None or kind.confirm(match.group(group).decode("latin-1")) > 0:
                yield match.span()
            at = max(match.end(group), match.start() + 1)
            if at != match.end():
                break
        else:
            at = -1


def _merged(found: Iterable[Found]) -> list[Found]:
    """Overlapping finds become one, named by the surest of them, then by the longest."""
    merged: list[Found] = []
    best: list[tuple[float, int]] = []
    for span in sorted(found):
        weight = (span.confidence, span.end - span.start)
        if not merged or span.start >= merged[-1].end:
            merged.append(span)
            best.append(weight)
            continue
        last = merged[-1]
        name = span if weight > best[-1] else last
        best[-1] = max(best[-1], weight)
        merged[-1] = Found(last.start, max(last.end, span.end), name.kind, name.confidence)
    return merged


def _between_marks(text: str) -> Iterator[tuple[int, int]]:
    if not MARK_BEGINS.search(text):
        yield 0, len(text)
        return
    edges = [(0, 0), *(match.span() for match in MARK.finditer(text)), (len(text), len(text))]
    for (_, start), (end, _) in pairwise(edges):
        yield start, end


def _in_characters(found: list[Found], data: bytes) -> Iterator[Span]:
    """Byte offsets as character offsets; a span that cuts a character takes all of it. `rule` is the kind's bare name."""
    at = characters = 0
    for start, end, kind, sure in found:
        while data[start : start + 1] and data[start] in _CONTINUATION:
            start -= 1
        first = characters + len(data[at:start].translate(None, _CONTINUATION))
        last = first + len(data[start:end].translate(None, _CONTINUATION))
        while end < len(data) and data[end] in _CONTINUATION:
            end += 1
        yield Span(kind, first, last, sure)
        at, characters = end, last


def _options(capture: bool = True) -> Any:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.max_mem = _MEMORY
    options.log_errors = False
    options.never_capture = not capture
    return options
