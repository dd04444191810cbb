"""The folder of a log: segments named by the first record they hold, so that none can be missing unseen."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from helmward.door.audit.errors import AuditError

_NAME = re.compile(r"[0-9]{12}\.jsonl")


class Segment(NamedTuple):
    """A file of the log; `first` is the sequence number of its first record."""

    first: int
    path: Path

    def read(self) -> bytes:
        """All of it. Raises AuditError."""
        try:
            return self.path.read_bytes()
        except OSError as error:
            raise AuditError(f"{self.path} of the audit log cannot be read ({error.strerror}).") from None


def segment(folder: Path, first: int) -> Segment:
    """The segment that begins, or will begin, with record `first`."""
    return Segment(first, folder / f"{first:012d}.jsonl")


def segments(folder: Path) -> list[Segment]:
    """Those there are, in order. Raises AuditError where the folder cannot be read."""
    return [Segment(int(path.stem), path) for path in _entries(folder) if _NAME.fullmatch(path.name)]


def strangers(folder: Path) -> list[str]:
    """Names in the folder that are no segment's."""
    return [path.name for path in _entries(folder) if not _NAME.fullmatch(path.name) or not _is_plain(path)]


def since(folder: Path, sequence: int) -> list[Segment]:
    """The segments that hold record `sequence` and what follows it."""
    found = segments(folder)
    kept = [one for one, later in pairwise(found) if later.first > sequence]
    return kept + found[-1:]


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise AuditError(f"The audit log {folder} cannot be read ({error.strerror}).") from None
