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


_HEADERS = ("ID", "STATE", "WHEN", "TOOL", "OBJECT", "OUTCOME")


@click.command(
    epilog="Examples:\n\n  helmward actions --watch\n\n  helmward actions inc-k3m2q7ab\n\n  helmward actions act-7hx2mq4c"
)
@click.argument("identity", metavar="[ID]", required=False)
@click.option("--watch", "-w", is_flag=True, help="Then print each action as its state changes.")
@options.server
@options.output("table", "json", "yaml", "name")
def actions(identity: str | None, watch: bool, url: str | None, data_dir: Path | None, output: str) -> None:
    """List what was done, the newest first: all of it, or that of a plan, an incident, or one action, with the proof."""
    server = http.find(url, data_dir)

    def look() -> list[dict[str, Any]]:
        return list(http.get(server, "/actions", of=identity)["actions"])

    rows = look()
    if output in ("json", "yaml"):
        emit({"actions": rows}, output)
    elif output == "name":
        names(row["id"] for row in rows)
    else:
        table(_HEADERS, map(_row, rows), "Nothing was done yet.")
        if identity is not None and identity.startswith("act-"):
            for piece in (piece for row in rows for piece in row["proof"]):
                click.echo(f"proof: {one_line(piece, 1000)}")
    for row in following.changes(look, rows) if watch else ():
        _print_one(row, output)


def _print_one(row: dict[str, Any], output: str) -> None:
    if output in ("json", "yaml"):
        emit(row, output)
    elif output == "name":
        names([row["id"]])
    else:
        click.echo("   ".join(one_line(str(cell), 1000) for cell in _row(row)))


def _row(row: dict[str, Any]) -> tuple[object, ...]:
    resource = row["resource"]
    where = "/".join(filter(None, (resource["kind"], resource["namespace"], resource["name"])))
    when = row["ended"] or row["acted"] or row["intended"] or ""
    return row["id"], row["state"], when[:19], row["tool"], where, row["text"]
