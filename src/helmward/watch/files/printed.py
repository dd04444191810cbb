"""What kubectl printed for people, tables and descriptions: kept as text until the clock is known, then read."""

from __future__ import annotations

from datetime import datetime

from helmward.watch.files.describe.read import read_description
from helmward.watch.files.drafts import Draft
from helmward.watch.files.events import numbered
from helmward.watch.files.layout import Place, Role
from helmward.watch.files.refusal import Refused
from helmward.watch.files.secrets import Reducer
from helmward.watch.files.tables.read import read_table, says_nothing


class Printed:
    """The printed files of one input."""

    def __init__(self, reducer: Reducer) -> None:
        self._reducer = reducer
        self._files: list[tuple[str, Place, str]] = []
        self.empty: set[str] = set()
        """Kinds of which a table said that there are none."""

    def add(self, file: str, place: Place, text: str) -> None:
        """Keep one file. Raises Refused where it holds nothing."""
        if place.role is Role.TABLE and says_nothing(text):
            if place.kind is not None:
                self.empty.add(place.kind.name)
            return
        if not text.strip():
            raise Refused("it is empty")
        self._files.append((file, place, text))

    def drafts(self, now: datetime) -> tuple[list[Draft], list[tuple[str, str]]]:
        """(the objects, the files that could not be read with the reason)."""
        found: list[Draft] = []
        refused: list[tuple[str, str]] = []
        for file, place, text in self._files:
            try:
                found += numbered(self._read(file, place, text, now))
            except Refused as refusal:
                refused.append((file, str(refusal)))
        return found, refused

    def _read(self, file: str, place: Place, text: str, now: datetime) -> list[Draft]:
        if place.role is Role.TABLE:
            return list(read_table(text, file, place.kind, place.namespace, now))
        return list(read_description(text, file, place, now, self._reducer))
