"""`status`."""

from __future__ import annotations

from pathlib import Path

import click

from helmward.core.text import printable
from helmward.faces.cli import http, options
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
    read = ", ".join(f"{count} {kind}" for kind, count in found["coverage"]["read"].items() if count)
    rows = [
        ("Server", server.url),
        ("Cluster", f"context {found['context']} at {found['server']}, Kubernetes {found['kubernetes']}"),
        ("User", found["user"] or "unknown"),
        ("Mode", "observe: Helmward changes nothing"),
        ("Read", read or "nothing yet"),
        *(("Not read", f"{entry['kind']}: {entry['reason']}") for entry in found["coverage"]["unread"]),
        *(("Failing", f"{kind}: {reason}") for kind, reason in found["failures"].items()),
        *(("Problem", problem) for problem in found["coverage"]["problems"]),
    ]
    for name, text in rows:
        click.echo(printable(f"{name + ':':<10} {text}"))
