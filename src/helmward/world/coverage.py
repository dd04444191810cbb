"""What was read and what was not: nothing follows from the absence of what was never read."""

from __future__ import annotations

from collections.abc import Mapping

_MOST_PROBLEMS = 100


class Coverage:
    """Counts of objects read by kind, and reasons for what was not, and sentences about broken input."""

    def __init__(self) -> None:
        self._read: dict[str, int] = {}
        self._partial: set[str] = set()
        self._unread: dict[str, str] = {}
        self._problems: dict[str, str] = {}  # sentence → what it is about

    def read(self, kind: str, count: int, whole: bool = True) -> None:
        """`count` objects of a kind were read; a reason for not reading it, if there was one, is gone.

        Not `whole`: there may be more of them (files that somebody chose), so that `knows` stays false.
        """
        self._read[kind] = count
        (self._partial.discard if whole else self._partial.add)(kind)
        self._unread.pop(kind, None)

    def counted(self, kind: str, more: int) -> None:
        """Objects of a kind that is read came (or, below zero, went)."""
        if kind in self._read:
            self._read[kind] += more

    def unread(self, kind: str, reason: str) -> None:
        """A kind (or a file) was not read, and why."""
        self._read.pop(kind, None)
        self._unread[kind] = reason

    def problem(self, sentence: str, about: str = "") -> None:
        """Something in the input is broken; said once, and only the first hundred.

        `about` names what must be `mended` for it to be said no longer (an object, a kind, a URL path); "" for what stays
        broken, as a file does.
        """
        if sentence in self._problems or len(self._problems) < _MOST_PROBLEMS:
            self._problems[sentence] = about

    def mended(self, about: str) -> None:
        """What was broken about this is whole again, or gone."""
        if self._problems and about:
            self._problems = {sentence: its for sentence, its in self._problems.items() if its != about}

    def troubled(self, *abouts: str) -> bool:
        """True if a problem about any of these stands."""
        return bool(self._problems) and not set(abouts).isdisjoint(self._problems.values())

    @property
    def problems(self) -> list[str]:
        """What of the input is broken now, in the order it was met."""
        return list(self._problems)

    def knows(self, kind: str) -> bool:
        """True if an absent object of this kind is really absent."""
        return kind in self._read and kind not in self._partial

    @property
    def counts(self) -> Mapping[str, int]:
        """Objects read, by kind."""
        return self._read

    @property
    def reasons(self) -> Mapping[str, str]:
        """Why something was not read, by kind or file."""
        return self._unread
