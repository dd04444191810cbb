"""What goes wrong, said in one sentence on stderr."""

from __future__ import annotations

import click

from helmward.core.text import printable

RIGHTS = "rights in single namespaces are not enough. `helmward rbac` prints what to grant."
"""What to say of kinds that may not be listed."""


def say(sentence: str) -> None:
    """A sentence on stderr, control characters made visible."""
    click.echo(printable(f"helmward: {sentence}").replace("\n", " "), err=True)


def usage(error: click.ClickException) -> int:
    """A usage error in our form; exit code 2."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return 2
    sentence = error.format_message()
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "helmward"
    say(f"{sentence} See `{path} --help`." if "--help" not in sentence else sentence)
    return 2
