"""The door's steps for a run in a thread of DBOS: each is handed to the house's event loop and waited for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from typing import Any, TypeVar

from helmward.core.errors import HelmwardError, UnreachableError
from helmward.core.nouns import Actor
from helmward.core.plans import Plan
from helmward.door.act import Busy
from helmward.door.door import Door
from helmward.door.killswitch import Killed

T = TypeVar("T")

PATIENCE = 600.0
"""Seconds for which an act is tried while the object is busy or the API server does not answer."""

_LONGEST_PAUSE = 10.0


class Stopping(BaseException):
    """The house stops: the run ends here without a result, and goes on at the next start."""


class DoorSteps:
    """See procedure.Steps. `by` is who plans the undo of what did not help."""

    def __init__(self, door: Door, loop: asyncio.AbstractEventLoop, by: Actor) -> None:
        self._door, self._loop, self._by = door, loop, by
        self._waiting: set[Future[Any]] = set()
        self._stopping = False

    def stop(self) -> None:
        """End every wait."""
        self._stopping = True
        for one in list(self._waiting):
            one.cancel()

    def begin(self, plan: str) -> int:
        """The plan runs."""

        async def begin() -> int:
            found = await self._door.plan(plan)
            if found.state not in ("approved", "running"):
                return 0
            await self._door.moved(found.plan, "running", found.text)
            return len(found.plan.steps)

        return self._ask(begin)

    def act(self, plan: str, number: int) -> tuple[str, str]:
        """Do a step; tried again while the object is busy or the API server is gone."""

        async def act() -> tuple[str, str]:
            action = await self._door.act(await self._plan(plan), number)
            return action.state if action.state in ("acted", "failed") else "acted", action.text

        deadline, pause = time.monotonic() + PATIENCE, 0.2
        while True:
            try:
                return self._ask(act)
            except (Busy, UnreachableError) as error:
                if time.monotonic() > deadline:
                    return "failed", str(error)
            except Killed as error:
                return "killed", str(error)
            except HelmwardError as error:
                return "failed", str(error)
            self._sleep(pause)
            pause = min(_LONGEST_PAUSE, pause * 2)

    def check(self, plan: str, number: int) -> tuple[str, str]:
        """Verify a step."""

        async def check() -> tuple[str, str]:
            action = await self._door.check(await self._plan(plan), number)
            return action.state, action.text

        return self._told(check)

    def take_back(self, plan: str, number: int, why: str) -> tuple[str, str]:
        """Plan the undo of a step."""

        async def take_back() -> tuple[str, str]:
            found = await self._plan(plan)
            return (await self._door.take_back(found.requester, found, number, why)).id, ""

        try:
            return self._ask(take_back)
        except HelmwardError as error:
            return "", str(error)

    def mark(self, plan: str, number: int, state: str, text: str) -> None:
        """A step was undone, or its undo failed."""

        async def mark() -> None:
            found = await self._plan(plan)
            await self._door.mark(found.action_id(number), state, text)
            if state == "undone" and found.incident:
                await self._door.pause(self._by, found.incident, f"{found.action_id(number)} did not help: {text}")

        self._ask(mark)

    def rest(self, plan: str) -> bool:
        """Wait until a temporary change is over. After a restart only for what is left of it."""

        async def rest() -> bool:
            found = await self._plan(plan)
            if found.override_seconds is None:
                return False
            await asyncio.sleep(await self._door.left(found))
            return True

        return self._ask(rest)

    def end(self, plan: str, state: str, text: str) -> None:
        """The plan has ended."""

        async def end() -> None:
            await self._door.ended(await self._plan(plan), state, text)  # type: ignore[arg-type]

        self._ask(end)

    async def _plan(self, plan: str) -> Plan:
        return (await self._door.plan(plan)).plan

    def _told(self, ask: Callable[[], Coroutine[Any, Any, tuple[str, str]]]) -> tuple[str, str]:
        try:
            return self._ask(ask)
        except HelmwardError as error:
            return "failed", str(error)

    def _sleep(self, seconds: float) -> None:
        self._ask(lambda: asyncio.sleep(seconds))

    def _ask(self, ask: Callable[[], Coroutine[Any, Any, T]]) -> T:
        if self._stopping:
            raise Stopping
        future = asyncio.run_coroutine_threadsafe(ask(), self._loop)
        self._waiting.add(future)
        try:
            return future.result()
        except CancelledError:
            raise Stopping from None
        finally:
            self._waiting.discard(future)
