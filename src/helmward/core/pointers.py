"""JSON Pointers (RFC 6901)."""

from __future__ import annotations

from typing import Any


def pointer(*steps: str | int) -> str:
    """The pointer of these steps."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def steps_of(path: str) -> list[str]:
    """The steps of a pointer; none for the whole document."""
    return [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]]


def step_into(value: Any, step: str) -> Any:
    """What one step leads to, None where nothing is."""
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and step.isdecimal() and int(step) < len(value):
        return value[int(step)]
    return None


def value_at(document: Any, path: str) -> Any:
    """The value at a pointer, None where nothing is."""
    for step in steps_of(path):
        document = step_into(document, step)
    return document
