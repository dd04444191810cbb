"""`guard`."""

from __future__ import annotations

from pathlib import Path

import click

from helmward.faces.cli import options
from helmward.faces.cli.groups import Group

_ROLES = ("user", "assistant", "tool", "system")


@click.group(
    cls=Group,
    epilog="Examples:\n\n  helmward guard scan answer.txt\n\n  kubectl logs pay-abc | helmward guard scan - --role tool\n\n"
    "  helmward guard rules",
)
def guard() -> None:
    """Show what the guards find in a text, and what they would do about it. No server is needed."""


@guard.command(
    epilog="Examples:\n\n  helmward guard scan answer.txt\n\n  kubectl logs pay-abc | helmward guard scan - --role tool\n\n"
    "  helmward guard scan --jsonl prompts.jsonl -o json"
)
@click.argument("file", metavar="FILE|-")
@click.option("--role", type=click.Choice(_ROLES), default="user", show_default=True, help="Whose words they are.")
@click.option("--jsonl", is_flag=True, help='One {"id", "text", "role"} a line; one JSON answer a line, in order.')
@click.option(
    "--all", "everything", is_flag=True, help="Also what is found and allowed, such as marks of a class of data."
)
@options.config
@options.output("table", "json", "yaml")
def scan(file: str, role: str, jsonl: bool, everything: bool, config_file: Path | None, output: str) -> int:
    """Find secrets, personal data and attacks in a text; print verdict, class, spans and the masked text.

    Offsets are characters. What is found is never printed; exit code 0 whatever the verdict is.
    """
    from helmward.faces.cli import guarding

    guards = guarding.guards(config_file)
    if jsonl:
        return guarding.scan_lines(guards, file, role, everything)
    guarding.scan_text(guards, file, role, everything, output)
    return 0


@guard.command(epilog="Examples:\n\n  helmward guard rules\n\n  helmward guard rules -o json")
@options.config
@options.output("table", "json", "yaml", "name")
def rules(config_file: Path | None, output: str) -> None:
    """List every rule: what is done by default and by the settings, its longest find, and the class of data it tells."""
    from helmward.faces.cli import guarding

    guarding.list_rules(guarding.guards(config_file), output)
