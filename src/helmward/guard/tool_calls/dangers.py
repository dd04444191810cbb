"""What is dangerous in one argument, by its shape, and judged by what the argument is for (purpose.py)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from helmward.guard.tool_calls.addresses import addresses
from helmward.guard.tool_calls.characters import characters
from helmward.guard.tool_calls.commands import commands
from helmward.guard.tool_calls.files import files
from helmward.guard.tool_calls.purpose import Purpose
from helmward.guard.tool_calls.queries import queries


class Danger(NamedTuple):
    """A rule's short name, and how sure (0..1)."""

    rule: str
    confidence: float


def dangers(value: str, purpose: Purpose) -> Iterator[Danger]:
    """The dangers of a value, each rule once; in text that is read or kept they are only suspected."""
    if len(value) < 2 and value.isalnum():
        return
    if purpose == "value" and len(value.split()) >= _PROSE:
        purpose = "text"
    found = {name: sure for look in _LOOKS for name, sure in look(value, purpose)}
    if purpose == "text":
        kept = {name: sure for name, sure in found.items() if name == "hidden-characters"}
        if len(found) > len(kept):
            kept["suspected"] = 0.4
        found = kept
    yield from (Danger(name, sure) for name, sure in found.items())


_PROSE = 12  # words; nothing is known of the argument, but people wrote it for people
_LOOKS = (characters, commands, files, queries, addresses)
