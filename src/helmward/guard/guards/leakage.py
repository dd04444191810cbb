"""Leakage: what a model's answer would carry out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from helmward.core.settings_guard import GuardSettings
from helmward.guard.contract import About, Span, Unfinished, WindowedGuard, guard
from helmward.guard.leakage.canaries import Canaries
from helmward.guard.leakage.instructions import Instructions, instructions_of
from helmward.guard.leakage.links import OPENS, Links
from helmward.guard.leakage.rules import NAME, RULES


@guard
class Leakage(WindowedGuard):
    """Stands on answers, and on the arguments of the calls a model asks for: its instructions, planted marks, links that
    carry data."""

    name = NAME
    order = 40
    roles = frozenset({"assistant"})
    rules = RULES

    def __init__(self, settings: GuardSettings | None = None) -> None:
        settings = settings or GuardSettings()
        self._canaries = Canaries(settings.canaries)
        self._links = Links(settings.allowed_link_hosts)

    def opens(self, about: About) -> Sequence[str]:
        """A link, an image or a tag under way; a canary that has begun."""
        return (*OPENS, *self._canaries.opens)

    def unfinished(self, about: About) -> Unfinished | None:
        """Words of the instructions, in their order."""
        known = _instructions(about)
        return known.unfinished if known is not None else None

    def areas(self, text: str, about: About) -> Iterable[tuple[int, int]]:
        """Where any of them is."""
        known = _instructions(about)
        found = [*self._canaries.areas(text), *self._links.areas(text)]
        return [*found, *known.areas(text)] if known is not None else found

    def find(self, text: str, about: About) -> Iterable[Span]:
        """What would leak. Raises ScanError."""
        known = _instructions(about)
        found = [*self._canaries.find(text), *self._links.find(text)]
        if known is not None:
            found += known.find(text)
        return sorted(found, key=lambda span: (span.start, span.end, span.rule))


def _instructions(about: About) -> Instructions | None:
    return instructions_of(tuple(about.instructions)) if about.instructions else None
