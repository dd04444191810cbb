"""What was used, by whom, of which model: counted by the minute, written in batches. The audit holds each call; this sums up."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from helmward.core.errors import HelmwardError
from helmward.core.spending import Spending, Use, UseCounts
from helmward.gateway.budget.terms import Caller, Used, nano

KEPT = 92 * 86400
"""Seconds for which it is kept: a quarter of a year."""

_PAUSE = 1.0  # seconds that a batch gathers; so much is lost in a crash, of this, not of the audit
_MINUTE = 60
_MOST = 10_000  # kinds of use in a batch that cannot be written; further ones are dropped, and said to be
_log = logging.getLogger(__name__)


class Usage:
    """Counts. One event loop owns it."""

    def __init__(self, store: Spending, clock: Callable[[], float]) -> None:
        self._store, self._clock = store, clock
        self._gathered: dict[Use, list[int]] = {}
        self._turn = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._writing: asyncio.Task[None] | None = None

    def note(
        self, caller: Caller, model: str, upstream: str, used: Used | None, verdict: str, at: float | None = None
    ) -> None:
        """A call has ended: `verdict` is what the guards, the policy or the budget said (allow, flag, mask, block, deny …),
        `used` None where no upstream was asked, `at` seconds since 1970 (None: now). Never raises, awaits nothing."""
        minute = int(self._clock() if at is None else at) // _MINUTE * _MINUTE
        use = Use(minute, caller.key, caller.actor.name, caller.team, model, upstream, verdict)
        counts = self._gathered.get(use)
        if counts is None:
            if len(self._gathered) >= _MOST:
                _log.warning("A use of the model %s was not counted: too many wait to be written.", model)
                return
            counts = self._gathered[use] = [0] * len(UseCounts._fields)
        counts[0] += 1
        if used is not None:
            counts[1] += used.input_tokens
            counts[2] += used.output_tokens
            counts[3] += used.cached_tokens
            known = used.usd is not None and math.isfinite(used.usd)
            counts[4] += nano(used.usd or 0.0) if known else 0
            counts[5] += not known
        self._soon()

    async def since(self, moment: float) -> list[tuple[Use, UseCounts]]:
        """What was used in the minutes that end after `moment` (seconds since 1970). Raises HelmwardError."""
        async with self._turn:
            found = await asyncio.to_thread(self._store.uses, moment)
            waiting = [(use, UseCounts(*counts)) for use, counts in self._gathered.items()]
        return found + [(use, counts) for use, counts in waiting if use.minute + _MINUTE > moment]

    async def close(self) -> None:
        """Write what is gathered."""
        if self._timer is not None:
            self._timer.cancel()
        await self._write()

    # ---- inside ----

    def _soon(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_PAUSE, self._ripe)

    def _ripe(self) -> None:
        self._timer = None
        self._writing = asyncio.get_running_loop().create_task(self._write())

    async def _write(self) -> None:
        async with self._turn:
            batch, self._gathered = self._gathered, {}
            try:
                rows = [(use, UseCounts(*counts)) for use, counts in batch.items()]
                await asyncio.to_thread(self._store.add, rows)
            except HelmwardError as error:
                _log.warning("What models used could not be written yet: %s", error)
                self._gathered = _sums(batch, self._gathered)
                self._soon()


@asynccontextmanager
async def open_usage(store: Spending, clock: Callable[[], float] = time.time) -> AsyncIterator[Usage]:
    """Counts until the block is left; what is older than KEPT is dropped. Raises HelmwardError where that cannot be done."""
    now = clock()
    await asyncio.to_thread(store.forget, now - KEPT, now - KEPT)
    usage = Usage(store, clock)
    try:
        yield usage
    finally:
        await usage.close()


def _sums(one: dict[Use, list[int]], other: dict[Use, list[int]]) -> dict[Use, list[int]]:
    summed = {use: list(counts) for use, counts in one.items()}
    for use, counts in other.items():
        had = summed.get(use, [0] * len(counts))
        summed[use] = [left + right for left, right in zip(had, counts, strict=True)]
    return summed
