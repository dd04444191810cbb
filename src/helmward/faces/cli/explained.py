"""One incident as a person reads it, from the JSON of `explain`: on a terminal or as markdown."""

from __future__ import annotations

from typing import Any

import click

from helmward.explain.reports.incident import lines
from helmward.faces.cli import output


def show(incident: dict[str, Any], fmt: str) -> None:
    """Print `incident` in a format."""
    if fmt in ("json", "yaml"):
        output.emit(incident, fmt)
        return
    for line in lines(incident, incident["findings"], markdown=fmt == "markdown"):
        click.echo(line)
    waiting = incident["waitingFor"]
    if waiting is not None and fmt == "table":
        click.echo(f"\nA plan waits: helmward plan {waiting}   helmward approve {waiting}")
