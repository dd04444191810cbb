"""A JSON value as text that guards can look at, and the value masked by offsets in that text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from helmward.guard.contract import Hit
from helmward.guard.matching.marks import mark


class Part(NamedTuple):
    """A key or a text of a JSON value, by where it lies in the text that is looked at."""

    start: int
    end: int


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
        covering = [hit for hit in hits if hit.action == "mask"]
        if not covering:
            return self._value
        fresh = iter([self._masked(part, covering) for part in self._parts])
        return _rebuilt(self._value, fresh)

    def _masked(self, part: Part, hits: list[Hit]) -> str:
        at = part.start
        pieces: list[str] = []
        for hit in hits:
            start, end = max(hit.start, at), min(hit.end, part.end)
            if start < end:
                pieces += (self.text[at:start], mark(hit.rule))
                at = end
        return "".join((*pieces, self.text[at : part.end]))


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
