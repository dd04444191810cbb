"""The door's steps for a run in a thread of DBOS: each is handed to the house's event loop and waited for."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from typing import Any, TypeVar

from helmward.adapters.stores.state import StateError
from helmward.core.errors import HelmwardError, UnreachableError
from helmward.core.nouns import Actor
from helmward.core.plans import Plan
from helmward.door.act import Busy
from helmward.door.audit import AuditError
from helmward.door.door import Door
from helmward.door.killswitch import Killed

T = TypeVar("T")

PATIENCE = 600.0
"""Seconds for which a step is tried while its object is busy, the API server does not answer, or the audit log or the state
cannot be written."""

_LONGEST_PAUSE = 10.0
_PASSING = (Busy, UnreachableError, AuditError, StateError)
_log = logging.getLogger(__name__)


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

    def stay(self, plan: str) -> None:
        """A run whose plan is another cluster's goes on when Helmward is back there."""
        known = self._door.means.ledger.proposed.get(plan)
        if known is not None and known.cluster != self._door.judge.cluster:
            _log.warning("The run of %s waits: it is of the cluster %s.", plan, known.cluster)
            raise Stopping

    def begin(self, plan: str) -> int:
        """The plan runs."""

        async def begin() -> int:
            found = await self._door.plan(plan)
            if found.state not in ("approved", "running"):
                return 0
            await self._door.moved(found.plan, "running", found.text)
            return len(found.plan.steps)

        return self._patiently(begin)

    def act(self, plan: str, number: int) -> tuple[str, str]:
        """Do a step."""

        async def act() -> tuple[str, str]:
            action = await self._door.act(await self._plan(plan), number)
            return action.state if action.state in ("acted", "failed") else "acted", action.text

        try:
            return self._patiently(act)
        except Killed as error:
            return "killed", str(error)
        except HelmwardError as error:
            return "failed", str(error)

    def check(self, plan: str, number: int) -> tuple[str, str]:
        """Verify a step."""

        async def check() -> tuple[str, str]:
            action = await self._door.check(await self._plan(plan), number)
            return action.state, action.text

        try:
            return self._patiently(check)
        except HelmwardError as error:
            return "failed", str(error)

    def take_back(self, plan: str, number: int, why: str) -> tuple[str, str]:
        """Plan the undo of a step."""

        async def take_back() -> tuple[str, str]:
            found = await self._plan(plan)
            return (await self._door.take_back(found.requester, found, number, why)).id, ""

        try:
            return self._patiently(take_back)
        except HelmwardError as error:
            return "", str(error)

    def mark(self, plan: str, number: int, state: str, text: str) -> None:
        """A step was undone, or its undo failed."""

        async def mark() -> None:
            found = await self._plan(plan)
            await self._door.mark(found.action_id(number), state, text)
            if state == "undone" and found.incident:
                await self._door.pause(self._by, found.incident, f"{found.action_id(number)} did not help: {text}")

        self._patiently(mark)

    def rest(self, plan: str) -> bool:
        """Wait until a temporary change is over. After a restart only for what is left of it."""

        async def rest() -> bool:
            found = await self._plan(plan)
            if found.override_seconds is None:
                return False
            await asyncio.sleep(await self._door.left(found))
            return True

        return self._patiently(rest)

    def end(self, plan: str, state: str, text: str) -> None:
        """The plan has ended. What it is not known to have written is looked for."""

        async def end() -> None:
            found = await self._plan(plan)
            await self._door.ended(found, state, text)  # type: ignore[arg-type]
            await self._look_for(found)

        self._patiently(end)

    def broke(self, plan: str, error: Exception) -> str:
        """Something that no step knows of went wrong: the plan has failed, and says what stands. Returns its state."""
        _log.error("The run of %s broke.", plan, exc_info=error)

        async def half_done() -> str:
            mine = [action.id for action in await self._door.half_done() if action.plan == plan]
            return f"; what was done stands: `helmward undo {mine[-1]}` takes it back" if mine else ""

        what = str(error) if isinstance(error, HelmwardError) else f"an error of our own ({error!r})"
        self.end(plan, "failed", f"its run broke: {what}{self._patiently(half_done)}")
        return "failed"

    async def _plan(self, plan: str) -> Plan:
        return (await self._door.plan(plan)).plan

    async def _look_for(self, plan: Plan) -> None:
        mine = {plan.action_id(number) for number in range(len(plan.steps))}
        for identity in mine.intersection(self._door.abandoned()):
            try:
                await self._door.resolve(identity)
            except HelmwardError as error:  # the next action on the object looks again, and so does the next start
                _log.warning("It is not known whether %s was written: %s", identity, error)

    def _patiently(self, ask: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Asked again while it fails for what passes; raises what it failed for last, after PATIENCE."""
        deadline, pause = time.monotonic() + PATIENCE, 0.2
        while True:
            try:
                return self._ask(ask)
            except _PASSING:
                if time.monotonic() > deadline:
                    raise
            self._sleep(pause)
            pause = min(_LONGEST_PAUSE, pause * 2)

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
