"""`tokens` and `login`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from helmward.core.text import one_line
from helmward.faces.cli import http, options, who
from helmward.faces.cli.groups import Group
from helmward.faces.cli.output import emit, names, table
from helmward.faces.cli.passwords import typed

_HEADERS = ("ID", "NAME", "KIND", "ROLES", "WHERE", "EXPIRES", "STATE")


@click.group(
    cls=Group,
    epilog="Examples:\n\n  helmward tokens create grafana --role viewer --expires 90d\n\n  helmward tokens list",
)
def tokens() -> None:
    """Create, list and revoke API tokens. Needs an administrator's token (HELMWARD_TOKEN, or the one beside the keys)."""


@tokens.command(
    epilog="Examples:\n\n  helmward tokens create grafana --role viewer --expires 90d\n\n"
    "  helmward tokens create deployer --kind agent --role requester --namespace 'team-a-*'"
)
@click.argument("name")
@who.roles("What it may do; several times for several roles. [default: viewer]")
@who.kind
@who.scope
@click.option("--expires", help="How long it is valid: 12h, 30d. Without it, until revoked.")
@options.server
@options.output("table", "json", "yaml")
def create(
    name: str,
    roles: Sequence[str],
    kind: str,
    namespaces: Sequence[str],
    environments: Sequence[str],
    clusters: Sequence[str],
    expires: str | None,
    url: str | None,
    data_dir: Path | None,
    output: str,
) -> None:
    """Create a token. It is shown once; only its hash is kept. It is never more than a registered actor of that name."""
    server = http.find(url, data_dir, admin=True)
    scope = who.within(namespaces, environments, clusters)
    wish = {"name": name, "roles": list(roles) or ["viewer"], "kind": kind, "scope": scope, "expires": expires}
    made = http.send(server, "POST", "/tokens", wish)
    if output != "table":
        emit(made, output)
        return
    click.echo(made["token"])
    said = f"{made['id']} for {made['name']} ({', '.join(made['roles'])}, {who.where(made['scope'])})"
    click.echo(f"{one_line(said, 400)}. This is shown once; keep it safe.", err=True)


@tokens.command("list", epilog="Example:\n\n  helmward tokens list")
@options.server
@options.output("table", "json", "yaml", "name")
def list_tokens(url: str | None, data_dir: Path | None, output: str) -> None:
    """List tokens, without their secrets. One that is `forged` has a row, but no audit record that makes it count."""
    found = http.get(http.find(url, data_dir, admin=True), "/tokens")
    rows = found["tokens"]
    if output in ("json", "yaml"):
        emit(found, output)
    elif output == "name":
        names(row["id"] for row in rows)
    else:
        cells = [
            (
                row["id"],
                row["name"],
                row["kind"],
                ",".join(row["roles"]),
                who.where(row["scope"]),
                row["expires"] or "never",
                row["state"],
            )
            for row in rows
        ]
        table(_HEADERS, cells, "There are no tokens.")


@tokens.command(epilog="Examples:\n\n  helmward tokens revoke tok-1a2b3c4d\n\n  helmward tokens revoke grafana")
@click.argument("identity", metavar="ID|NAME")
@options.server
def revoke(identity: str, url: str | None, data_dir: Path | None) -> None:
    """End a token at once."""
    http.send(http.find(url, data_dir, admin=True), "DELETE", f"/tokens/{http.part(identity)}")
    click.echo(f"{one_line(identity, 40)} revoked.")


@click.command(epilog="Example:\n\n  export HELMWARD_TOKEN=$(helmward login alice)")
@click.argument("name")
@options.server
@options.output("table", "json", "yaml")
def login(name: str, url: str | None, data_dir: Path | None, output: str) -> None:
    """Print a token of twelve hours for who types their password (at the prompt, or as a line on stdin)."""
    server = http.find(url, data_dir, anonymous=True)
    made = http.send(server, "POST", "/login", {"name": name, "password": typed(f"Password of {name}")})
    if output != "table":
        emit(made, output)
        return
    click.echo(made["token"])
    click.echo(f"Valid until {made['expires']}. This is shown once; keep it safe.", err=True)
