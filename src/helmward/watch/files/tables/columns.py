"""Rows of a printed table by the positions of its header: cells may hold spaces, a header may be two words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_HEADING = re.compile(r"\S+(?: \S+)*")
# Headings of two words (printers.go of v1.34), for headers in which nothing but single spaces is left.
_SQUEEZED = re.compile(
    r"(?:LAST|FIRST) SEEN|LAST SCHEDULE|NOMINATED NODE|READINESS GATES|ACCESS MODES|RECLAIM POLICY|NODE SELECTOR|"
    r"(?:MIN|MAX) (?:UN)?AVAILABLE|ALLOWED DISRUPTIONS|\S+"
)
_GAP = re.compile(r"\s{2,}|\t")
_STARTS = ("NAMESPACE", "NAME", "LAST SEEN")
# Cells that contain a space, for rows whose white space was squeezed: they are joined before the row is split.
_INNER_SPACE = re.compile(r"(?<=\S) (?=\(\w+ ago\))")


class Row(NamedTuple):
    """One row: cells by heading, and its 1-based line."""

    cells: dict[str, str]
    line: int

    def get(self, heading: str) -> str:
        """A cell; "" where there is no such column or kubectl printed `<none>`, `<unset>` or `<unknown>`."""
        value = self.cells.get(heading, "")
        return "" if value in ("<none>", "<unset>", "<unknown>", "<invalid>") else value


class Heading(NamedTuple):
    name: str
    start: int


def rows(text: str) -> Iterator[Row]:
    """Every row of every table in a text (kubectl prints one after the other for several kinds)."""
    headings: list[Heading] = []
    squeezed = False
    for line, content in enumerate(text.split("\n"), 1):
        content = content.rstrip().expandtabs()
        if not content:
            continue
        if _is_header(content):
            squeezed = "  " not in content.strip()
            titles = (_SQUEEZED if squeezed else _HEADING).finditer(content)
            headings = [Heading(match.group(), match.start()) for match in titles]
        elif headings:
            cells = (None if squeezed else _by_position(content, headings)) or _by_gaps(content, headings)
            if cells is not None:
                yield Row(cells, line)


def is_table(text: str) -> bool:
    """True if a text has a header such as kubectl prints."""
    return any(_is_header(line.rstrip()) for line in text.split("\n")[:200])


def _is_header(line: str) -> bool:
    return line.startswith(_STARTS) and line == line.upper() and len(line.split()) > 1


def _by_position(line: str, headings: list[Heading]) -> dict[str, str] | None:
    """Cells cut at the headings' positions; None where the row does not keep to them."""
    starts = [heading.start for heading in headings]
    if any(start < len(line) and line[start - 1] not in " " for start in starts[1:] if start):
        return None
    ends = [*starts[1:], None]
    cells = {heading.name: line[heading.start : end].strip() for heading, end in zip(headings, ends, strict=True)}
    # kubectl puts three spaces between columns, so such a gap within a cell tells that the columns have moved.
    moved = any("   " in cell for name, cell in cells.items() if name != headings[-1].name)
    return None if moved else cells


def _by_gaps(line: str, headings: list[Heading]) -> dict[str, str] | None:
    names = [heading.name for heading in headings]
    for cells in (_GAP.split(line.strip()), _INNER_SPACE.sub("\0", line).split()):
        if len(cells) == len(names):
            return {name: cell.replace("\0", " ") for name, cell in zip(names, cells, strict=True)}
    words = line.split(maxsplit=len(names) - 1)
    # A last column of free text (an Event's message) takes the rest of the line.
    return dict(zip(names, words, strict=True)) if len(words) == len(names) and names[-1] == "MESSAGE" else None
