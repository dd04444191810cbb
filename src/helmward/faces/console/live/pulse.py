"""When something may have changed: one beat for all open pages, not too often."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from helmward.house import House

GATHER = 0.05
"""Seconds in which what happens together becomes one beat."""

REST = 0.1
"""Seconds between beats at least: a storm of events is looked at ten times a second."""

LOOK = 1.0
"""Seconds between two looks whether the world has changed: its objects change far more often than incidents do."""


class Pulse:
    """Counts beats: after each transition of an incident, and each record of the audit log but those of model calls. `world`: and
    after changes of objects. The last beat is that of `closing`."""

    def __init__(self, house: House, closing: asyncio.Event, world: bool = False) -> None:
        self._house, self._closing, self._world = house, closing, world
        self.beat = 0
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def after(self, beat: int) -> int:
        """Wait until there was another one, or the end; its number."""
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        while self.beat <= beat and not self._closing.is_set():
            await self._changed.wait()
        return self.beat

    async def close(self) -> None:
        """No more beats."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        subscription, audit = self._house.bus.subscribe(64), self._house.audit
        starts: list[Callable[[], Coroutine[Any, Any, object]]] = [subscription.get, audit.stirred, self._closing.wait]
        if self._world:
            starts.append(self._turned)
        signs = [asyncio.ensure_future(start()) for start in starts]
        try:
            while not self._closing.is_set():
                await asyncio.wait(signs, return_when=asyncio.FIRST_COMPLETED)
                await asyncio.sleep(0 if self._closing.is_set() else GATHER)
                # Waited for anew before the beat: what comes meanwhile is seen by it, or makes the next one.
                subscription.drain()
                signs = [
                    asyncio.ensure_future(start()) if sign.done() else sign
                    for sign, start in zip(signs, starts, strict=True)
                ]
                await asyncio.sleep(0)
                self.beat += 1
                changed, self._changed = self._changed, asyncio.Event()
                changed.set()
                await asyncio.sleep(0 if self._closing.is_set() else REST - GATHER)
        finally:
            for sign in signs:
                sign.cancel()
            subscription.close()

    async def _turned(self) -> None:
        """Wait until the world is not as it is now."""
        known = self._house.world.revision
        while self._house.world.revision == known:  # noqa: ASYNC110 - it may change thousands of times a second
            await asyncio.sleep(LOOK)
