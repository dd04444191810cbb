"""One kind of thing that can be found, as a row of a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple


class Found(NamedTuple):
    """What a kind's `locate` yields: offsets in the scanned text, the kind's name, how sure it is (0..1)."""

    start: int
    end: int
    kind: str
    confidence: float


Confirm = Callable[[str], float]
# (text, the RE2 match) -> what of it is found. The text has one character per byte: see scanner.py.
Locate = Callable[[str, Any], Iterator[Found]]


def certain(_: str) -> float:
    """The format alone is proof enough."""
    return 0.95


@dataclass(frozen=True, slots=True)
class Kind:
    """`pattern` is RE2 over Latin-1. Without `locate`, its group 1 (or else all of it) is what is found, if `confirm` gives
    it a confidence above 0. With `locate`, the pattern only says where to look, and `then` (RE2) matches every beginning of
    what `locate` may read after it, `before` what it may read before it, so that a stream waits for it.
    """

    name: str
    pattern: str
    confirm: Confirm = certain
    locate: Locate | None = None
    then: str = ""
    before: str = ""
