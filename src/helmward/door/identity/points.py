"""Where a crash can come between a row and its record. Tests enumerate and die there."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class KillPoint(StrEnum):
    """The boundaries of what makes and ends credentials."""

    MINT_RECORDED = "a token is in the audit log"
    MINT_STORED = "a token is in the state"
    END_RECORDED = "the end of a token is in the audit log"
    ACTOR_STORED = "an actor as they are to be is in the state"
    ACTOR_RECORDED = "an actor as they are to be is in the audit log"
    ACTOR_REMOVED = "the end of an actor is in the audit log"


Reached = Callable[[KillPoint], None]


def nothing(_point: KillPoint) -> None:
    """Nobody is told."""
