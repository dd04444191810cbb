"""Budgets: reserved before a call, settled after it. Never overshot by what was reserved, however many calls come at once;
a call that used more than it reserved counts fully, and the next one finds less.

What may be spent is leased durably in blocks (blocks.py). A server that is killed leaves its leases behind: they count as
spent until their window ends, or until an operator who looked into the audit takes them back (`reconcile`).
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

from helmward.core.settings_gateway import BudgetSettings
from helmward.core.spending import Amounts, Spending, WindowRow
from helmward.gateway.budget.blocks import Blocks
from helmward.gateway.budget.counter import Counter, Window
from helmward.gateway.budget.refusing import never_fits, reached, too_many, unpriced
from helmward.gateway.budget.report import Standing, standing
from helmward.gateway.budget.rules import Rule, rules
from helmward.gateway.budget.terms import Caller, Estimate, Used, nano

_USD = 2
_FEW = 256  # counters that are kept without looking whether they are over


class Lease:
    """What a call reserved. It is open until it is settled or released."""

    __slots__ = ("amounts", "counters", "open", "windows")

    def __init__(self, counters: tuple[Counter, ...], windows: list[Window], amounts: Amounts) -> None:
        self.counters, self.windows, self.amounts, self.open = counters, windows, amounts, True


class Budgets:
    """The budgets of a running server. One event loop owns them."""

    def __init__(self, rules: list[Rule], blocks: Blocks, clock: Callable[[], float]) -> None:
        self._rules, self._blocks, self._clock = rules, blocks, clock
        self._counters: dict[tuple[str, str], Counter] = {}
        self._of: dict[tuple[str, str, str], tuple[Counter, ...]] = {}
        self._looked = _FEW

    async def reserve(self, caller: Caller, model: str, estimate: Estimate) -> Lease:
        """Room for a call in every budget that holds for the caller, or in none. It waits only where a block must be leased
        first. Raises BudgetReached, and BudgetUnkept where that cannot be recorded."""
        usd = estimate.usd
        amounts = (1, estimate.tokens, 0 if usd is None else nano(usd))
        while True:
            counters = self._of.get((caller.key, caller.actor.name, caller.team))
            if counters is None:
                counters = self._counted(caller)
            now = self._clock()
            windows = [counter.at(now) for counter in counters]
            short = [
                window
                for counter, window in zip(counters, windows, strict=True)
                if self._short(counter, window, amounts, model, usd is None, now)
            ]
            if not short:
                return self._held(counters, windows, amounts)
            await self._blocks.more(short, amounts)

    def settle(self, lease: Lease, used: Used) -> None:
        """What the call used takes the place of what it reserved. Money of which the price is not known is what was reserved.
        Once; then, and after `release`, it does nothing."""
        if not self._end(lease):
            return
        usd = lease.amounts[_USD] if used.usd is None or not math.isfinite(used.usd) else nano(max(0.0, used.usd))
        spent = (1, max(0, used.input_tokens) + max(0, used.output_tokens), usd)
        for window in lease.windows:
            for unit, amount in enumerate(spent):
                window.held[unit] += amount - lease.amounts[unit]
                window.settled[unit] += amount
            if any(window.held[unit] > window.leased[unit] for unit, _ in window.rule.limited):
                self._blocks.ahead(window)
            else:
                self._blocks.later(window)

    def release(self, lease: Lease) -> None:
        """Nothing was used: for calls of which it is certain that no upstream got them. Once, as `settle`."""
        if not self._end(lease):
            return
        for window in lease.windows:
            for unit, amount in enumerate(lease.amounts):
                window.held[unit] -= amount
            self._blocks.later(window)

    def standing(self) -> list[Standing]:
        """How each budget stands now, for each subject of which something counts."""
        now = self._clock()
        return [
            standing(counter, now)
            for counter in self._counters.values()
            if any(counter.at(now).held) or counter.running
        ]

    def reconcile(self) -> list[Standing]:
        """Take back what counts as spent only because a server was killed while it was leased. How it stood before, of those
        of which something was taken back. It is an operator's word: calls that were under way then may have cost money."""
        now, found = self._clock(), []
        for counter in self._counters.values():
            window = counter.at(now)
            if any(window.recovered):
                found.append(standing(counter, now))
                for unit, amount in enumerate(window.recovered):
                    window.held[unit] -= amount
                window.recovered[:] = 0, 0, 0
                self._blocks.ahead(window)
        return found

    def recover(self, rows: dict[tuple[str, str], WindowRow]) -> None:
        """Count on from what an earlier server left."""
        now, known = self._clock(), {rule.id: rule for rule in self._rules}
        for (budget, subject), row in rows.items():
            if budget in known:
                counter = Counter(known[budget], subject, now, row)
                if row.ends > counter.window.start:
                    self._counters[budget, subject] = counter

    async def close(self) -> None:
        """Give back what was leased and not spent. Calls that still run stay reserved, and so count as spent."""
        now = self._clock()
        await self._blocks.close([counter.window for counter in self._counters.values() if not counter.over(now)])

    # ---- inside ----

    def _short(
        self, counter: Counter, window: Window, amounts: Amounts, model: str, priceless: bool, now: float
    ) -> bool:
        """Whether more must be leased first. Raises BudgetReached where that would not help."""
        rule, short = counter.rule, False
        if rule.concurrent is not None and counter.running >= rule.concurrent:
            raise too_many(counter)
        for unit, limit in rule.limited:
            if unit == _USD and priceless:
                raise unpriced(counter, model)
            after = window.held[unit] + amounts[unit]
            if after > limit:
                raise (
                    never_fits(counter, unit, amounts[unit])
                    if amounts[unit] > limit
                    else reached(counter, window, unit, amounts[unit], now)
                )
            short = short or after > window.leased[unit]
        return short

    def _held(self, counters: tuple[Counter, ...], windows: list[Window], amounts: Amounts) -> Lease:
        for counter, window in zip(counters, windows, strict=True):
            counter.running += 1
            held, leased = window.held, window.leased
            for unit in (0, 1, 2):
                held[unit] += amounts[unit]
            for unit, limit in counter.rule.limited:
                left = leased[unit] - held[unit]
                if leased[unit] < limit and (left < amounts[unit] or 2 * left < counter.rule.blocks[unit]):
                    self._blocks.ahead(window)
        return Lease(counters, windows, amounts)

    def _end(self, lease: Lease) -> bool:
        if not lease.open:
            return False
        lease.open = False
        for counter in lease.counters:
            counter.running -= 1
        return True

    def _counted(self, caller: Caller) -> tuple[Counter, ...]:
        """The counters of a caller."""
        now = self._clock()
        self._forget(now)
        found = []
        for rule in self._rules:
            if rule.holds(caller):
                place = (rule.id, rule.subject(caller))
                found.append(self._counters.setdefault(place, Counter(rule, place[1], now)))
        self._of[caller.key, caller.actor.name, caller.team] = tuple(found)
        return tuple(found)

    def _forget(self, now: float) -> None:
        """Drop counters of which nothing counts any more, now and then."""
        if len(self._counters) + len(self._of) < self._looked:
            return
        self._counters = {place: counter for place, counter in self._counters.items() if not counter.over(now)}
        self._of.clear()
        self._looked = _FEW + 2 * len(self._counters)


@asynccontextmanager
async def open_budgets(
    budgets: Iterable[BudgetSettings], store: Spending, clock: Callable[[], float] = time.time
) -> AsyncIterator[Budgets]:
    """The budgets of the settings with what was spent of them. Raises HelmwardError where that cannot be read."""
    rows = await asyncio.to_thread(store.windows)
    made = Budgets(rules(budgets), Blocks(store), clock)
    made.recover({(row.budget, row.subject): row for row in rows})
    try:
        yield made
    finally:
        await made.close()
