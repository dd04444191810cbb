"""YAML to plain values, in bounded time: document by document, so that a broken one does not spoil the others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from helmward.watch.files.refusal import Broken
from helmward.watch.files.scalars import key_text, resolve

_MARKER = re.compile(r"^---(?=\s|$)", re.MULTILINE)
_NOTHING = re.compile(r"(?:\s|#[^\n]*|%[^\n]*|---(?=\s|$)|\.\.\.(?=\s|$))*")
_DEEPEST = 200
_MOST_EXPANDED = 16 << 20
"""Bytes that aliases may add to a file once they are written out: a bomb of nine levels would add gigabytes."""


@dataclass
class Parsed:
    """One document. `lines` gives the 1-based line at which a mapping near the root starts, by the mapping's id."""

    value: Any
    line: int
    lines: dict[int, int] = field(default_factory=dict)
    doubles: list[tuple[int, str]] = field(default_factory=list)


def split(text: str) -> Iterator[tuple[int, str]]:
    """(lines before it, text) of each document that has content; `---` in the first column always starts one."""
    starts = sorted({0, *(match.start() for match in _MARKER.finditer(text))})
    before = 0
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        part = text[start:end]
        content = _NOTHING.match(part)
        if content is None or content.end() < len(part):
            yield before, part
        before += part.count("\n")


class Reader:
    """Reads the documents of one file; the budget for aliases is the file's."""

    def __init__(self) -> None:
        self._expanded = 0

    def read(self, text: str) -> Iterator[Parsed]:
        """The documents of one part (more than one only after `...`). Raises Broken."""
        try:
            builder: _Builder | None = None
            for event in yaml.parse(text, Loader=yaml.CSafeLoader):
                if isinstance(event, yaml.DocumentStartEvent):
                    builder = _Builder(self._expanded)
                elif isinstance(event, yaml.DocumentEndEvent) and builder is not None:
                    self._expanded = builder.expanded
                    yield builder.parsed()
                elif builder is not None:
                    builder.take(event)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            what = ", ".join(part for part in (error.context, error.problem) if part)
            raise Broken(mark.line + 1 if mark else 1, what) from None
        except yaml.YAMLError as error:
            raise Broken(1, str(error).splitlines()[0]) from None


@dataclass
class _Frame:
    """A mapping or sequence that is still open."""

    value: dict[str, Any] | list[Any]
    anchor: str | None
    weight: int
    key: str | None = None
    merge: bool = False
    merged: list[Any] = field(default_factory=list)


class _Builder:
    def __init__(self, expanded: int) -> None:
        self.expanded = expanded
        self._weight = 0
        self._stack: list[_Frame] = []
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._lines: dict[int, int] = {}
        self._doubles: list[tuple[int, str]] = []
        self._root: Any = None
        self._line = 1

    def parsed(self) -> Parsed:
        return Parsed(self._root, self._line, self._lines, self._doubles)

    def take(self, event: Any) -> None:
        """One event of the parser."""
        if isinstance(event, yaml.ScalarEvent):
            self._weight += len(event.value) + 4
            value = _scalar(event)
            if event.anchor:
                self._anchors[event.anchor] = (value, len(event.value) + 4)
            self._add(value, event, event.implicit[0] and event.value == "<<")
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._close(event)
        elif isinstance(event, yaml.AliasEvent):
            self._add(self._alias(event), event)

    def _open(self, event: Any) -> None:
        if len(self._stack) >= _DEEPEST:
            raise Broken(event.start_mark.line + 1, f"it is nested more than {_DEEPEST} levels deep")
        self._weight += 4
        value: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        if isinstance(value, dict) and len(self._stack) <= 2:
            self._lines[id(value)] = event.start_mark.line + 1
        self._stack.append(_Frame(value, event.anchor, self._weight))

    def _close(self, event: Any) -> None:
        frame = self._stack.pop()
        for merged in frame.merged:
            for key, value in merged.items():
                frame.value.setdefault(key, value)  # type: ignore[union-attr]
        if frame.anchor:
            self._anchors[frame.anchor] = (frame.value, self._weight - frame.weight + 4)
        self._add(frame.value, event)

    def _alias(self, event: Any) -> Any:
        if event.anchor not in self._anchors:
            raise Broken(event.start_mark.line + 1, f"the alias *{event.anchor} has no anchor before it")
        value, weight = self._anchors[event.anchor]
        self._weight += weight
        self.expanded += weight
        if self.expanded > _MOST_EXPANDED:
            raise Broken(event.start_mark.line + 1, "its aliases expand to more than any real manifest holds")
        return value

    def _add(self, value: Any, event: Any, merge: bool = False) -> None:
        if not self._stack:
            self._root, self._line = value, self._lines.get(id(value), event.start_mark.line + 1)
            return
        frame = self._stack[-1]
        if isinstance(frame.value, list):
            frame.value.append(value)
        elif frame.key is None and not frame.merge:
            self._key(frame, value, event, merge)
        elif frame.merge:
            frame.merge = False
            self._merge(frame, value, event)
        else:
            frame.value[frame.key] = value  # type: ignore[index]
            frame.key = None

    def _key(self, frame: _Frame, value: Any, event: Any, merge: bool) -> None:
        line = event.start_mark.line + 1
        if merge:
            frame.merge = True
            return
        key = key_text(value)
        if key is None:
            raise Broken(line, "a mapping's key is itself a mapping or a list")
        if key in frame.value:
            self._doubles.append((line, key))
        frame.key = key

    def _merge(self, frame: _Frame, value: Any, event: Any) -> None:
        parts = value if isinstance(value, list) else [value]
        if not all(isinstance(part, dict) for part in parts):
            raise Broken(event.start_mark.line + 1, "`<<` merges something that is no mapping")
        frame.merged += parts


def _scalar(event: Any) -> Any:
    tag = event.tag
    if event.implicit[0] or (tag and tag.endswith((":int", ":float", ":bool", ":null"))):
        return resolve(event.value)
    return event.value
