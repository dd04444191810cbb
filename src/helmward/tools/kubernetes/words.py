"""Changes and dependents in words that a person reads before approving."""

from __future__ import annotations

from typing import Any

import msgspec

from helmward.core.plans import FieldChange
from helmward.core.text import one_line

_SHOWN = 5


def change_line(change: FieldChange) -> str:
    """`PATH: BEFORE → AFTER` on one line."""
    return f"{change.path}: {value_text(change.before)} → {value_text(change.after)}"


def value_text(value: Any) -> str:
    """A value, short."""
    if value is None:
        return "nothing"
    return one_line(value if isinstance(value, str) else msgspec.json.encode(value).decode(), 120)


def listed(names: list[str]) -> str:
    """`a, b and 3 more`."""
    if len(names) <= _SHOWN:
        return ", ".join(names)
    return f"{', '.join(names[:_SHOWN])} and {len(names) - _SHOWN} more"
