"""Looks records up, the newest first, in bounded work: what it did not get to is the next call's."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from helmward.core.times import parse_time
from helmward.door.audit.blocks import BLOCK, Span, backwards, begins, forwards, pieces, span
from helmward.door.audit.filter import Filter, Matcher, see
from helmward.door.audit.lines import COMMIT
from helmward.door.audit.record import time_text
from helmward.door.audit.segments import Segment, segments

MOST_CHOICES = 500
"""Names of one kind that `choices` gives."""

_SLACK = timedelta(hours=1)
"""How far the wall clock may have been set back, and no record that fits is missed."""


class Budget(NamedTuple):
    """What one search may cost: about so many records, or seconds; a block, of so many bytes, is finished."""

    records: int = 200_000
    seconds: float = 0.5
    block: int = BLOCK


class Found(NamedTuple):
    """Lines of records, newest first; `next`: ask again for what is before it (None: nothing older can fit); `scanned`
    records were looked at."""

    records: list[bytes]
    next: int | None
    scanned: int


class Choices(NamedTuple):
    """What is found in a log's newest records, sorted."""

    actors: list[str]
    actions: list[str]
    outcomes: list[str]


def search(folder: Path, wanted: Filter, before: int | None, limit: int, budget: Budget | None = None) -> Found:
    """At most `limit` records that fit and have numbers below `before` (None: all), in a bounded time. Blocks.

    Raises AuditError for what cannot be read.
    """
    most = budget or Budget()
    matcher, deadline = Matcher(wanted), time.monotonic() + most.seconds
    found: list[bytes] = []
    scanned, since = 0, _shifted(wanted.since, -_SLACK)
    for block, held in _blocks(_worth(folder, before, wanted.until), most.block):
        last = held.last if before is None else min(held.last, before - 1)
        if last < held.first:
            continue
        for number, line in matcher.hits(block):
            if number <= last:
                found.append(line)
            if len(found) == limit:
                return Found(found, _older(number), scanned + last - number + 1)
        scanned += last - held.first + 1
        if held.time < since:
            break
        if scanned >= most.records or time.monotonic() > deadline:
            return Found(found, _older(held.first), scanned)
    return Found(found, None, scanned)


def matching(folder: Path, wanted: Filter, after: int, before: int) -> Iterator[list[bytes]]:
    """The lines of the records between numbers `after` and `before` that fit, oldest first, block by block. Raises
    AuditError."""
    matcher = Matcher(wanted)
    for piece in pieces(folder, after):
        for block in forwards(piece):
            lines = [line for number, line in matcher.hits(block) if after < number < before]
            if lines:
                yield lines[::-1]


def choices(folder: Path, most: int) -> Choices:
    """Which actors, actions and outcomes the last records have, about `most` of them; the commonest MOST_CHOICES of each."""
    actors, actions, outcomes = Counter[str](), Counter[str](), Counter[str]()
    left = most
    for block, held in _blocks(segments(folder)[::-1]):
        lines = [line for line in block.splitlines() if not line.startswith(COMMIT)]
        for seen in map(see, lines[max(0, len(lines) - left) :]):
            actors[seen.actor.name] += 1
            actions[seen.action] += 1
            outcomes[seen.outcome] += 1
        left -= held.last - held.first + 1
        if left <= 0:
            break
    return Choices(*(sorted(name for name, _ in one.most_common(MOST_CHOICES)) for one in (actors, actions, outcomes)))


def _blocks(newest_first: list[Segment], size: int = BLOCK) -> Iterator[tuple[bytes, Span]]:
    for one in newest_first:
        for block in backwards(one, size):
            held = span(block)
            if held is not None:
                yield block, held


def _worth(folder: Path, before: int | None, until: str) -> list[Segment]:
    """The segments that can hold what is looked for, the newest first."""
    found = [one for one in segments(folder) if before is None or one.first < before]
    latest = _shifted(until, _SLACK)
    return [one for one in reversed(found) if not latest or begins(one) < latest]


def _shifted(moment: str, by: timedelta) -> str:
    parsed = parse_time(moment)
    try:
        return time_text(parsed + by) if parsed else ""
    except OverflowError:
        return ""


def _older(number: int) -> int | None:
    return number if number > 1 else None
