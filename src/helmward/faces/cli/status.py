"""`status`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from helmward.core.text import printable
from helmward.faces.cli import http, options
from helmward.faces.cli.errors import RIGHTS
from helmward.faces.cli.output import emit


@click.command(epilog="Example:\n\n  helmward status -o json")
@options.server
@options.output("table", "json", "yaml")
def status(url: str | None, data_dir: Path | None, output: str) -> None:
    """Show what the running server watches, as whom, with what rights, and how current it is."""
    server = http.find(url, data_dir)
    found = http.get(server, "/status")
    if output != "table":
        emit(found, output)
        return
    click.echo(f"{'Server:':<10} {printable(server.url)}")
    for line in lines(found):
        click.echo(line)


def lines(found: dict[str, Any]) -> Iterator[str]:
    """The status as a person reads it."""
    for name, text in _rows(found):
        yield printable(f"{name + ':':<10} {text}").replace("\n", " ")


def _rows(found: dict[str, Any]) -> Iterator[tuple[str, str]]:
    covered = found["coverage"]
    read = ", ".join(f"{count} {kind}" for kind, count in covered["read"].items() if count)
    yield "Cluster", f"context {found['context']} at {found['server']}, Kubernetes {found['kubernetes']}"
    yield "User", found["user"] or "unknown"
    yield "Mode", found["changes"]
    yield "Read", read or "nothing yet"
    for entry in covered["unread"]:
        more = f" in the whole cluster; {RIGHTS}" if entry["reason"] == "forbidden" else ""
        yield "Not read", f"{entry['kind']}: {entry['reason']}{more}"
    yield from _stale(found["stale"])
    for name, key in (("Unexplained", "unexplained"), ("Unsaved", "unsaved"), ("Unaudited", "unaudited")):
        if found[key]:
            yield name, found[key]
    for sentence in found["notices"]:
        yield "Notice", sentence
    for sentence in found["tampered"]:
        yield "Tampered", sentence
    for problem in covered["problems"]:
        yield "Problem", problem


def _stale(entries: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """A row for each reason: an API server that is gone is one trouble, not one a kind."""
    for reason in dict.fromkeys(entry["reason"] for entry in entries):
        same = [entry for entry in entries if entry["reason"] == reason]
        since = min(str(entry["since"]) for entry in same)
        yield "Stale", f"{', '.join(entry['kind'] for entry in same)} since {since[:19]}Z: {reason}"
