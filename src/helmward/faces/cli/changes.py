"""`changes`."""

from __future__ import annotations

from pathlib import Path

import click

from helmward.faces.cli import http, options, output


@click.command(epilog="Example:\n\n  helmward changes --since 1h -n production")
@options.server
@options.namespace
@options.output("table", "json", "yaml")
@click.option("--since", default="1h", show_default=True, help="How far back: 5m, 2h, 1d.")
def changes(url: str | None, data_dir: Path | None, namespace: str | None, output: str, since: str) -> None:
    """List what changed in the desired state, newest first: what, from what to what, by whom. Secrets are hidden."""
    found = http.get(http.find(url, data_dir), "/changes", since=since, namespace=namespace)
    if output != "table":
        _emit(found, output)
        return
    rows = (
        (
            row["time"],
            row["resource"]["namespace"] or "-",
            f"{row['resource']['kind']}/{row['resource']['name']}",
            row["text"],
        )
        for row in found["changes"]
    )
    _table(("TIME", "NAMESPACE", "OBJECT", "CHANGE"), rows, f"Nothing changed in the last {since}.")


_emit, _table = output.emit, output.table
