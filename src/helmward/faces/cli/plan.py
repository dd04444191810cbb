"""`plan`."""

from __future__ import annotations

from pathlib import Path

import click

from helmward.core.errors import UsageError
from helmward.faces.cli import http, options, planned


@click.command(
    epilog="Examples:\n\n  helmward plan inc-k3m2q7ab\n\n  helmward plan plan-7hx2mq4c -o json\n\n"
    "  helmward plan --list --waiting"
)
@click.argument("identity", metavar="[ID]", required=False)
@click.option("--list", "everything", is_flag=True, help="List plans, the newest first; with ID those of an incident.")
@click.option("--waiting", is_flag=True, help="With --list: only those that wait for an approval.")
@options.server
@options.output("table", "json", "yaml", "name")
def plan(
    identity: str | None, everything: bool, waiting: bool, url: str | None, data_dir: Path | None, output: str
) -> None:
    """Show a plan: each change before and after, who manages it, what it can hurt, how it is verified, what undo will do.

    ID is a plan's, an action's, or an incident's: then its latest plan is shown, and made if there is none.
    """
    if not everything and identity is None:
        raise UsageError("Name a plan or an incident, or write --list.")
    if waiting and not everything:
        raise UsageError("--waiting goes with --list.")
    server = http.find(url, data_dir)
    if everything:
        found = http.get(server, "/plans", incident=identity, waiting="true" if waiting else None)
        planned.show_all(found, output)
        return
    assert identity is not None
    if identity.startswith("inc-"):
        planned.show(http.send(server, "POST", f"/incidents/{http.part(identity)}/plan"), output)
    else:
        planned.show(http.get(server, f"/plans/{http.part(identity)}"), output)
