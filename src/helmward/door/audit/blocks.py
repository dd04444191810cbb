"""Reads a log's committed lines in blocks, from its end backwards or from a place on: bounded memory, whatever its size."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from helmward.door.audit.errors import AuditError
from helmward.door.audit.lines import COMMIT
from helmward.door.audit.segments import Segment, segments, since

BLOCK = 256 * 1024
"""Bytes read at once."""

_COMMIT_LINE = b"\n" + COMMIT
_COMMITTED = re.compile(rb'^\{"commit":\{"log":"[^"]*","first":\d+,"last":(\d+),.*\n', re.MULTILINE)
_RECORD = re.compile(rb'^\{"sequence":(\d+),"time":"([^"]*)"', re.MULTILINE)


class Piece(NamedTuple):
    """Whole lines of a segment: its bytes from `start` up to `end`."""

    segment: Segment
    start: int
    end: int


class Span(NamedTuple):
    """The numbers of a block's first and last record, and the first one's time."""

    first: int
    last: int
    time: str


def backwards(one: Segment, size: int = BLOCK) -> Iterator[bytes]:
    """A segment's committed lines in blocks of whole lines, the last block first. Raises AuditError."""
    end, rest = committed_end(one, size), b""
    while end > 0:
        start = max(0, end - size)
        data = _read(one, start, end) + rest
        cut = data.find(b"\n") + 1 if start else 0
        if len(data) > cut:
            yield data[cut:]
        end, rest = start, data[:cut]


def forwards(piece: Piece, size: int = BLOCK) -> Iterator[bytes]:
    """The lines of a piece in blocks of whole lines, in their order. Raises AuditError."""
    rest = b""
    for start in range(piece.start, piece.end, size):
        data = rest + _read(piece.segment, start, min(start + size, piece.end))
        cut = data.rfind(b"\n") + 1
        if cut:
            yield data[:cut]
        rest = data[cut:]


def pieces(folder: Path, after: int) -> list[Piece]:
    """Where the groups stand that hold what follows record `after`, and before them the commit that they are chained to.

    What is added later is not in it. Raises AuditError.
    """
    found = since(folder, after + 1)
    if not found:
        return []
    whole = [Piece(one, 0, committed_end(one)) for one in found]
    start = _group_of(whole[0], after)
    if start == 0 and found[0].first > 1:
        whole.insert(0, _last_commit([one for one in segments(folder) if one.first < found[0].first][-1]))
        return whole
    return [whole[0]._replace(start=start), *whole[1:]]


def committed_end(one: Segment, size: int = BLOCK) -> int:
    """The offset after a segment's last commit; what stands behind it was never acknowledged. Raises AuditError."""
    start, data = _size(one.path), b""
    while start > 0:
        before, start = start, max(0, start - size)
        data = _read(one, start, before) + data
        at = data.rfind(_COMMIT_LINE)
        while at >= 0:
            end = data.find(b"\n", at + 1)
            if end >= 0:
                return start + end + 1
            at = data.rfind(_COMMIT_LINE, 0, at)
    return 0


def span(block: bytes) -> Span | None:
    """Which records a block of whole lines holds; None where there is none."""
    first = _RECORD.search(block)
    if first is None:
        return None
    last = _RECORD.match(block, block.rfind(b'\n{"sequence":') + 1) or first
    return Span(int(first[1]), int(last[1]), first[2].decode("ascii", "replace"))


def begins(one: Segment) -> str:
    """The time of a segment's first record; "" where it holds none yet."""
    found = _RECORD.match(_read(one, 0, 200))
    return found[2].decode("ascii", "replace") if found else ""


def _group_of(piece: Piece, after: int) -> int:
    """Where the last commit begins that does not reach beyond record `after`; 0 where there is none."""
    start = 0
    data = piece.segment.read()[: piece.end] if after >= piece.segment.first else b""
    for commit in _COMMITTED.finditer(data):
        if int(commit[1]) > after:
            break
        start = commit.start()
    return start


def _last_commit(one: Segment) -> Piece:
    end = committed_end(one)
    data = _read(one, max(0, end - 1000), end)
    return Piece(one, end - len(data) + data.rfind(_COMMIT_LINE) + 1, end)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise AuditError(f"{path} of the audit log cannot be read ({error.strerror}).") from None


def _read(one: Segment, start: int, end: int) -> bytes:
    try:
        descriptor = os.open(one.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            return os.pread(descriptor, end - start, start)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise AuditError(f"{one.path} of the audit log cannot be read ({error.strerror}).") from None
