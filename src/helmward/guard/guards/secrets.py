"""Secrets: credentials, keys and connection strings in any text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from helmward.guard.contract import About, Rule, Span, WindowedGuard, guard
from helmward.guard.matching.prefixes import unfinished
from helmward.guard.secrets.encoded import NAME, encoded
from helmward.guard.secrets.encoded import areas as encoded_areas
from helmward.guard.secrets.kinds import KINDS, LOCATED
from helmward.guard.secrets.masking import scanner
from helmward.guard.secrets.names import NAMED


@guard
class Secrets(WindowedGuard):
    """What `guard/secrets` knows."""

    name = "secrets"
    order = 10
    roles = frozenset({"system", "user", "assistant", "tool"})
    rules = tuple(
        Rule(name, "mask", "restricted") for name in sorted({kind.name for kind in KINDS} | NAMED | LOCATED | {NAME})
    )

    def opens(self, about: About) -> Sequence[str]:
        """From the table's patterns."""
        return _opens()

    def areas(self, text: str, about: About) -> Iterable[tuple[int, int]]:
        """Where a pattern matches."""
        return [*scanner().areas(text), *encoded_areas(text)]

    def find(self, text: str, about: About) -> Iterable[Span]:
        """The secrets. Raises ScanError."""
        found = scanner().find(text)
        hidden = [span for span in encoded().find(text) if not any(_overlap(span, other) for other in found)]
        return [*found, *hidden]


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


@cache
def _opens() -> tuple[str, ...]:
    found = (unfinished(kind.pattern, kind.then) for kind in KINDS)
    return tuple(pattern for pattern in found if pattern is not None)
