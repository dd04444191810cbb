"""`tokens`."""

from __future__ import annotations

from pathlib import Path

import click

from helmward.core.text import one_line
from helmward.faces.cli import http, options
from helmward.faces.cli.groups import Group
from helmward.faces.cli.output import emit, names, table


@click.group(
    cls=Group,
    epilog="Examples:\n\n  helmward tokens create grafana --role viewer --expires 90d\n\n  helmward tokens list",
)
def tokens() -> None:
    """Create, list and revoke API tokens. Needs an administrator's token (HELMWARD_TOKEN, or the one beside the keys)."""


@tokens.command(epilog="Example:\n\n  helmward tokens create grafana --role viewer --expires 90d")
@click.argument("name")
@click.option("--role", type=click.Choice(["viewer", "requester", "admin"]), default="viewer", show_default=True)
@click.option("--expires", help="How long it is valid: 12h, 30d. Without it, until revoked.")
@options.server
@options.output("table", "json", "yaml")
def create(name: str, role: str, expires: str | None, url: str | None, data_dir: Path | None, output: str) -> None:
    """Create a token. It is shown once; only its hash is kept."""
    server = http.find(url, data_dir, admin=True)
    made = http.send(server, "POST", "/tokens", {"name": name, "role": role, "expires": expires})
    if output != "table":
        emit(made, output)
        return
    click.echo(made["text"])
    click.echo(f"{made['id']} for {made['name']} ({made['role']}). This is shown once; keep it safe.", err=True)


@tokens.command("list", epilog="Example:\n\n  helmward tokens list")
@options.server
@options.output("table", "json", "yaml", "name")
def list_tokens(url: str | None, data_dir: Path | None, output: str) -> None:
    """List tokens, without their secrets."""
    found = http.get(http.find(url, data_dir, admin=True), "/tokens")
    rows = found["tokens"]
    if output in ("json", "yaml"):
        emit(found, output)
    elif output == "name":
        names(row["id"] for row in rows)
    else:
        cells = [
            (r["id"], r["name"], r["role"], r["created"], r["expires"] or "never", r["revoked"] or "-") for r in rows
        ]
        table(("ID", "NAME", "ROLE", "CREATED", "EXPIRES", "REVOKED"), cells, "There are no tokens.")


@tokens.command(epilog="Example:\n\n  helmward tokens revoke tok-1a2b3c4d")
@click.argument("identity", metavar="ID")
@options.server
def revoke(identity: str, url: str | None, data_dir: Path | None) -> None:
    """End a token at once."""
    http.send(http.find(url, data_dir, admin=True), "DELETE", f"/tokens/{http.part(identity)}")
    click.echo(f"{one_line(identity, 40)} revoked.")
