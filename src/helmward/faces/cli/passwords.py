"""Passwords as they are typed: at a prompt that shows nothing, or as the first line of stdin."""

from __future__ import annotations

import sys

import click

from helmward.core.errors import UsageError
from helmward.core.text import one_line


def typed(prompt: str, twice: bool = False) -> str:
    """The password. Raises UsageError where there is none. It never stands among the words of a command: other users of the
    machine see those."""
    if sys.stdin.isatty():
        given: str = click.prompt(one_line(prompt, 100), hide_input=True, confirmation_prompt=twice, err=True)
    else:
        given = sys.stdin.readline().rstrip("\r\n")
    if not given:
        raise UsageError("A password is needed: type it at the prompt, or send it as a line on stdin.")
    return given
