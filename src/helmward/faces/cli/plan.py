"""`plan`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from helmward.core.errors import UsageError
from helmward.faces.cli import following, http, options, planned


@click.command(
    epilog="Examples:\n\n  helmward plan inc-k3m2q7ab\n\n  helmward plan plan-7hx2mq4c -o json\n\n"
    "  helmward plan --list --waiting"
)
@click.argument("identity", metavar="[ID]", required=False)
@click.option("--list", "everything", is_flag=True, help="List plans, the newest first; with ID those of an incident.")
@click.option("--watch", "-w", is_flag=True, help="With --list: then print each plan as its state changes.")
@click.option("--new", is_flag=True, help="With an incident's ID: make another plan, unless one is being carried out.")
@click.option("--waiting", is_flag=True, help="With --list: only those that wait for an approval.")
@options.server
@options.output("table", "json", "yaml", "name")
def plan(
    identity: str | None,
    everything: bool,
    watch: bool,
    new: bool,
    waiting: bool,
    url: str | None,
    data_dir: Path | None,
    output: str,
) -> None:
    """Show a plan: each change before and after, who manages it, what it can hurt, how it is verified, what undo will do.

    ID is a plan's, an action's, or an incident's: then its latest plan is shown, and made if there is none.
    """
    if not everything and identity is None:
        raise UsageError("Name a plan or an incident, or write --list.")
    if new and not (identity or "").startswith("inc-"):
        raise UsageError("--new goes with the id of an incident.")
    if (waiting or watch) and not everything:
        raise UsageError("--waiting and --watch go with --list.")
    server = http.find(url, data_dir)
    if everything:
        _list(server, identity, waiting, watch, output)
        return
    assert identity is not None
    if identity.startswith("inc-"):
        path = f"/incidents/{http.part(identity)}/plan"
        planned.show(http.send(server, "POST", f"{path}?new=true" if new else path), output)
    else:
        planned.show(http.get(server, f"/plans/{http.part(identity)}"), output)


def _list(server: http.Server, incident: str | None, waiting: bool, watch: bool, output: str) -> None:
    def look() -> list[dict[str, Any]]:
        found: dict[str, Any] = http.get(server, "/plans", incident=incident, waiting="true" if waiting else None)
        return list(found["plans"])

    rows = look()
    planned.show_all({"plans": rows}, output)
    for row in following.changes(look, rows) if watch else ():
        planned.show_change(row, output)
