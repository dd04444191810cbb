"""`kill`, `revive`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from helmward.core import paths
from helmward.core.errors import DeniedError, HelmwardError, UsageError
from helmward.core.text import one_line
from helmward.faces.cli import http, options
from helmward.faces.cli.errors import say
from helmward.faces.cli.output import emit, table

FILE = "KILL"
"""What the server honours in its data folder (door/killswitch.py; not imported: this must work when little does)."""


def _scope(function: Any) -> Any:
    """`all`, or one of --actor, --tool, --system."""
    for name in ("system", "tool", "actor"):
        function = click.option(f"--{name}", help=f"One {name}, by its name.")(function)
    return click.argument("everything", metavar="[all]", type=click.Choice(["all"]), required=False)(function)


@click.command(
    epilog='Examples:\n\n  helmward kill all --reason "what is it doing?"\n\n'
    '  helmward kill --actor deploy-agent --reason "runs wild"\n\n  helmward kill --list'
)
@_scope
@click.option("--reason", help="Why; it stands in the audit log.")
@click.option("--list", "listing", is_flag=True, help="Only show where the switch is on, and what lies half done.")
@options.server
@options.output("table", "json", "yaml")
def kill(
    everything: str | None,
    actor: str | None,
    tool: str | None,
    system: str | None,
    reason: str | None,
    listing: bool,
    url: str | None,
    data_dir: Path | None,
    output: str,
) -> None:
    """Stop changes at once: all of them, or those of one actor, tool or system. Waiting plans there cannot be approved.

    `kill all` works without a server too: then it leaves a file KILL in the data folder, which the server honours.
    """
    if listing:
        _show(http.get(http.find(url, data_dir), "/kill"), output)
        return
    body = _body(everything, actor, tool, system, reason)
    try:
        found = http.send(http.find(url, data_dir), "POST", "/kill", body)
    except (UsageError, DeniedError):
        raise
    except HelmwardError as error:
        if everything is None or url is not None:
            raise
        _leave_file(data_dir, error)
        return
    _show(found, output)


@click.command(
    epilog='Examples:\n\n  helmward revive all --reason "it was a false alarm"\n\n'
    "  helmward revive --actor deploy-agent --reason mended"
)
@_scope
@click.option("--reason", help="Why; it stands in the audit log.")
@options.server
@options.output("table", "json", "yaml")
def revive(
    everything: str | None,
    actor: str | None,
    tool: str | None,
    system: str | None,
    reason: str | None,
    url: str | None,
    data_dir: Path | None,
    output: str,
) -> None:
    """Allow changes again, and list what lies half done; each can be undone. Needs an administrator's token."""
    server = http.find(url, data_dir, admin=True)
    body = _body(everything, actor, tool, system, reason)
    found = http.send(server, "POST", "/revive", body)
    if output == "table":
        what = "All changes" if everything else f"Changes of {body['kind']} {one_line(body['name'], 80)}"
        click.echo(
            f"{what} are allowed again." if not found["kills"] else f"{what} are no longer stopped; these still are:"
        )
    _show(found, output, quiet=True)


def _body(
    everything: str | None, actor: str | None, tool: str | None, system: str | None, reason: str | None
) -> dict[str, str]:
    named = {"all": everything, "actor": actor, "tool": tool, "system": system}
    given = [(kind, name) for kind, name in named.items() if name]
    if len(given) != 1:
        raise UsageError("Name one: all, or --actor, --tool or --system with a name.")
    if not reason:
        raise UsageError("Say why with --reason; others will read it.")
    kind, name = given[0]
    return {"kind": kind, "name": "" if kind == "all" else name, "reason": reason}


def _leave_file(data_dir: Path | None, error: HelmwardError) -> None:
    """The way that needs nothing but the disk. Raises HelmwardError where that fails too."""
    folder = paths.data_dir(data_dir, os.environ)
    path = (folder if folder.exists() else paths.data_dir(data_dir, os.environ, create=True)) / FILE
    try:
        path.touch(mode=0o600)
    except OSError as failure:
        raise HelmwardError(f"{error} And {path} cannot be written ({failure.strerror}).") from None
    say(str(error))
    click.echo(f"Everything is stopped by the file {path}; remove it to go on.")


def _show(found: dict[str, Any], fmt: str, quiet: bool = False) -> None:
    """`quiet`: say nothing where nothing is stopped."""
    if fmt != "table":
        emit(found, fmt)
        return
    rows = [(row["scope"], row["by"], (row["time"] or "-")[:19], row["reason"]) for row in found["kills"]]
    if rows or not quiet:
        table(("STOPPED", "BY", "SINCE", "REASON"), rows, "The kill switch is not on.")
    if found["halfDone"]:
        click.echo("\nHalf done: neither proven nor taken back.")
        for row in found["halfDone"]:
            resource = row["resource"]
            where = "/".join(filter(None, (resource["kind"], resource["namespace"], resource["name"])))
            click.echo(f"  {row['id']} {row['state']}: {row['tool']} on {one_line(where)}")
            click.echo(f"    helmward undo {row['id']}")
