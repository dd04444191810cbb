"""Reads records back: the last ones, or page by page. Only what is committed is shown; `verify.py` says whether it is true."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from helmward.core import typed
from helmward.door.audit.errors import AuditError
from helmward.door.audit.lines import COMMIT
from helmward.door.audit.record import Record
from helmward.door.audit.segments import Segment, segments
from helmward.door.audit.segments import since as segments_since


class _When(msgspec.Struct):
    sequence: int
    time: str


def tail(folder: Path, count: int) -> list[bytes]:
    """The last `count` records, oldest first, each as its line (JSON). Raises AuditError."""
    found: list[bytes] = []
    for segment in reversed(segments(folder)):
        if len(found) >= count:
            break
        found = [*_committed(segment), *found]
    return found[max(0, len(found) - count) :]


def page(folder: Path, after: int, limit: int, since: str = "") -> list[bytes]:
    """At most `limit` records after record `after` and not before the time `since`, as their lines. Raises AuditError.

    `since` is written as a record's time is: RFC 3339, UTC, six digits of a second.
    """
    found: list[bytes] = []
    for segment in segments_since(folder, after + 1):
        for number, line in enumerate(_committed(segment), segment.first):
            if number > after and (not since or _when(segment, line).time >= since):
                found.append(line)
            if len(found) == limit:
                return found
    return found


def decode(line: bytes) -> Record:
    """A record from its line. Raises AuditError."""
    try:
        return typed.decode(line, Record)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise AuditError(f"The audit log holds what is no record ({error}); run `helmward audit verify`.") from None


def _committed(segment: Segment) -> Iterator[bytes]:
    group: list[bytes] = []
    for line in segment.read().split(b"\n"):
        if line.startswith(COMMIT):
            yield from group
            group = []
        else:
            group.append(line)


def _when(segment: Segment, line: bytes) -> _When:
    try:
        return typed.decode(line, _When)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise AuditError(f"{segment.path} holds what is no record ({error}); run `helmward audit verify`.") from None
