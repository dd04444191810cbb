"""A call as one JSON text, and where in it each value stands."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

DEEPEST = 48
"""Levels of nesting; no tool of ours or of the field's takes as many."""


class TooDeep(ValueError):
    """Arguments nested deeper than DEEPEST."""


class Leaf(NamedTuple):
    """A string, number, boolean or null among the arguments, or an object's key (`value` is it, `is_key` says so).
    `path`: the keys that lead to it, without list positions; offsets in the JSON text, quotes not counted."""

    path: tuple[str, ...]
    value: object
    start: int
    end: int
    is_key: bool


class Written:
    """The JSON text `{"name": …, "arguments": …}` of a call. Raises TooDeep."""

    def __init__(self, name: str, arguments: Mapping[str, object] | str) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self.leaves: list[Leaf] = []
        self._add('{"name": ')
        self.name = self._string(name)
        self._add(', "arguments": ')
        begins = self._length
        self._value((), arguments, 0)
        self.arguments = (begins, self._length)
        self._add("}")
        self.text = "".join(self._pieces)

    def _add(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)

    def _string(self, value: str) -> tuple[int, int]:
        start = self._length + 1
        self._add(json.dumps(value, ensure_ascii=False))
        return start, self._length - 1

    def _value(self, path: tuple[str, ...], value: object, depth: int) -> None:
        if depth > DEEPEST:
            raise TooDeep(f"Arguments are nested deeper than {DEEPEST} levels.")
        if isinstance(value, Mapping):
            self._object(path, value, depth)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            self._list(path, value, depth)
        elif isinstance(value, str):
            self.leaves.append(Leaf(path, value, *self._string(value), is_key=False))
        else:
            start = self._length
            self._add(json.dumps(value))
            self.leaves.append(Leaf(path, value, start, self._length, is_key=False))

    def _object(self, path: tuple[str, ...], value: Mapping[str, object], depth: int) -> None:
        self._add("{")
        for number, (key, inner) in enumerate(value.items()):
            self._add(", " if number else "")
            self.leaves.append(Leaf(path, key, *self._string(str(key)), is_key=True))
            self._add(": ")
            self._value((*path, str(key)), inner, depth + 1)
        self._add("}")

    def _list(self, path: tuple[str, ...], value: Sequence[object], depth: int) -> None:
        self._add("[")
        for number, inner in enumerate(value):
            self._add(", " if number else "")
            self._value(path, inner, depth + 1)
        self._add("]")
