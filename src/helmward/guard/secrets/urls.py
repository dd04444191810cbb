"""Passwords inside URLs: `scheme://user:password@host`. Only the password goes; user, host and path stay readable."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from helmward.guard.matching.kinds import Found
from helmward.guard.secrets.confirm import looks_random
from helmward.guard.secrets.plain import is_reference

_KIND = "connection-string"
_AUTHORITY = re.compile(r"[^\s/?#\"'<>]*", re.A)
_PORT = re.compile(r"\d{0,5}|port", re.I)
_HOST_FOLLOWS = re.compile(r"@(?=[A-Za-z0-9\[][A-Za-z0-9.:\[\]-]*(?:[/?#,\s\"'<>]|\Z))")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*\Z")
_STARRED = re.compile(r"[*x•]+", re.I)
# `scheme://USER:PASSWORD@HOST` shows the form of a URL.
_NAMES = re.compile(r"(?:YOUR_?)?(?:PASSWORD|PASSWD|PASS|PWD|SECRET|TOKEN)")
_HEX_TOKEN = re.compile(r"[0-9a-fA-F]{32,}")


def userinfo(text: str, match: Any) -> Iterator[Found]:
    """The passwords of every URL in a run of text without white space that holds `://` and, later, `@`."""
    start, end = match.span()
    starts = [position + 3 for position in _positions(text, start, end)]
    for index, begin in enumerate(starts):
        limit = starts[index + 1] - 3 if index + 1 < len(starts) else _run_end(text, end)
        yield from _one(text, begin, _without_scheme(text, begin, limit) if index + 1 < len(starts) else limit)


def _one(text: str, begin: int, limit: int) -> Iterator[Found]:
    matched = _AUTHORITY.match(text, begin, limit)
    end = matched.end() if matched else begin
    at = text.rfind("@", begin, end)
    if at < 0:
        at = _at_after_slash(text, begin, end, limit)
    if at < 0:
        return
    colon = text.find(":", begin, at)
    if colon >= 0:
        start, secret = colon + 1, text[colon + 1 : at]
        if secret and not _NAMES.fullmatch(secret) and not is_reference(secret) and not _STARRED.fullmatch(secret):
            yield Found(start, at, _KIND, 0.95)
    elif looks_random(user := text[begin:at]) or _HEX_TOKEN.fullmatch(user):
        yield Found(begin, at, _KIND, 0.8)


def _at_after_slash(text: str, begin: int, end: int, limit: int) -> int:
    """The @ that ends a password in which somebody left a `/`, `?` or `#` unescaped; -1 if there is none."""
    colon = text.find(":", begin, end)
    if colon < 0 or text[begin] == "[" or _PORT.fullmatch(text, colon + 1, end) or text[colon + 1] in "${%<":
        return -1
    follows = _HOST_FOLLOWS.search(text, end, limit)
    return follows.start() if follows else -1


def _positions(text: str, start: int, end: int) -> Iterator[int]:
    at = text.find("://", start, end)
    while at >= 0:
        yield at
        at = text.find("://", at + 3, end)


def _without_scheme(text: str, begin: int, limit: int) -> int:
    scheme = _SCHEME.search(text, begin, limit)
    return scheme.start() if scheme else limit


def _run_end(text: str, at: int) -> int:
    run = re.compile(r"[^\s\"'<>]*", re.A).match(text, at)
    return run.end() if run else at
