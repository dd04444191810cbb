"""`heal`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from helmward.core.text import one_line
from helmward.faces.cli import http, options
from helmward.faces.cli.groups import Group
from helmward.faces.cli.output import emit, names, table


@click.group(
    cls=Group, epilog="Examples:\n\n  helmward heal show\n\n  helmward heal resume inc-k3m2q7ab --reason mended"
)
def heal() -> None:
    """Show what heals by itself, where and why; pause it for an incident, and resume it."""


@heal.command(epilog="Example:\n\n  helmward heal show")
@options.server
@options.output("table", "json", "yaml", "name")
def show(url: str | None, data_dir: Path | None, output: str) -> None:
    """Print what would be done by itself, on one screen."""
    found = http.get(http.find(url, data_dir), "/heal")
    if output in ("json", "yaml"):
        emit(found, output)
    elif output == "name":
        names(row["name"] for row in found["playbooks"])
    else:
        _screen(found)


def _screen(found: dict[str, Any]) -> None:
    modes = ((row["mode"], ", ".join(row["environments"]), ", ".join(row["severities"])) for row in found["modes"])
    table(("MODE", "ENVIRONMENTS", "SEVERITIES"), modes, "")
    click.echo("observe: no change · ask: a person approves each · auto: what policy allows is done at once\n")
    if found["windows"]["freeze"]:
        click.echo(
            "There is a freeze: nothing happens by itself, whatever stands above; each change waits for a person.\n"
        )
    table(("PLAYBOOK", "WHEN"), ((row["name"], row["when"]) for row in found["playbooks"]), "Nothing heals by itself.")
    patience = found["patienceSeconds"]
    left = f", once it has stood for {patience:g} s" if patience else ""
    tries, pause = found["attempts"], found["cooldownSeconds"]
    click.echo(f"\nAn incident is tried {tries} times at most{left}; between two tries lie {pause:g} s.\n")
    rows = ((row["incident"], row["mode"], row["playbook"] or "-", row["text"]) for row in found["incidents"])
    table(("INCIDENT", "MODE", "PLAYBOOK", "WHY"), rows, "Nothing is wrong.")


@heal.command(epilog='Example:\n\n  helmward heal pause inc-k3m2q7ab --reason "I look at it myself"')
@click.argument("identity", metavar="ID")
@click.option("--reason", required=True, help="Why; others will read it.")
@options.server
def pause(identity: str, reason: str, url: str | None, data_dir: Path | None) -> None:
    """Leave an incident to people until somebody resumes its healing."""
    path = f"/incidents/{http.part(identity)}/heal/pause"
    row = http.send(http.find(url, data_dir), "POST", path, {"reason": reason})
    click.echo(f"Nothing heals {one_line(row['incident'])} by itself until `helmward heal resume`.")


@heal.command(epilog='Example:\n\n  helmward heal resume inc-k3m2q7ab --reason "try again"')
@click.argument("identity", metavar="ID")
@click.option("--reason", required=True, help="Why; others will read it.")
@options.server
def resume(identity: str, reason: str, url: str | None, data_dir: Path | None) -> None:
    """Let an incident heal by itself again; an undo, or an attempt that did not help, had paused it."""
    path = f"/incidents/{http.part(identity)}/heal/resume"
    row = http.send(http.find(url, data_dir), "POST", path, {"reason": reason})
    click.echo(f"{one_line(row['incident'])} may be healed by itself again.")
