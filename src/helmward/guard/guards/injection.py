"""Injection: text that tries to be an instruction where it should be a question or data."""

from __future__ import annotations

from collections.abc import Iterable

from helmward.guard.contract import About, Guard, Span, guard
from helmward.guard.injection.rules import NAME, RULES
from helmward.guard.injection.search import search


@guard
class Injection(Guard):
    """Stands on what people and tools say; the system's own texts are the operator's."""

    name = NAME
    order = 30
    roles = frozenset({"user", "tool"})
    rules = RULES

    def find(self, text: str, about: About) -> Iterable[Span]:
        """The instructions that should not be there."""
        return search(text, about.role)
