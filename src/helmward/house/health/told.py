"""What is said of a thing's health: one word and one short sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from helmward.house.health.levels import Health
from helmward.world.views import Condition

LONGEST = 160
"""Characters of a sentence."""


class Standing(NamedTuple):
    """`ready` of `wanted` replicas, endpoints or completions; of a pod, containers. None where the kind counts none."""

    health: Health
    text: str
    ready: int | None = None
    wanted: int | None = None


def condition(conditions: Sequence[Condition], kind: str) -> Condition | None:
    """The condition of this type."""
    return next((one for one in conditions if one.type == kind), None)
