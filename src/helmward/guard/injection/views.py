"""A text with some of its parts rewritten, that knows where each character came from."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple


class Edit(NamedTuple):
    """[start, end) of a text is read as `text`."""

    start: int
    end: int
    text: str


class View:
    """`text` after the edits; what overlaps an earlier edit is left out."""

    def __init__(self, source: str, edits: Iterable[Edit]) -> None:
        pieces: list[str] = []
        self._at: list[int] = [0]  # where a stretch begins in the view
        self._from: list[tuple[int, int, bool]] = [(0, 0, False)]  # its place in the source; whether it was rewritten
        length = at = 0
        for edit in sorted(edits):
            if edit.start < at:
                continue
            for text, start, end, rewritten in (
                (source[at : edit.start], at, edit.start, False),
                (edit.text, edit.start, edit.end, True),
            ):
                self._at.append(length)
                self._from.append((start, end, rewritten))
                pieces.append(text)
                length += len(text)
            at = edit.end
        self._at.append(length)
        self._from.append((at, len(source), False))
        self.text = "".join([*pieces, source[at:]])

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the source for those in the view; of a part that was rewritten, all of it."""
        return self._place(start, last=False), self._place(max(start, end - 1), last=True)

    def _place(self, offset: int, last: bool) -> int:
        number = bisect_right(self._at, offset) - 1
        start, end, rewritten = self._from[number]
        if rewritten:
            return end if last else start
        return min(end, start + offset - self._at[number] + last)
