"""`ask`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from helmward.core.errors import UsageError
from helmward.faces.cli import asked, http, options

_NEW = "new"
_MOST_PIPED = 8_000
"""Characters; more would be data behind the question, of which nothing is read."""


@click.command(
    epilog="Examples:\n\n"
    '  helmward ask "why is payment-service down?"\n\n'
    '  helmward ask "restart payment-service in production"\n\n'
    '  helmward ask "scale frontend to 5"\n\n'
    '  helmward ask "undo that"\n\n'
    '  helmward ask "production의 결제 서비스 왜 죽었어?"\n\n'
    "  helmward ask                 a conversation, on a terminal\n\n"
    "  helmward ask eval            how well it understands the utterances that were held apart"
)
@click.argument("words", nargs=-1)
@click.option("--conversation", metavar="ID", help="The conversation to go on with, or `new`; else your last one.")
@click.option("-y", "--yes", "sure", is_flag=True, help="What policy lets run at once is not asked back.")
@options.server
@options.output("table", "json", "yaml")
def ask(
    words: tuple[str, ...], conversation: str | None, sure: bool, url: str | None, data_dir: Path | None, output: str
) -> int:
    """Ask in plain English or Korean. The command that the words mean is printed first.

    A question is answered, with the evidence. A change is planned, and never approved by words: the plan is shown, with what
    policy says and who may approve it. What is missing is asked for, on a terminal at once; nothing takes a default.
    """
    if words == ("eval",):
        return asked.evaluation(output)
    server = http.find(url, data_dir)
    on_a_terminal = sys.stdin.isatty() and sys.stderr.isatty()
    text = " ".join(words)
    if not text and not on_a_terminal:
        text = sys.stdin.read(_MOST_PIPED).strip()  # one question: what follows its first line is data
        if not text:
            raise UsageError("Nothing was asked; write for example helmward ask 'why is payment-service down?'.")
    if text:
        return asked.turn(server, text, asked.Way(conversation, sure, output, on_a_terminal))
    return _talk(server, conversation or _NEW, sure, output)


def _talk(server: http.Server, conversation: str, sure: bool, output: str) -> int:
    """A conversation until the end of input; what goes wrong in a turn is said, and the next one is asked for."""
    if output != "table":
        raise UsageError("A conversation is for reading; -o json goes with a question.")
    click.echo("Ask in plain words; `help` lists what can be asked, Ctrl-D ends it.", err=True)
    going = asked.Way(conversation, sure, output, True)
    while True:
        try:
            text = click.prompt(">", prompt_suffix=" ", err=True, default="", show_default=False).strip()
        except click.Abort:
            click.echo(err=True)
            return 0
        if text in ("exit", "quit"):
            return 0
        if text:
            asked.said(server, text, going)
