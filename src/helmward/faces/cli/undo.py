"""`undo`, `actions`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from helmward.core.text import one_line
from helmward.faces.cli import following, http, options, planned
from helmward.faces.cli.output import emit, names, table


@click.command(
    epilog="Examples:\n\n  helmward undo inc-k3m2q7ab --wait\n\n  helmward undo act-7hx2mq4c --reason 'wrong one'"
)
@click.argument("identity", metavar="ID")
@click.option("--wait", is_flag=True, help="Follow it to its end, and print what was done and the proof.")
@click.option("--reason", default="", help="Why; it stands in the audit log.")
@options.server
@options.output("table", "json", "yaml", "name")
def undo(identity: str, wait: bool, reason: str, url: str | None, data_dir: Path | None, output: str) -> int:
    """Take an action back: what it changed gets its values from before again.

    ID is an action's, a plan's, or an incident's (its last finished action). Within an hour the approval of the action
    covers its undo; later the undo waits for one of its own. It is refused where somebody changed the values since.
    """
    server = http.find(url, data_dir)
    plan = http.send(server, "POST", f"/plans/{http.part(identity)}/undo", {"reason": reason})
    if output == "table" and plan["state"] == "waiting":
        planned.show(plan, output)
    return following.end(server, plan, wait, output)


@click.command(
    epilog="Examples:\n\n  helmward actions\n\n  helmward actions inc-k3m2q7ab\n\n  helmward actions act-7hx2mq4c"
)
@click.argument("identity", metavar="[ID]", required=False)
@options.server
@options.output("table", "json", "yaml", "name")
def actions(identity: str | None, url: str | None, data_dir: Path | None, output: str) -> None:
    """List what was done, the newest first: all of it, or that of a plan, an incident, or one action, with the proof."""
    found = http.get(http.find(url, data_dir), "/actions", of=identity)
    rows = found["actions"]
    if output in ("json", "yaml"):
        emit(found, output)
    elif output == "name":
        names(row["id"] for row in rows)
    else:
        table(("ID", "STATE", "WHEN", "TOOL", "OBJECT", "OUTCOME"), map(_row, rows), "Nothing was done yet.")
        if identity is not None and identity.startswith("act-"):
            for row in rows:
                for piece in row["proof"]:
                    click.echo(f"proof: {one_line(piece, 1000)}")


def _row(row: dict[str, Any]) -> tuple[object, ...]:
    resource = row["resource"]
    where = "/".join(filter(None, (resource["kind"], resource["namespace"], resource["name"])))
    when = row["ended"] or row["acted"] or row["intended"] or ""
    return row["id"], row["state"], when[:19], row["tool"], where, row["text"]
