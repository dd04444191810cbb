"""Secrets in base64 or hexadecimal: a run of either whose text holds a secret is one itself.

As Kubernetes shows the values of a Secret, and as whoever wants to carry a key past a filter writes it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from functools import cache
from typing import Any

from helmward.guard.matching.kinds import Found, Kind
from helmward.guard.matching.scanner import Scanner
from helmward.guard.secrets.masking import scanner
from helmward.guard.secrets.spans import GUARD

NAME = "encoded"
_LONGEST = 8 * 1024
_HEX = frozenset("0123456789abcdefABCDEF")


@cache
def encoded() -> Scanner:
    """Finds them; compiled once, at first use."""
    return Scanner(GUARD, [Kind(NAME, r"[A-Za-z0-9+/_-]{20,}={0,2}", locate=_located)])


def areas(text: str) -> Iterator[tuple[int, int]]:
    """Where one may be: runs that hold a secret, and those so long that a window may see a part of them. Most long words are
    names of pods and digests, and are told from these at once."""
    for start, end in encoded().areas(text):
        run = text[start:end]
        if len(run) > _LONGEST // 2 or any(scanner().find(reading) for reading in _readings(run)):
            yield start, end


def _located(_: str, match: Any) -> Iterator[Found]:
    run = match.group().decode("latin-1") if isinstance(match.group(), bytes) else str(match.group())
    if any(scanner().find(text) for text in _readings(run)):
        start, end = match.span()
        yield Found(start, end, NAME, 0.85)


def _readings(run: str) -> Iterator[str]:
    """What a run may stand for, where that is text."""
    if len(run) > _LONGEST:
        return
    if len(run) % 2 == 0 and _HEX.issuperset(run):
        yield from _text(bytes.fromhex(run))
    if run.islower():  # a name of Kubernetes: of 20 characters of base64 some are capitals but once in 30,000 times
        return
    standard = run.rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        yield from _text(base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True))
    except (binascii.Error, ValueError):
        return


def _text(data: bytes) -> Iterator[str]:
    if data.isascii() and (text := data.decode()).translate(_SPACES).isprintable():
        yield text


_SPACES = {9: " ", 10: " ", 13: " "}
