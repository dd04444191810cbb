"""Looks at one text, or at a part of a stream that is sure by now, with every guard of its role."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from helmward.guard.contract import About, Guard, Role, Span, WindowedGuard
from helmward.guard.windows import CONTEXT, Cutter, windows


class TooSlow(Exception):
    """The guards took longer than settings allow."""


class Standing(NamedTuple):
    """The guards of one role: those that see whole texts, and those that stand on streams too."""

    whole: tuple[Guard, ...]
    windowed: tuple[WindowedGuard, ...]

    @classmethod
    def of(cls, guards: Sequence[Guard], role: Role) -> Standing:
        """Those of `guards` that stand on texts of this role, in their order."""
        mine = [guard for guard in guards if role in guard.roles]
        windowed = tuple(guard for guard in mine if isinstance(guard, WindowedGuard))
        return cls(tuple(guard for guard in mine if not isinstance(guard, WindowedGuard)), windowed)


class Look:
    """The guards of one role, and the cutter of those that stand on streams; for one request's texts of that role."""

    def __init__(self, guards: Standing, about: About, seconds: float) -> None:
        self._about, self._seconds = about, seconds
        self._whole, self._windowed = guards
        self._until = time.thread_time() + seconds

    @cached_property
    def cutter(self) -> Cutter:
        """Cuts texts for these guards; most texts have nothing in them, and need none. A process's first takes long to
        compile; that time is not the text's."""
        began = time.thread_time()
        patterns = [pattern for guard in self._windowed for pattern in guard.opens(self._about)]
        others = [other for guard in self._windowed if (other := guard.unfinished(self._about)) is not None]
        cutter = Cutter(patterns, others)
        self._until += time.thread_time() - began
        return cutter

    def whole(self, text: str) -> list[Span]:
        """Everything in a whole text. Raises TooSlow, and whatever a guard raises."""
        self.renew()
        found: list[Span] = []
        for guard in self._whole:
            found += guard.find(text, self._about)
        return found + self.pieces(text, 0, len(text))

    def pieces(self, text: str, start: int, end: int) -> list[Span]:
        """What the windowed guards find between two cuts."""
        found: list[Span] = []
        for guard in self._windowed:
            areas = sorted(guard.areas(text[start:end], self._about))
            if not areas:
                continue
            for piece in self.cutter.pieces(text, [(start + a, start + b) for a, b in areas], start, end):
                found += self._piece(guard, text, *piece)
                self.in_time()
        self.in_time()
        return found

    def _piece(self, guard: WindowedGuard, text: str, start: int, end: int) -> Iterator[Span]:
        covered = start
        for window in windows(start, end, closed=True):
            for span in self._find(guard, text, start, window.start, window.end):
                if span.start < window.until and span.end > covered:
                    yield span._replace(start=max(span.start, covered))
                    covered = span.end

    def window(self, text: str, piece: int, start: int, end: int, until: int) -> list[list[Span]]:
        """What each windowed guard finds in one window of a piece that is longer, for a stream: a list a guard."""
        found = [
            [span for span in self._find(guard, text, piece, start, end) if span.start < until]
            for guard in self._windowed
        ]
        self.in_time()
        return found

    def _find(self, guard: WindowedGuard, text: str, piece: int, start: int, end: int) -> Iterable[Span]:
        """The finds of a window that begin in it; it sees a little of its piece before it."""
        seen = max(piece, start - CONTEXT)
        for rule, begin, stop, sure in guard.find(text[seen:end], self._about):
            if seen + stop > start and (seen + begin >= start or seen == start):
                yield Span(rule, seen + begin, seen + stop, sure)

    def renew(self) -> None:
        """The time for a text begins: that of this thread's own work, so that a busy machine is no slow guard."""
        self._until = time.thread_time() + self._seconds

    def in_time(self) -> None:
        """Raises TooSlow."""
        if time.thread_time() > self._until:
            raise TooSlow(f"the guards took longer than {self._seconds:g} s")
