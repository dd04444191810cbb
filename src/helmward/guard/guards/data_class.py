"""The class of data: markings of documents, and what is about one's own systems. It tells the class and lets the text pass."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from helmward.guard.contract import About, Rule, Span, WindowedGuard, guard
from helmward.guard.data_classes.kinds import CLASSES, KINDS
from helmward.guard.matching.rows import openings
from helmward.guard.matching.scanner import Scanner


@guard
class DataClassMarks(WindowedGuard):
    """What `guard/data_classes` knows. Each rule only raises the class: settings may make it more."""

    name = "data-class"
    order = 40
    roles = frozenset({"system", "user", "assistant", "tool"})
    rules = tuple(Rule(name, "allow", CLASSES[name], 512) for name in sorted(CLASSES))

    def opens(self, about: About) -> Sequence[str]:
        """From the table's patterns."""
        return _opens()

    def areas(self, text: str, about: About) -> Iterable[tuple[int, int]]:
        """Where a pattern matches."""
        return _scanner().areas(text)

    def find(self, text: str, about: About) -> Iterable[Span]:
        """The marks. Raises ScanError."""
        return _scanner().find(text)


@cache
def _scanner() -> Scanner:
    return Scanner(DataClassMarks.name, KINDS)


@cache
def _opens() -> tuple[str, ...]:
    return openings(KINDS)
