"""`gateway keys`: tokens that open the models and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from helmward.core.errors import UsageError
from helmward.core.text import one_line
from helmward.faces.cli import http, options
from helmward.faces.cli.groups import Group
from helmward.faces.cli.output import emit, names, table

_HEADERS = ("ID", "NAME", "EXPIRES", "STATE")
ROLE = "caller"


@click.group(
    cls=Group,
    epilog="Examples:\n\n  helmward gateway keys create ci-payments --expires 90d\n\n  helmward gateway keys list",
)
def keys() -> None:
    """Create, list and revoke the keys of those who call models. Needs an administrator's token."""


@keys.command(
    epilog="Examples:\n\n  helmward gateway keys create ci-payments --team payments --expires 90d\n\n"
    "  OPENAI_API_KEY=$(helmward gateway keys create laptop) python my_program.py"
)
@click.argument("name")
@click.option("--team", help="The team of the settings that the key is to belong to; checked before it is made.")
@click.option("--expires", help="How long it is valid: 12h, 30d. Without it, until revoked.")
@options.server
@options.output("table", "json", "yaml")
def create(
    name: str, team: str | None, expires: str | None, url: str | None, data_dir: Path | None, output: str
) -> None:
    """Create a key. It is shown once; it is sent as `Authorization: Bearer` or `x-api-key` and opens nothing but models."""
    server = http.find(url, data_dir, admin=True)
    found = http.get(server, "/gateway/caller", name=name)
    if team is not None and found["team"] != team:
        belongs = f"belongs to the team '{found['team']}'" if found["team"] else "belongs to no team"
        raise UsageError(
            f"A key called '{one_line(name, 60)}' {belongs}; add its name to the members of '{one_line(team, 60)}' in "
            "gateway.teams of the server's settings and restart it, or choose another name."
        )
    wish = {"name": name, "roles": [ROLE], "kind": "service", "expires": expires}
    made = http.send(server, "POST", "/tokens", wish) | {"team": found["team"]}
    if output != "table":
        emit(made, output)
        return
    click.echo(made["token"])
    budgets = f", {len(found['budgets'])} budgets hold for it" if found["budgets"] else ", no budget holds for it"
    said = f"{made['id']} for {made['name']}{', team ' + found['team'] if found['team'] else ''}{budgets}"
    click.echo(f"{one_line(said, 400)}. This is shown once; keep it safe.", err=True)


@keys.command("list", epilog="Example:\n\n  helmward gateway keys list")
@options.server
@options.output("table", "json", "yaml", "name")
def list_keys(url: str | None, data_dir: Path | None, output: str) -> None:
    """List the keys, without their secrets."""
    rows = _keys(http.find(url, data_dir, admin=True))
    if output in ("json", "yaml"):
        emit({"keys": rows}, output)
    elif output == "name":
        names(row["id"] for row in rows)
    else:
        cells = [(row["id"], row["name"], row["expires"] or "never", row["state"]) for row in rows]
        table(_HEADERS, cells, "There are no keys.")


@keys.command(
    epilog="Examples:\n\n  helmward gateway keys revoke ci-payments\n\n  helmward gateway keys revoke tok-1a2b3c4d"
)
@click.argument("identity", metavar="ID|NAME")
@options.server
def revoke(identity: str, url: str | None, data_dir: Path | None) -> None:
    """End a key at once."""
    server = http.find(url, data_dir, admin=True)
    if not any(identity in (row["id"], row["name"]) for row in _keys(server)):
        raise UsageError(f"There is no key '{one_line(identity, 40)}'; `helmward gateway keys list` shows them.")
    http.send(server, "DELETE", f"/tokens/{http.part(identity)}")
    click.echo(f"{one_line(identity, 40)} revoked.")


def _keys(server: http.Server) -> list[dict[str, Any]]:
    """The tokens that may use models and nothing else."""
    return [row for row in http.get(server, "/tokens")["tokens"] if row["roles"] == [ROLE]]
