"""Where the value of an assignment ends: quoted, escaped inside another string, a YAML block, or a bare word."""

from __future__ import annotations

import re
from typing import NamedTuple

_LONGEST = 65536
# No stop is looked for in a longer bare word: it is no setting among others, and hostile texts would take long.
_LONGEST_STOPPED = 4096
_OPEN = re.compile(r"[bru]{0,2}(\\*)([\"'`])")
_BLOCK = re.compile(r"[|>][+-]?\d?[ \t]*\r?\n[ \t]*(\S[^\r\n]*)")
_BRACKETED = re.compile(r"<[^<>\r\n]*>|\$?\{\{?[^{}\r\n]*\}\}?|\$\([^()\r\n]*\)|\([a-z]+(?: [a-z]+){0,3}\)")
_BARE = re.compile(r"\S+", re.A)
# A bare value ends before these where what follows shows that they are not part of it.
_STOP = re.compile(
    r"""[,;&](?=\s|\Z|["'{\[]|[\w.-]+[ \t]*[=:])
      | ["'`](?=[\s,;:)\]}>]|\Z)
      | [)\]}>](?=[\s,;.:)\]}>"']|\Z)
      | \\+["']
      | \\+[nrt](?=[\w.-]*[ \t]*[=:"'\\-]|\s|\Z)
      | </""",
    re.A | re.X,
)
_BRACKETS = {")": "(", "]": "[", "}": "{", ">": "<"}
_SETTING = (
    r"(?:server|data source|host|addr|address|initial catalog|database|user id|uid|user|username|endpoint|dbname|port)"
)
_ADO_BEFORE = re.compile(rf"\b{_SETTING}[ \t]*=[^;\r\n]*;[^\r\n]*\Z", re.I | re.A)
_ADO_AFTER = re.compile(rf"[^;\r\n\"']*;[ \t]*{_SETTING}[ \t]*=", re.I | re.A)


class Value(NamedTuple):
    """A value's place in the text, and whether quotes (or a block) bound it."""

    start: int
    end: int
    quoted: bool


def read_value(text: str, at: int, whole_line: bool = False) -> Value:
    """The value that begins at `at`. A bare one ends at white space, or with `whole_line` at the end of the line."""
    if opened := _OPEN.match(text, at):
        return Value(opened.end(), _closing(text, opened.end(), opened.group(1), opened.group(2)), True)
    if block := _BLOCK.match(text, at):
        return Value(*block.span(1), True)
    if reference := _BRACKETED.match(text, at):
        return Value(*reference.span(), False)
    bare = _BARE.match(text, at, at + _LONGEST)
    if bare is None:
        return Value(at, at, False)
    if whole_line:
        return Value(at, at + len(text[at : line_end(text, at)].rstrip(" \t\r")), False)
    if bare.end() - at > _LONGEST_STOPPED:
        return Value(at, bare.end(), False)
    ends = (stop.start() for stop in _STOP.finditer(text, at, bare.end()) if not _closes(text, at, stop.start()))
    return Value(at, next(ends, bare.end()), False)


def read_connection_value(text: str, start: int, at: int) -> Value | None:
    """The value at `at` as an ADO connection string bounds it (`;`), if the setting at `start` stands in one."""
    line = text.rfind("\n", max(0, start - 300), start) + 1 or max(0, start - 300)
    if not _ADO_BEFORE.search(text, line, start) and not _ADO_AFTER.match(text, at, at + 300):
        return None
    bounded = re.compile(r"[^;\r\n\"']*").match(text, at, at + _LONGEST)
    end = bounded.end() if bounded else at
    return Value(at, end, True) if text[end : end + 1] == ";" else None


def line_end(text: str, at: int) -> int:
    """Where the line of `at` ends."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _closes(text: str, at: int, position: int) -> bool:
    """Whether the bracket at `position` closes one that opened inside the value."""
    opening = _BRACKETS.get(text[position])
    # Counting far back for every bracket would take a hostile text quadratic time.
    if opening is None or position - at > 256:
        return False
    return text.count(opening, at, position) > text.count(text[position], at, position)


def _closing(text: str, at: int, escapes: str, quote: str) -> int:
    limit = min(line_end(text, at), at + _LONGEST)
    position = at
    while (position := text.find(quote, position, limit)) >= 0:
        backslashes = position - at - len(text[at:position].rstrip("\\"))
        if escapes and backslashes == len(escapes):
            return position - backslashes
        if not escapes and backslashes % 2 == 0:
            return position
        position += 1
    return limit
