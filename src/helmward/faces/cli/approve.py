"""`approve`, `deny`, `review`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from helmward.core.text import one_line
from helmward.faces.cli import following, http, options, planned
from helmward.faces.cli.passwords import typed


@click.command(
    epilog="Examples:\n\n  helmward approve inc-k3m2q7ab\n\n  helmward approve plan-7hx2mq4c --wait\n\n"
    '  helmward approve plan-7hx2mq4c --break-glass --reason "shop is down"'
)
@click.argument("identity", metavar="ID")
@click.option("--wait", is_flag=True, help="Follow it to its end, and print what was done and the proof.")
@click.option("--reason", default="", help="Why; it stands in the audit log.")
@click.option("--break-glass", is_flag=True, help="Approve your own request as oncall, with a reason; it is reviewed.")
@click.option("--as", "name", metavar="NAME", help="Approve as NAME, whose password is asked for (or a line of stdin).")
@click.option("--digest", help="Only if the plan's digest is this one.")
@options.server
@options.output("table", "json", "yaml", "name")
def approve(
    identity: str,
    wait: bool,
    reason: str,
    break_glass: bool,
    name: str | None,
    digest: str | None,
    url: str | None,
    data_dir: Path | None,
    output: str,
) -> int:
    """Approve a plan; it is carried out at once. Prints the ids of its actions.

    On a terminal the plan is shown and you are asked. Elsewhere only a plan that you have looked at can be approved.
    It takes an approver's token (HELMWARD_TOKEN) or password (--as); on the lab the token found there will do.
    """
    server = http.find(url, data_dir, typed=name is not None)
    asks = sys.stdin.isatty() and sys.stderr.isatty()
    found = http.get(server, f"/plans/{http.part(identity)}", peek=None if asks else "true")
    if asks and not agreed(found):
        click.echo("Not approved.", err=True)
        return 1
    body = {"digest": digest or found["digest"], "reason": reason, "breakGlass": break_glass}
    if name is not None:
        body |= {"name": name, "password": typed(f"Password of {name}")}
    plan = http.send(server, "POST", f"/plans/{http.part(found['id'])}/approve", body)
    return following.end(server, plan, wait, output)


def agreed(plan: dict[str, Any]) -> bool:
    """Show a plan on the terminal, beside what stdout is for; where it waits, ask."""
    for line in planned.lines(plan):
        click.echo(line, err=True)
    return plan["state"] != "waiting" or click.confirm("\nApprove this?", default=False, err=True)


@click.command(epilog='Example:\n\n  helmward deny inc-k3m2q7ab --reason "we roll forward"')
@click.argument("identity", metavar="ID")
@click.option("--reason", required=True, help="Why; others will read it.")
@options.server
def deny(identity: str, reason: str, url: str | None, data_dir: Path | None) -> None:
    """Say no to a plan that waits."""
    plan = http.send(http.find(url, data_dir), "POST", f"/plans/{http.part(identity)}/deny", {"reason": reason})
    click.echo(f"{plan['id']} {one_line(plan['text'], 600)}.")


@click.command(epilog='Example:\n\n  helmward review plan-7hx2mq4c --reason "was right, ticket 4711"')
@click.argument("identity", metavar="ID")
@click.option("--reason", required=True, help="What you found.")
@options.server
def review(identity: str, reason: str, url: str | None, data_dir: Path | None) -> None:
    """Note that you have looked at a plan that somebody approved by breaking the glass."""
    plan = http.send(http.find(url, data_dir), "POST", f"/plans/{http.part(identity)}/review", {"reason": reason})
    click.echo(f"{plan['id']} was reviewed.")
