"""Puts the ages of a freshly recorded bundle back by some minutes: as if it had been collected that much later.

Absolute times stay; what happens again and again happened a moment ago still, but for longer. kubectl's columns are
laid out anew, since ages get longer.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

_AGE = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_REPEATS = re.compile(r"BackOff|Unhealthy|FailedScheduling|FailedMount|FailedCreate|ProvisioningFailed|FailedBinding")
_ENDS = re.compile(r"Killing|Started|Created|Pulled|Liveness|Startup")
"""What happened when a container last ended or started, of which the status tells the time."""
_OVER = re.compile(r"(\w+) \(x(\d+) over (\w+)\)")
_AGO = re.compile(r"\((\w+) ago\)")
_DATED = ("AGE", "LAST SEEN", "Age")
Row = list[str]


def put_back(folder: Path, seconds: int) -> None:
    """Rewrite the tables and the Events of descriptions below `folder`."""

    def older(age: str) -> str:
        return _older(age, seconds)

    def change(title: str, cell: str, row: Row) -> str:
        return _cell(title, cell, row, older)

    for path in folder.glob("get/*/*.txt"):
        path.write_text(_laid_out(path.read_text().split("\n"), "", change))
    for path in folder.glob("describe/*/*/*.txt"):
        head, mark, events = path.read_text().rpartition("Events:\n")
        if mark:
            lines = [line for line in events.split("\n") if not line.startswith("  ----")]
            path.write_text(head + mark + _laid_out(lines, "  ", change))


def _laid_out(lines: Row, indent: str, change: Callable[[str, str, Row], str]) -> str:
    header = lines[0]
    starts = [match.start() for match in re.finditer(r"(?<!\S)\S+(?: \S+)*", header)]
    if len(starts) < 2 or header.startswith("No resources"):
        return "\n".join(lines)
    rows = [_cut(line, starts) for line in lines if line.strip()]
    titles = rows[0]
    changed = [
        titles,
        *([change(title, cell, row) for title, cell in zip(titles, row, strict=True)] for row in rows[1:]),
    ]
    widths = [max(len(row[number]) for row in changed) for number in range(len(titles))]
    made = ["   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in changed]
    return "\n".join(indent + line for line in made) + "\n"


def _cut(line: str, starts: list[int]) -> Row:
    return [line[start:end].strip() for start, end in zip(starts, [*starts[1:], None], strict=True)]


def _cell(title: str, cell: str, row: Row, older: Callable[[str], str]) -> str:
    if title == "RESTARTS":
        return _AGO.sub(lambda match: f"({older(match.group(1))} ago)", cell) if "Running" in row else cell
    if title not in _DATED:
        return cell
    if (over := _OVER.fullmatch(cell)) is not None:
        last = older(over.group(1)) if _ENDS.search(" ".join(row)) else over.group(1)
        return f"{last} (x{over.group(2)} over {older(over.group(3))})"
    said = " ".join(row)
    return cell if title != "AGE" and _REPEATS.search(said) and not _ENDS.search(said) else older(cell)


def _older(age: str, later: int) -> str:
    """An age, some seconds later, as kubectl prints it."""
    match = _AGE.fullmatch(age)
    if match is None or not age:
        return age
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    total = hours * 3600 + minutes * 60 + seconds + later
    if total < 120:
        return f"{total}s"
    if total < 600:
        return f"{total // 60}m{total % 60}s" if total % 60 else f"{total // 60}m"
    return f"{total // 60}m"
