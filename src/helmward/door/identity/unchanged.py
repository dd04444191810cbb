"""Rows that were read and need not be read again: each request shows a token, and SQLAlchemy takes a third of a millisecond."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

Stamp = tuple[int, ...]
Row = TypeVar("Row", bound=dict[str, Any])

_MOST = 10_000  # rows


class Unchanged:
    """Rows by id, good as long as the database's files look as they did before the row was read; whoever writes, in this process
    or another, changes their time or size. Whether a row counts is still asked of the ledger each time."""

    def __init__(self, path: str) -> None:
        self._files = (Path(path), Path(f"{path}-wal"))
        self._rows: dict[str, tuple[Stamp, dict[str, Any]]] = {}

    def stamp(self) -> Stamp:
        """What the files look like now; empty where they cannot be looked at."""
        try:
            looks = [file.stat() for file in self._files]
        except OSError:
            return ()
        return tuple(number for look in looks for number in (look.st_mtime_ns, look.st_size, look.st_ino))

    def get(self, identity: str, stamp: Stamp) -> dict[str, Any] | None:
        """The row, if nothing was written since it was read."""
        known = self._rows.get(identity)
        return known[1] if known is not None and stamp and known[0] == stamp else None

    def keep(self, identity: str, stamp: Stamp, row: Row | None) -> Row | None:
        """Remember a row that was read after `stamp` was taken; the row."""
        if row is not None and stamp:
            if len(self._rows) >= _MOST:
                self._rows.clear()
            self._rows[identity] = (stamp, row)
        return row
