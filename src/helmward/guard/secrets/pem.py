"""Private keys in PEM (RFC 7468) and PGP armour (RFC 9580): whole, on one line, or cut off before their end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from helmward.guard.matching.kinds import Found

KIND = "private-key"
_BEGIN = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY")
_END = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_HEADER = re.compile(r"(?:[\s\"',+]|\\+[nrt])*[A-Z][A-Za-z-]{2,20}: [^\r\n\\]{1,120}", re.A)
# A key's lines, with what logs and JSON put between them; the last one may be short.
_BODY = re.compile(
    r"(?:(?:[\s\"',+>|]|\\+[nrt])*[A-Za-z0-9+/]{16,}={0,2})+(?:(?:[\s\"',]|\\+[nrt])*[A-Za-z0-9+/]{1,15}={0,2})?", re.A
)


def private_key(text: str, match: Any) -> Iterator[Found]:
    """From the BEGIN line to its END line; without one, as far as what follows is a key's body."""
    start, after = match.span()
    another = _BEGIN.search(text, after)
    end = _END.search(text, after, another.start() if another else len(text))
    if end and end.start() > after:
        yield Found(start, end.end(), KIND, 0.99)
        return
    at = after
    while header := _HEADER.match(text, at):
        at = header.end()
    if body := _BODY.match(text, at):
        yield Found(start, body.end(), KIND, 0.9)
