"""The settings in force as people look for them: what each is for, its value, and where that came from."""

from __future__ import annotations

from functools import cache
from typing import Any

from helmward.core.settings_tree import descriptions
from helmward.house.house import House

_text_of = cache(descriptions)


def shown(house: House, words: str = "", changed: bool = False) -> dict[str, Any]:
    """`{path: {"value", "origin", "text"}}`, secrets masked. `words`: all of them stand in it; `changed`: no defaults."""
    wanted, found = words.lower().split(), {}
    for path, entry in house.settings().items():
        row = entry | {"text": _described(path)}
        spoken = f"{path} {row['value']} {row['origin']} {row['text']}".lower()
        if all(word in spoken for word in wanted) and not (changed and row["origin"] == "default"):
            found[path] = row
    return found


def _described(path: str) -> str:
    """Of a setting, or where its name is the user's own, of what holds it."""
    parts = [part for part in path.split(".") if not part.isdigit()]
    above = (".".join(parts[:size]) for size in range(len(parts), 0, -1))
    return next((_text_of()[known] for known in above if known in _text_of()), "")
