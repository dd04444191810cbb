"""Why one file or one document could not be read: caught where coverage is kept, never shown as a traceback."""

from __future__ import annotations


class Refused(Exception):
    """A whole file cannot or must not be read; `str()` is the reason."""


class Broken(Exception):
    """One document is broken. `line` is 1-based within the text that was parsed."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line
