"""What a tool gave, as people read it: a table where it is a list of flat rows, else text or JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from helmward.faces.console.client import part

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_FREE = ("labels", "annotations")
"""Maps whose keys anybody chooses: one column, not one for each key."""
_MOST_KEYS = 8
"""A map of more keys than this is not spread over columns."""


class Cell(NamedTuple):
    """`form` is text, time or object; an object's `place` is the address of its page."""

    text: str
    form: str = "text"
    place: str = ""


class Grid(NamedTuple):
    """A table; `same` is what every row says alike, told once."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    same: tuple[tuple[str, Cell], ...]


class Shown(NamedTuple):
    """A page of a result: at most one of `grid`, `json` has something; `cursor` asks for the page after."""

    grid: Grid | None
    json: str
    text: str
    items: int
    cursor: str


def shown(page: Mapping[str, Any]) -> Shown:
    """A page as the API's tools give it: items, text, cursor."""
    items = page.get("items") or []
    found = grid(items)
    alone = items[0] if len(items) == 1 else items
    whole = "" if found or not items else json.dumps(alone, indent=2, ensure_ascii=False)
    return Shown(found, whole, str(page.get("text") or ""), len(items), str(page.get("cursor") or ""))


def grid(items: Sequence[Any]) -> Grid | None:
    """A table of these; None where a row is none, or holds more than a table can."""
    if not items or not all(isinstance(item, dict) for item in items):
        return None
    rows = [_spread(item) for item in items]
    if not all(_flat(value) for row in rows for value in row.values()):
        return None
    columns = list(dict.fromkeys(name for row in rows for name in row))
    same = [
        name
        for name in columns
        if len(rows) > 1 and name != "name" and len({_said(row.get(name)) for row in rows}) == 1
    ]
    left = sorted((name for name in columns if name not in same), key=lambda name: name in _FREE)
    drawn = tuple(tuple(_cell(name, row) for name in left) for row in rows)
    told = tuple((name, cell) for name in same if (cell := _cell(name, rows[0])).text)
    return Grid(tuple(left), drawn, told)


def _spread(item: Mapping[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name, value in item.items():
        if isinstance(value, dict) and name not in _FREE and len(value) <= _MOST_KEYS:
            row |= {inner if inner not in item else f"{name}.{inner}": one for inner, one in value.items()}
        else:
            row[name] = value
    return row


def _flat(value: Any) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return not any(isinstance(one, dict | list) for one in inner)


def _cell(name: str, row: Mapping[str, Any]) -> Cell:
    value = row.get(name)
    text = _said(value)
    if name == "name" and text and isinstance(row.get("kind"), str):
        space = str(row.get("namespace") or "-")
        return Cell(text, "object", f"/objects/{part(row['kind'])}/{part(space)}/{part(text)}")
    return Cell(text, "time" if isinstance(value, str) and _TIME.fullmatch(value) else "text")


def _said(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return " ".join(f"{name}={_said(one)}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(map(_said, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
