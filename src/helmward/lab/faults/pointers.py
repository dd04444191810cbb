"""JSON pointers that can name a list item by its `name`: `/spec/containers/[name=app]/image`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Place:
    """Where a pointer leads in one document: the plain JSON pointer, whether something is there, and what."""

    pointer: str
    exists: bool
    value: Any = None


def locate(document: Any, pointer: str) -> Place:
    """Follow `pointer`. Only its last step may be missing; raises KeyError when an earlier one is."""
    *way, last = [_unescape(step) for step in pointer.removeprefix("/").split("/")]
    plain = ""
    for step in way:
        key = _key(document, step)
        if key is None:
            raise KeyError(f"{plain}/{step}")
        plain += f"/{_escape(str(key))}"
        document = document[key]
    key = _key(document, last)
    if key is None:
        return Place(f"{plain}/{'-' if last.startswith('[') else _escape(last)}", exists=False)
    return Place(f"{plain}/{_escape(str(key))}", exists=True, value=document[key])


def _key(document: Any, step: str) -> str | int | None:
    """The key of `step` in `document`, or None when it has none."""
    if isinstance(document, dict):
        return step if step in document else None
    wanted = step.removeprefix("[name=").removesuffix("]")
    return next((index for index, item in enumerate(document) if item.get("name") == wanted), None)


def _unescape(step: str) -> str:
    return step.replace("~1", "/").replace("~0", "~")


def _escape(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")
