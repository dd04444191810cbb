"""What every command prints in the same way: JSON, YAML, names, tables."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click

from helmward.core.text import one_line, printable


def emit(document: Any, fmt: str) -> None:
    """`document` as JSON or YAML on stdout."""
    if fmt == "json":
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    import yaml

    click.echo(yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120), nl=False)


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
