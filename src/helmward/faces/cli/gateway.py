"""`gateway`."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import click

from helmward.core import paths, settings
from helmward.faces.cli import gateway_tables, http, options
from helmward.faces.cli.gateway_keys import keys
from helmward.faces.cli.groups import Group
from helmward.faces.cli.output import emit


@click.group(
    cls=Group,
    epilog="Examples:\n\n  helmward gateway check\n\n  helmward gateway keys create ci-payments --expires 90d\n\n"
    "  helmward gateway usage --by model --since 7d",
)
def gateway() -> None:
    """Check upstreams, models and budgets, show what was used, and manage the keys of callers."""


gateway.add_command(keys)


@gateway.command(
    epilog="Examples:\n\n  helmward gateway check\n\n  helmward gateway check --config helmward.yaml -o json"
)
@options.config
@options.output("table", "json", "yaml")
def check(config_file: Path | None, output: str) -> int:
    """Ask each upstream of the settings whether it is there and has its models; show prices and budgets. No call is made that
    costs anything. Exit code 1 where something is wrong."""
    from helmward.house.models.check import examine

    loaded = settings.load(paths.config_file(config_file, os.environ), os.environ)
    found: dict[str, Any] = asyncio.run(examine(loaded.settings.gateway, os.environ))
    if output == "table":
        gateway_tables.checked(found)
    else:
        emit(found, output)
    return 1 if found["problems"] else 0


@gateway.command(
    epilog="Examples:\n\n  helmward gateway usage\n\n  helmward gateway usage --by team --since 30d -o json\n\n"
    "  helmward gateway usage --rules --since 7d\n\n"
    '  helmward gateway usage --reconcile --reason "the provider bills nothing for that hour"'
)
@click.option(
    "--by", type=click.Choice(("key", "user", "team", "model")), default="key", show_default=True, help="Sums."
)
@click.option("--since", default="24h", show_default=True, help="How far back: 90m, 24h, 7d.")
@click.option("--rules", is_flag=True, help="Show which rules of the guards fired instead; at most 7d back.")
@click.option(
    "--reconcile",
    is_flag=True,
    help="Take back what counts as spent only because a server was killed. For administrators; look into the audit first.",
)
@click.option("--reason", help="Why you reconcile; the audit keeps it.")
@options.server
@options.output("table", "json", "yaml")
def usage(
    by: str,
    since: str,
    rules: bool,
    reconcile: bool,
    reason: str | None,
    url: str | None,
    data_dir: Path | None,
    output: str,
) -> None:
    """Show calls, tokens and cost, and what is left of each budget. Of each call the audit tells more: `helmward audit`."""
    if reconcile != (reason is not None):
        raise click.UsageError("--reconcile and --reason belong together.")
    if rules and reconcile:
        raise click.UsageError("--rules and --reconcile are two questions; ask one.")
    server = http.find(url, data_dir, admin=reconcile)
    if reconcile:
        found = http.send(server, "POST", "/gateway/reconcile", {"reason": reason})
    elif rules:
        traffic = http.get(server, "/gateway/traffic", since=since)
        found = {"since": traffic["since"], "rules": traffic["rules"]}
    else:
        found = http.get(server, "/gateway/usage", by=by, since=since)
    if output != "table":
        emit(found, output)
    elif reconcile:
        gateway_tables.budgets(found["budgets"], "Nothing was left behind by a server that was killed.")
    elif rules:
        gateway_tables.fired(found)
    else:
        gateway_tables.used(found)
