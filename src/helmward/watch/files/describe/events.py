"""The `Events:` table at the end of a description."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from helmward.watch.files import events
from helmward.watch.files.ages import repeated

_COLUMNS = re.compile(r"Type\s+Reason\s+Age\s+From\s+(?:SubobjectPath\s+)?Message")
_TITLE = re.compile(r"\S+")
_TYPES = ("Normal", "Warning")
_MOST = 2000
Cells = dict[str, str]


def split_events(lines: list[tuple[int, str]]) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """(what stands before `Events:`, what stands under it). The last such line counts: data may hold others."""
    for index in range(len(lines) - 1, -1, -1):
        if lines[index][1].startswith("Events:"):
            return lines[:index], lines[index + 1 :]
    return lines, []


def described_events(
    lines: list[tuple[int, str]], of: events.About, namespace: str, now: datetime
) -> Iterator[tuple[dict[str, Any], int]]:
    """Each Event with its line. A line that starts no Event goes on with the message of the one before."""
    for number, cells in _rows(lines):
        times = repeated(cells["Age"], now)
        yield (
            events.event(of, namespace, cells["Type"], cells["Reason"], cells["Message"], cells["From"], times),
            number,
        )


def _rows(lines: list[tuple[int, str]]) -> Iterator[tuple[int, Cells]]:
    starts: dict[str, int] = {}
    open_row: tuple[int, Cells] | None = None
    for number, line in lines[:_MOST]:
        if not starts:
            if _COLUMNS.fullmatch(line.strip()):
                starts = {match.group(): match.start() for match in _TITLE.finditer(line)}
            continue
        if line.strip().startswith("----") or not line.strip():
            continue
        cells = _cells(line, starts)
        if cells is None:
            if open_row is not None:
                open_row[1]["Message"] += "\n" + line.strip()
            continue
        if open_row is not None:
            yield open_row
        open_row = number, cells
    if open_row is not None:
        yield open_row


def _cells(line: str, starts: dict[str, int]) -> Cells | None:
    if line.split(maxsplit=1)[0] not in _TYPES:
        return None
    places = list(starts.values())
    if all(place >= len(line) or line[place - 1] == " " for place in places[1:]):
        ends = [*places[1:], None]
        found = (line[place:end].strip() for place, end in zip(places, ends, strict=True))
        return dict(zip(starts, found, strict=True))
    cells = re.split(r"\s{2,}", line.strip(), maxsplit=4)
    return dict(zip(("Type", "Reason", "Age", "From", "Message"), cells, strict=True)) if len(cells) == 5 else None
