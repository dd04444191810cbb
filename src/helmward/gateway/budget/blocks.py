"""Leases blocks of budgets durably: ahead of need, several in one transaction, one transaction at a time.

Nothing of a block may be spent before it is durable. So whatever is spent is in the rows already when a server is killed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from helmward.core.errors import HelmwardError
from helmward.core.spending import Amounts, Spending, WindowRow
from helmward.gateway.budget.counter import Window
from helmward.gateway.budget.terms import BudgetUnkept

_PAUSE = 1.0
"""Seconds that what was settled waits, to be written with more of its kind; and what could not be written, for another try."""
_log = logging.getLogger(__name__)


class Blocks:
    """Writes windows. One event loop owns it."""

    def __init__(self, store: Spending) -> None:
        self._store = store
        self._due: dict[Window, None] = {}
        self._later: dict[Window, None] = {}
        self._waiters: list[asyncio.Future[None]] = []
        self._writing: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False

    def ahead(self, window: Window) -> None:
        """Lease a further block, in the background."""
        if self._closed:
            return
        self._due[window] = None
        if self._writing is None:
            self._writing = asyncio.get_running_loop().create_task(self._write())

    def later(self, window: Window) -> None:
        """Note what was settled, soon."""
        if self._closed:
            return
        self._later[window] = None
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_PAUSE, self._ripe)

    async def more(self, windows: Sequence[Window], amounts: Amounts) -> None:
        """Wait until more is leased of these, enough for these amounts if the limits let it. Raises BudgetUnkept."""
        if self._closed:
            raise BudgetUnkept("The gateway is closing, so no further call is made.")
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._want(windows, amounts, 1)
        try:
            self._waiters.append(written)
            for window in windows:
                self.ahead(window)
            await written
        finally:
            self._want(windows, amounts, -1)

    async def close(self, windows: Sequence[Window]) -> None:
        """Give back what is leased and not held of these windows."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        if self._writing is not None:
            await self._writing
        rows = [window.row((window.held[0], window.held[1], window.held[2])) for window in windows]
        try:
            await asyncio.to_thread(self._store.keep, rows, True)
        except HelmwardError as error:
            _log.warning("What is left of the budgets' leases could not be given back and counts as spent: %s", error)

    # ---- inside ----

    def _want(self, windows: Sequence[Window], amounts: Amounts, sign: int) -> None:
        for window in windows:
            for unit, amount in enumerate(amounts):
                window.wanted[unit] += sign * amount

    def _ripe(self) -> None:
        self._timer = None
        later, self._later = self._later, {}
        for window in later:
            self.ahead(window)

    async def _write(self) -> None:
        try:
            while self._due:
                windows, self._due = list(self._due), {}
                waiters, self._waiters = self._waiters, []
                await self._lease(windows, waiters)
        finally:
            self._writing = None

    async def _lease(self, windows: list[Window], waiters: list[asyncio.Future[None]]) -> None:
        present = [window for window in windows if not window.past]
        before = [tuple(window.leased) for window in present]
        rows = [window.row(window.target()) for window in present]
        more = any(map(_larger, present, rows, before))
        why = "the server failed; its log says how"
        try:
            await asyncio.to_thread(self._store.keep, rows, more)
        except HelmwardError as error:
            why = str(error)
            self._try_again(present, waiters, why)
        else:
            for window, row in zip(present, rows, strict=True):
                window.leased[:] = row.leased
            for waiter in waiters:
                if not waiter.done():
                    waiter.set_result(None)
        finally:
            for waiter in waiters:
                if not waiter.done():
                    waiter.set_exception(BudgetUnkept(f"No call is made, for what it spends cannot be recorded: {why}"))

    def _try_again(self, windows: list[Window], waiters: list[asyncio.Future[None]], why: str) -> None:
        for window in windows:
            self.later(window)
        if not waiters:
            _log.warning("No further block of a budget could be leased: %s", why)


def _larger(window: Window, row: WindowRow, before: tuple[int, ...]) -> bool:
    """Whether more is leased than before. What is given back need not be durable: without it more counts as spent."""
    return any(row.leased[unit] > before[unit] for unit, _ in window.rule.limited)
