"""Tells people: a message when an incident opens, worsens or ends, to the channels that the settings name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from helmward.core.bus import Bus
from helmward.core.settings import Settings
from helmward.world.book import Transition

Counts = Callable[[], Mapping[str, int]]


@asynccontextmanager
async def notifying(settings: Settings, bus: Bus[Transition]) -> AsyncIterator[dict[str, Counts]]:
    """Send messages until the block is left; yields each channel's counters by name."""
    yield {}
