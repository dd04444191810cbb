"""What the secret guard is made of: a kind of secret, a place where one was found, and the mark that replaces it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

GUARD = "secrets"
# What replaces a text that the engine could not scan.
UNREADABLE = "unreadable"
# A mark is never scanned again, and nothing is matched across one.
MARK = re.compile(r"\[secrets/[a-z0-9-]{2,48}\]")


class Span(NamedTuple):
    """A secret in a text: its rule (`secrets/aws-access-key`), character offsets, and how sure we are (0..1)."""

    rule: str
    start: int
    end: int
    confidence: float


class Found(NamedTuple):
    """What a kind's `locate` yields: offsets in the scanned text, the kind's name, how sure it is (0..1)."""

    start: int
    end: int
    kind: str
    confidence: float


Confirm = Callable[[str], float]
# (text, the RE2 match) -> what of it is secret. The text has one character per byte: see scan.py.
Locate = Callable[[str, Any], Iterator[Found]]


def certain(_: str) -> float:
    """The format alone is proof enough."""
    return 0.95


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of secret, as a row of a table.

    `pattern` is RE2 over Latin-1. Without `locate`, its group 1 (or else all of it) is the secret, if `confirm` gives
    it a confidence above 0. With `locate`, the pattern only says where to look.
    """

    name: str
    pattern: str
    confirm: Confirm = certain
    locate: Locate | None = None


def mark(kind: str) -> str:
    """The text that stands where a secret of this kind was."""
    return f"[{GUARD}/{kind}]"
