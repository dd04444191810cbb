"""Personal data: names, addresses, numbers of people, of what they pay with and of their papers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from helmward.guard.contract import About, Rule, Span, WindowedGuard, guard
from helmward.guard.matching.rows import openings
from helmward.guard.matching.scanner import Scanner
from helmward.guard.pii.kinds import CONFIDENTIAL, KINDS, LONGEST


@guard
class Pii(WindowedGuard):
    """What `guard/pii` knows. What opens an account or an identity is restricted, the rest is confidential."""

    name = "pii"
    order = 20
    roles = frozenset({"system", "user", "assistant", "tool"})
    rules = tuple(
        Rule(name, "mask", "confidential" if name in CONFIDENTIAL else "restricted", LONGEST)
        for name in sorted({kind.name for kind in KINDS})
    )

    def opens(self, about: About) -> Sequence[str]:
        """From the table's patterns."""
        return _opens()

    def areas(self, text: str, about: About) -> Iterable[tuple[int, int]]:
        """Where something is found: of what looks like a number of somebody, nearly all is none."""
        return _scanner().confirmed_areas(text)

    def find(self, text: str, about: About) -> Iterable[Span]:
        """The personal data. Raises ScanError."""
        return _scanner().find(text)


@cache
def _scanner() -> Scanner:
    return Scanner(Pii.name, KINDS)


@cache
def _opens() -> tuple[str, ...]:
    return openings(KINDS)
