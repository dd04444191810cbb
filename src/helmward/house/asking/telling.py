"""Who watches while a question is answered: told of the command as soon as it is understood, and of each call of a model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Told = Callable[[str, dict[str, Any]], None]
"""(`command` or `step`, what is told of it). Returns at once."""


def to_nobody(_what: str, _data: dict[str, Any]) -> None:
    """Nobody watches."""
