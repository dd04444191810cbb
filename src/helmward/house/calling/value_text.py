"""A JSON value as text that guards can look at, and the value masked by offsets in that text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from helmward.guard.contract import Hit
from helmward.guard.matching.marks import mark


class Part(NamedTuple):
    """A key or a text of a JSON value, by where it lies in the text that is looked at."""

    start: int
    end: int


class Covered(NamedTuple):
    """What a mask covers of the text."""

    start: int
    end: int
    rule: str


class ValueText:
    """`text` is the value's: keys, texts and numbers, unescaped, as lines `key: value`."""

    def __init__(self, value: Any) -> None:
        self._value = value
        pieces: list[str] = []
        self._parts: list[Part] = []
        size = 0
        for text, ends in _texts(value):
            self._parts.append(Part(size, size + len(text)))
            pieces += (text, ends)
            size += len(text) + len(ends)
        self.text = "".join(pieces)

    def masked(self, hits: tuple[Hit, ...]) -> Any:
        """The value with a mark in place of each find that is to be masked."""
        covered = _apart(hit for hit in hits if hit.action == "mask")
        if not covered:
            return self._value
        ends = [part.end for part in covered]
        return _rebuilt(
            self._value, iter([self._masked(part, covered, bisect_right(ends, part.start)) for part in self._parts])
        )

    def _masked(self, part: Part, covered: Sequence[Covered], first: int) -> str:
        at = part.start
        pieces: list[str] = []
        for place in range(first, len(covered)):
            start, end, rule = covered[place]
            if start >= part.end or part.start == part.end:
                break
            pieces += (self.text[at : max(start, at)], mark(rule))
            at = min(end, part.end)
        return "".join((*pieces, self.text[at : part.end]))


def _apart(hits: Iterable[Hit]) -> list[Covered]:
    """What is covered, in order and without overlaps: the first find has what two of them cover."""
    found: list[Covered] = []
    at = 0
    for hit in hits:
        start = max(hit.start, at)
        if hit.end > start:
            found.append(Covered(start, hit.end, hit.rule))
            at = hit.end
    return found


def _texts(value: Any) -> Iterator[tuple[str, str]]:
    """Keys, texts and numbers in their order, each with what parts it from the next."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield str(key), ": "
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
    else:
        yield _plain(value), "\n"


def _rebuilt(value: Any, fresh: Iterator[str]) -> Any:
    """The same value of other texts; what held no find stays what it was, a number too."""
    if isinstance(value, Mapping):
        built: dict[str, Any] = {}
        for item in value.values():
            key = next(fresh)
            while key in built:  # two keys that are masked alike
                key += "'"
            built[key] = _rebuilt(item, fresh)
        return built
    if isinstance(value, list | tuple):
        return [_rebuilt(item, fresh) for item in value]
    text = next(fresh)
    return value if text == _plain(value) else text


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)
