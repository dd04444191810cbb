"""What every command prints in the same way: JSON, YAML, names, tables."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click

from helmward.core.text import HOSTILE, one_line, printable


def emit(document: Any, fmt: str) -> None:
    """`document` as JSON or YAML on stdout; control and bidirectional characters as escapes of that format."""
    click.echo(as_json(document) if fmt == "json" else as_yaml(document), nl=fmt == "json")


def as_json(document: Any) -> str:
    """JSON that a terminal shows as data: what json.dumps leaves raw (C1, DEL, bidirectional) is escaped too."""
    text = json.dumps(document, indent=2, ensure_ascii=False)
    return HOSTILE.sub(lambda match: "\\u007f" if match.group() == "\x7f" else json.dumps(match.group())[1:-1], text)


def as_yaml(document: Any) -> str:
    """YAML; where anything hostile would stand raw in it, all that is not ASCII is escaped."""
    import yaml

    text: str = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120)
    if HOSTILE.search(text):
        text = yaml.safe_dump(document, sort_keys=False, allow_unicode=False, width=120)
    return text


def names(rows: Iterable[str]) -> None:
    """One name a line."""
    for row in rows:
        click.echo(one_line(row, 1000))


def table(headers: Sequence[str], rows: Iterable[Sequence[object]], empty: str) -> None:
    """Columns as kubectl prints them; `empty` (on stderr) where there are no rows. The last column is cut to the width."""
    cells = [[printable(str(cell)).replace("\n", " ").replace("\t", " ") for cell in row] for row in rows]
    if not cells:
        click.echo(empty, err=True)
        return
    widths = [max(len(row[column]) for row in [list(headers), *cells]) for column in range(len(headers))]
    room = _width() - sum(widths[:-1]) - 3 * (len(headers) - 1) if sys.stdout.isatty() else 10_000
    for row in [list(headers), *cells]:
        last = row[-1] if len(row[-1]) <= room or room < 20 else row[-1][: room - 1] + "…"
        click.echo(
            "   ".join([*(cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=False)), last]).rstrip()
        )


def _width() -> int:
    import shutil

    return shutil.get_terminal_size((120, 40)).columns
