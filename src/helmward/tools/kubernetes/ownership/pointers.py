"""JSON pointers (RFC 6901) into raw objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from helmward.tools.kubernetes.ownership.raw import MISSING


def steps(pointer: str) -> tuple[str, ...]:
    """The reference tokens of a pointer; "" is the whole document. A leading slash may be missing."""
    if not pointer:
        return ()
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer.removeprefix("/").split("/"))


def step_into(value: Any, step: str) -> Any:
    """What one token leads to, or MISSING."""
    if isinstance(value, Mapping):
        return value.get(step, MISSING)
    if isinstance(value, (list, tuple)) and is_index(step) and int(step) < len(value):
        return value[int(step)]
    return MISSING


def is_index(step: str) -> bool:
    """Whether a token is an array index: digits without a leading zero (and no more than a list can have)."""
    return step.isascii() and step.isdigit() and len(step) < 10 and (step == "0" or step[0] != "0")


def value_at(item: Any, pointer: str) -> Any:
    """The value a pointer names, or MISSING."""
    for step in steps(pointer):
        item = step_into(item, step)
    return item


def covers(above: str, below: str) -> bool:
    """Whether `above` is `below` or one of its parents."""
    head = steps(above)
    return steps(below)[: len(head)] == head


def overlaps(one: str, other: str) -> bool:
    """Whether a change of one touches the other: they are equal, or one is the other's parent."""
    return covers(one, other) or covers(other, one)


def dotted(pointer: str) -> str:
    """The pointer as people write field paths: spec.template.spec.containers[0].image."""
    shown = ""
    for step in steps(pointer):
        if is_index(step) and shown:
            shown += f"[{step}]"
        elif "." in step or "/" in step:
            shown += f'["{step}"]'
        else:
            shown += f".{step}" if shown else step
    return shown
