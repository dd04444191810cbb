"""`completion`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command(
    epilog="Examples:\n\n  source <(helmward completion bash)\n\n"
    '  helmward completion zsh > "${fpath[1]}/_helmward"\n\n'
    "  helmward completion fish > ~/.config/fish/completions/helmward.fish"
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script for your shell."""
    from helmward.faces.cli.main import cli

    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(cli, {}, "helmward", "_HELMWARD_COMPLETE").source())
