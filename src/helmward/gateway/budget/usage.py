"""What was used, by whom, of which model, and how calls went: counted by time, written in batches. The audit holds each call;
this sums up."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Literal, TypeVar

from helmward.core.errors import HelmwardError
from helmward.core.spending import Spending, Sum, Use, UseCounts
from helmward.core.traffic import Ended, Traffic
from helmward.gateway.budget.past import Past
from helmward.gateway.budget.terms import Caller, Used, nano
from helmward.gateway.budget.traffic import Gathering

By = Literal["key", "user", "team", "model"]
K = TypeVar("K")

KEPT = 92 * 86400
"""Seconds for which it is kept: a quarter of a year."""

BY_MINUTE = 2 * 86400
"""Seconds for which it is kept by the minute; after them by the hour."""

TRAFFIC_KEPT = 8 * 86400
"""Seconds for which traffic (verdicts, finds, how long calls took) is kept: a week that begins within some day."""

TRAFFIC_BY_STEP = 25 * 3600
"""Seconds for which that is in steps of five minutes (a day that begins within some hour); after them it is by the hour."""

_TIDY = 6 * 3600  # seconds between two times of tidying up
_PAUSE = 1.0  # seconds that a batch gathers; so much is lost in a crash, of this, not of the audit
_MINUTE = 60
_MOST = 10_000  # kinds of use in a batch that cannot be written; further ones are dropped, and said to be
_UNTOLD = Ended()
_log = logging.getLogger(__name__)


class Usage:
    """Counts. One event loop owns it."""

    def __init__(self, store: Spending, clock: Callable[[], float]) -> None:
        self._store, self._clock = store, clock
        self._gathered: dict[Use, list[int]] = {}
        self._traffic = Gathering()
        self._past = Past(store)
        self._turn = asyncio.Lock()
        self._tidied = clock()
        self._timer: asyncio.TimerHandle | None = None
        self._writing: asyncio.Task[None] | None = None

    def note(
        self,
        caller: Caller,
        model: str,
        upstream: str,
        used: Used | None,
        verdict: str,
        at: float | None = None,
        ended: Ended = _UNTOLD,
    ) -> None:
        """A call has ended: `verdict` is what the guards, the policy or the budget said (allow, flag, mask, block, deny …),
        `used` None where no upstream was asked, `at` seconds since 1970 (None: now). Never raises, awaits nothing."""
        now = self._clock() if at is None else at
        use = Use(int(now) // _MINUTE * _MINUTE, caller.key, caller.actor.name, caller.team, model, upstream, verdict)
        counts = self._gathered.get(use)
        if counts is None:
            if len(self._gathered) >= _MOST:
                _log.warning("A use of the model %s was not counted: too many wait to be written.", model)
                return
            counts = self._gathered[use] = [0] * len(UseCounts._fields)
        counts[0] += 1
        spent = (0, 0, 0, 0)
        if used is not None:
            known = used.usd is not None and math.isfinite(used.usd)
            spent = (used.input_tokens, used.output_tokens, nano(used.usd or 0.0) if known else 0, int(not known))
            counts[1] += spent[0]
            counts[2] += spent[1]
            counts[3] += used.cached_tokens
            counts[4] += spent[2]
            counts[5] += spent[3]
        self._traffic.note(now, model, verdict, spent, ended)
        self._soon()

    async def sums(self, since: float, by: By) -> list[Sum]:
        """What was used in the minutes that end after `since` (seconds since 1970; what is older than BY_MINUTE is kept by the
        hour), summed by key, user, team or model, and verdict. Raises HelmwardError."""
        async with self._turn:
            found = await asyncio.to_thread(self._store.sums, since, by)
            waiting = [(use, list(counts)) for use, counts in self._gathered.items() if use.minute + _MINUTE > since]
        summed: dict[tuple[str, str], list[int]] = {(one.name, one.verdict): list(one.counts) for one in found}
        for use, counts in waiting:
            _add(summed, (getattr(use, by), use.verdict), counts)
        return [Sum(name, verdict, UseCounts(*counts)) for (name, verdict), counts in summed.items()]

    async def traffic(self, since: int, step: int, model: str | None = None) -> Traffic:
        """The traffic of the steps that begin at or after `since` (seconds since 1970), summed in steps of `step` seconds; of one
        model, or of all. Finds are summed over all of it, and bear `since`. Raises HelmwardError."""
        async with self._turn:
            found = await asyncio.to_thread(self._past.traffic, since, step, model, self._clock())
            found.add(self._traffic.part(since, step, model))
        return found

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
            traffic = self._traffic.take()
            try:
                rows = [(use, UseCounts(*counts)) for use, counts in batch.items()]
                await asyncio.to_thread(self._store.add, rows, traffic)
                self._past.written(traffic)
            except HelmwardError as error:
                _log.warning("What models used could not be written yet: %s", error)
                for use, counts in batch.items():
                    _add(self._gathered, use, counts)
                self._traffic.put_back(traffic)
                self._soon()
            if self._clock() >= self._tidied + _TIDY:
                await self.tidy()

    async def tidy(self) -> None:
        """Drop what is older than KEPT, or of traffic than TRAFFIC_KEPT; sum up by the hour what is older than BY_MINUTE, or of
        traffic than TRAFFIC_BY_STEP."""
        self._tidied = now = self._clock()
        try:
            await asyncio.to_thread(self._store.tidy, now - KEPT, now - KEPT, now - BY_MINUTE)
            await asyncio.to_thread(self._store.tidy_traffic, now - TRAFFIC_KEPT, now - TRAFFIC_BY_STEP)
            self._past.forget()
        except HelmwardError as error:
            _log.warning("What models used long ago could not be dropped yet: %s", error)


@asynccontextmanager
async def open_usage(store: Spending, clock: Callable[[], float] = time.time) -> AsyncIterator[Usage]:
    """Counts until the block is left."""
    usage = Usage(store, clock)
    await usage.tidy()
    try:
        yield usage
    finally:
        await usage.close()


def _add(sums: dict[K, list[int]], key: K, counts: list[int]) -> None:
    had = sums.get(key)
    sums[key] = list(counts) if had is None else [one + more for one, more in zip(had, counts, strict=True)]
