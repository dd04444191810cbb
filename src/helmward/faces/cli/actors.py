"""`actors`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from helmward.core.errors import UsageError
from helmward.core.text import one_line
from helmward.faces.cli import http, options, who
from helmward.faces.cli.groups import Group
from helmward.faces.cli.output import emit, names, table
from helmward.faces.cli.passwords import typed

_HEADERS = ("NAME", "KIND", "ROLES", "WHERE", "PASSWORD", "STATE")


@click.group(
    cls=Group,
    epilog="Examples:\n\n  helmward actors add alice --role approver --password\n\n"
    "  helmward actors add deployer --kind agent --role requester --namespace 'team-a-*'\n\n  helmward actors list",
)
def actors() -> None:
    """Add, change and remove people, services and agents. Needs an administrator's token, as `helmward tokens` does.

    A registered actor bounds every token of its name. viewer reads, requester proposes changes, approver approves them, oncall
    is a requester who may approve its own with a reason, admin may do everything.
    """


@actors.command(epilog="Example:\n\n  helmward actors add alice --role requester --role approver --password")
@click.argument("name")
@who.kind
@who.roles("What they may do; several times for several roles.", required=True)
@who.scope
@click.option("--password", is_flag=True, help="Ask for a password, at a prompt or as a line on stdin.")
@options.server
@options.output("table", "json", "yaml", "name")
def add(
    name: str,
    kind: str,
    roles: Sequence[str],
    namespaces: Sequence[str],
    environments: Sequence[str],
    clusters: Sequence[str],
    password: bool,
    url: str | None,
    data_dir: Path | None,
    output: str,
) -> None:
    """Register somebody."""
    server = http.find(url, data_dir, admin=True)
    wish: dict[str, Any] = {"name": name, "kind": kind, "roles": list(roles)}
    wish |= {"scope": who.within(namespaces, environments, clusters)}
    if password:
        wish["password"] = typed(f"A password for {name}", twice=True)
    _show([http.send(server, "POST", "/actors", wish)], output)


@actors.command("set", epilog="Example:\n\n  helmward actors set alice --role viewer --namespace 'team-a-*'")
@click.argument("name")
@who.roles("What they may do from now on, instead of what they might.")
@who.scope
@click.option("--everywhere", is_flag=True, help="No limits of namespace, environment or cluster any more.")
@click.option("--password", is_flag=True, help="Ask for a new password, at a prompt or as a line on stdin.")
@options.server
@options.output("table", "json", "yaml", "name")
def set_actor(
    name: str,
    roles: Sequence[str],
    namespaces: Sequence[str],
    environments: Sequence[str],
    clusters: Sequence[str],
    everywhere: bool,
    password: bool,
    url: str | None,
    data_dir: Path | None,
    output: str,
) -> None:
    """Change somebody, at once for all their tokens. What you do not name stays as it is; a scope is replaced whole."""
    limits = who.within(namespaces, environments, clusters)
    if everywhere and any(limits.values()):
        raise UsageError("Name places, or --everywhere; not both.")
    server = http.find(url, data_dir, admin=True)
    wish: dict[str, Any] = {"roles": list(roles)} if roles else {}
    if everywhere or any(limits.values()):
        wish["scope"] = limits
    if password:
        wish["password"] = typed(f"A new password for {name}", twice=True)
    if not wish:
        raise UsageError("Say what to change: --role, --namespace, --environment, --cluster, --everywhere, --password.")
    _show([http.send(server, "PATCH", f"/actors/{http.part(name)}", wish)], output)


@actors.command("list", epilog="Example:\n\n  helmward actors list")
@options.server
@options.output("table", "json", "yaml", "name")
def list_actors(url: str | None, data_dir: Path | None, output: str) -> None:
    """List who is registered. What is `unrecorded` has a row, but no audit record that makes it count."""
    found = http.get(http.find(url, data_dir, admin=True), "/actors")
    if output in ("json", "yaml"):
        emit(found, output)
    else:
        _show(found["actors"], output)


@actors.command(epilog="Example:\n\n  helmward actors describe alice")
@click.argument("name")
@options.server
@options.output("table", "json", "yaml", "name")
def describe(name: str, url: str | None, data_dir: Path | None, output: str) -> None:
    """Show one of them, with their tokens."""
    found = http.get(http.find(url, data_dir, admin=True), f"/actors/{http.part(name)}")
    _show([found], output)
    if output == "table":
        tokens = [
            (row["id"], ",".join(row["roles"]), row["expires"] or "never", row["state"]) for row in found["tokens"]
        ]
        table(("TOKEN", "ROLES", "EXPIRES", "STATE"), tokens, "They have no tokens.")


@actors.command(epilog="Example:\n\n  helmward actors remove alice")
@click.argument("name")
@options.server
def remove(name: str, url: str | None, data_dir: Path | None) -> None:
    """Take somebody out. All their tokens end, and what they approved but was not done is not done."""
    http.send(http.find(url, data_dir, admin=True), "DELETE", f"/actors/{http.part(name)}")
    click.echo(f"{one_line(name, 63)} removed; all their tokens have ended.")


def _show(rows: Sequence[dict[str, Any]], output: str) -> None:
    if output in ("json", "yaml"):
        emit(rows[0], output)
    elif output == "name":
        names(row["name"] for row in rows)
    else:
        cells = [
            (
                row["name"],
                row["kind"],
                ",".join(row["roles"]),
                who.where(row["scope"]),
                "yes" if row["signsIn"] else "no",
                row["state"],
            )
            for row in rows
        ]
        table(_HEADERS, cells, "Nobody is registered.")
