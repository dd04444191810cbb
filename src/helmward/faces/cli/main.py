"""The command line's entry. Commands are loaded only when called: `helmward --help` must answer at once."""

from __future__ import annotations

import importlib
import io
import sys
from typing import Any, NoReturn

import click
from click.shell_completion import CompletionItem

from helmward import __version__
from helmward.core.errors import HelmwardError
from helmward.faces.cli.errors import say, usage
from helmward.faces.cli.groups import Group

# name → (module, attribute, one line for the help page). The help page is made of this table alone.
COMMANDS: dict[str, tuple[str, str, str]] = {
    "up": ("helmward.faces.cli.up", "up", "Start Helmward and show what it sees."),
    "console": ("helmward.faces.cli.console", "console", "Open the console in a browser, signed in."),
    "diagnose": ("helmward.faces.cli.diagnose", "diagnose", "Explain a cluster, files or an evidence bundle, once."),
    "incidents": ("helmward.faces.cli.incidents", "incidents", "List what is wrong, the worst first."),
    "explain": ("helmward.faces.cli.incidents", "explain", "Explain one incident: cause, proof, timeline, remedy."),
    "ack": ("helmward.faces.cli.incidents", "ack", "Acknowledge an incident."),
    "suppress": ("helmward.faces.cli.incidents", "suppress", "Keep an incident quiet for a while."),
    "unsuppress": ("helmward.faces.cli.incidents", "unsuppress", "End the quiet of an incident now."),
    "ask": ("helmward.faces.cli.ask", "ask", "Ask in plain words; the command they mean is shown first."),
    "plan": ("helmward.faces.cli.plan", "plan", "Show the plan that would mend an incident."),
    "approve": ("helmward.faces.cli.approve", "approve", "Approve a plan; it is carried out at once."),
    "deny": ("helmward.faces.cli.approve", "deny", "Say no to a plan that waits."),
    "undo": ("helmward.faces.cli.undo", "undo", "Take an action back."),
    "actions": ("helmward.faces.cli.undo", "actions", "List what was done, and the proof that it helped."),
    "review": ("helmward.faces.cli.approve", "review", "Note that you looked at a broken glass."),
    "tools": ("helmward.faces.cli.tools", "tools", "List, describe and run tools; a change is planned first."),
    "mcp": ("helmward.faces.cli.mcp", "mcp", "Offer the tools to MCP clients that start their servers (stdio)."),
    "guard": ("helmward.faces.cli.guard", "guard", "Show what the guards find in a text."),
    "gateway": ("helmward.faces.cli.gateway", "gateway", "Check models and budgets, show what was used, manage keys."),
    "kill": ("helmward.faces.cli.kill", "kill", "Stop changes at once: all, of an actor, a tool or a system."),
    "revive": ("helmward.faces.cli.kill", "revive", "Allow changes again, and list what lies half done."),
    "heal": ("helmward.faces.cli.heal", "heal", "Show what heals by itself, where and why."),
    "policy": ("helmward.faces.cli.policy", "policy", "Show, test and explain the policy."),
    "changes": ("helmward.faces.cli.changes", "changes", "List what changed, newest first."),
    "codes": ("helmward.faces.cli.codes", "codes", "List every kind of finding, or explain one."),
    "status": ("helmward.faces.cli.status", "status", "Show what the running server watches, and with what rights."),
    "config": ("helmward.faces.cli.config", "config", "Show, validate or describe the settings."),
    "actors": ("helmward.faces.cli.actors", "actors", "Add, change and remove people, services and agents."),
    "login": ("helmward.faces.cli.tokens", "login", "Print a token of twelve hours for who types their password."),
    "tokens": ("helmward.faces.cli.tokens", "tokens", "Create, list and revoke API tokens."),
    "audit": ("helmward.faces.cli.audit", "audit", "Show, verify and export the audit log."),
    "rbac": ("helmward.faces.cli.rbac", "rbac", "Print the smallest Kubernetes rights the analyzers need."),
    "lab": ("helmward.lab.commands", "group", "Run a small cluster, break it, mend it."),
    "completion": ("helmward.faces.cli.completion", "completion", "Print the completion script for your shell."),
}


class Lazy(Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the table's order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table, without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, _, line) in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Names of commands from the table, without importing anything."""
        found = [
            CompletionItem(name, help=line) for name, (_, _, line) in COMMANDS.items() if name.startswith(incomplete)
        ]
        return found + click.Command.shell_complete(self, ctx, incomplete)


@click.group(
    cls=Lazy,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with `helmward up --lab`, then `helmward lab break image` in a second terminal.",
)
@click.version_option(__version__, message="helmward %(version)s")
def cli() -> None:
    """Helmward watches a cluster, explains what breaks, and stands between AI and what it acts on."""


def main(args: list[str] | None = None) -> NoReturn:
    """Run the command line and exit with the code that CONTRACTS.md names."""
    sys.exit(run(args))


def run(args: list[str] | None = None) -> int:
    """Run a command; its exit code. Errors are one sentence on stderr."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that knows no arrows gets \u2192 instead of an error
            stream.reconfigure(errors="backslashreplace")
    try:
        result: Any = cli.main(args, prog_name="helmward", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except HelmwardError as error:
        say(str(error))
        return error.exit_code
    except click.ClickException as error:
        return usage(error)
    except (click.exceptions.Abort, KeyboardInterrupt):  # Ctrl-C
        return 130
