"""YAML in pieces that a template can colour: of each line what stands before a key, the key, and what follows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_MOST = 4000  # lines with colours; what is longer is shown plainly
_KEY = re.compile(r"""(?P<before>(?:\ |-\ )*)(?P<key>'[^']*'|"[^"]*"|[^\s:#'"|>{\[][^:]*)(?P<after>:(?:\ .*)?)""", re.X)
_BLOCK = re.compile(r".*(?:: |- )[|>][-+0-9]*")


class Line(NamedTuple):
    """A line; `key` is "" where there is none."""

    before: str
    key: str
    after: str


def parted(text: str) -> list[Line]:
    """The lines of a YAML text."""
    lines = text.splitlines()
    return list(_parted(lines)) if len(lines) <= _MOST else [Line("", "", line) for line in lines]


def _parted(lines: list[str]) -> Iterator[Line]:
    block: int | None = None  # the indentation of the line that began a text of several lines
    for line in lines:
        indent = len(line) - len(line.lstrip(" "))
        if block is not None and (indent > block or not line.strip()):
            yield Line("", "", line)
            continue
        block = indent if _BLOCK.fullmatch(line) else None
        found = _KEY.fullmatch(line)
        yield Line(found["before"], found["key"], found["after"]) if found else Line("", "", line)
