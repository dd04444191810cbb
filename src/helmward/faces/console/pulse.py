"""When something may have changed: one beat for all open pages, not too often."""

from __future__ import annotations

import asyncio

from helmward.house import House

GATHER = 0.05
"""Seconds in which what happens together becomes one beat."""

REST = 0.25
"""Seconds between beats at least: a storm of events is looked at four times a second."""


LOOK = 1.0
"""Seconds between two looks whether the world has changed: its objects change far more often than incidents do."""


class Pulse:
    """Counts beats: after each transition of an incident, and each record of the audit log but those of model calls. `world`: and
    after changes of objects."""

    def __init__(self, house: House, world: bool = False) -> None:
        self._house, self._world = house, world
        self.beat = 0
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def after(self, beat: int) -> int:
        """Wait until there was another one; its number."""
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        while self.beat <= beat:
            await self._changed.wait()
        return self.beat

    async def close(self) -> None:
        """No more beats."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        subscription, audit = self._house.bus.subscribe(64), self._house.audit
        moved, noted = asyncio.ensure_future(subscription.get()), asyncio.ensure_future(audit.stirred())
        turned = asyncio.ensure_future(self._turned(self._house.world.revision))
        try:
            while True:
                await asyncio.wait({moved, noted, turned}, return_when=asyncio.FIRST_COMPLETED)
                await asyncio.sleep(GATHER)
                # Waited for anew before the beat: what comes meanwhile is seen by it, or makes the next one.
                if moved.done():
                    subscription.drain()
                    moved = asyncio.ensure_future(subscription.get())
                if noted.done():
                    noted = asyncio.ensure_future(audit.stirred())
                    await asyncio.sleep(0)
                if turned.done():
                    turned = asyncio.ensure_future(self._turned(self._house.world.revision))
                self.beat += 1
                changed, self._changed = self._changed, asyncio.Event()
                changed.set()
                await asyncio.sleep(REST - GATHER)
        finally:
            moved.cancel()
            noted.cancel()
            turned.cancel()
            subscription.close()

    async def _turned(self, known: int) -> None:
        """Wait until the world is not at this revision any more, if that is looked at."""
        if not self._world:
            await asyncio.Event().wait()
        while self._house.world.revision == known:  # noqa: ASYNC110 - it may change thousands of times a second
            await asyncio.sleep(LOOK)
