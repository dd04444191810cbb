"""Characters that do not belong into an argument: invisible ones, and what makes a name an option."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helmward.guard.tool_calls.purpose import Purpose

# Bidirectional overrides, tag characters and controls have no use in any argument; joiners and marks have in prose alone.
_NEVER = re.compile("[\u202a-\u202e\u2066-\u2069\U000e0001-\U000e007f\x00-\x08\x0e-\x1f\x7f]")
_HIDDEN = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u2028\u2029\u2060-\u2064\ufeff\ufe00-\ufe0f]")
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007f]+")  # the flags of England, Scotland, Wales
_EDGES = re.compile(r"-|\s|.*\s\Z", re.S)
_BREAK = re.compile(r"[\r\n\x0b\x0c\u0085]")


def characters(value: str, purpose: Purpose) -> Iterator[tuple[str, float]]:
    """Hidden characters; and, in names, a leading `-` or white space at an edge (CVE-2025-66404)."""
    strict = purpose in ("name", "path", "address", "value")
    if not value.isascii() or not value.isprintable():
        if _NEVER.search(_FLAG.sub("", value)):
            yield "hidden-characters", 0.95
        elif strict and len(value) <= 256 and _HIDDEN.search(value):
            yield "hidden-characters", 0.8
    if purpose in ("name", "address", "path") and (_EDGES.match(value) or _BREAK.search(value)):
        yield "option-injection", 0.9
