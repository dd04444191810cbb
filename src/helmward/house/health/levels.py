"""The words for health, and which of them is worse."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

Health = Literal["healthy", "progressing", "degraded", "broken", "suspended"]

ORDER: dict[str, int] = {"broken": 0, "degraded": 1, "progressing": 2, "suspended": 3, "healthy": 4}
"""The worst first."""


def worst(found: Iterable[Health]) -> Health:
    """Of several things together; what is suspended counts only where all is. `healthy` of none."""
    kinds = set(found)
    if kinds != {"suspended"}:
        kinds.discard("suspended")
    return min(kinds, key=ORDER.__getitem__, default="healthy")
