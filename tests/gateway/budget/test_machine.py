"""Whatever happens in whatever order, with kills at every point: budgets are neither overshot, nor lost, nor counted twice."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from helmward.core.settings_gateway import BudgetSettings
from helmward.gateway.budget import BudgetReached, Budgets, BudgetUnkept, Estimate, Lease, Used, open_budgets

from .memory import Clock, Memory, caller

T = TypeVar("T")
SECONDS = 100.0
KEYS = ("one", "two")
EACH = BudgetSettings(name="each", requests=9, tokens=400, usd=4e-7, seconds=SECONDS)
ALL = BudgetSettings(name="all", each="all", tokens=600, concurrent=6, seconds=SECONDS)
LIMITS = {"each": (9, 400, 400), "all": (None, 600, None)}


Place = tuple[str, str]


class Held:
    """A call of the model: in which windows of which budgets it is counted, and how much it reserved."""

    def __init__(self, lease: Lease | None, windows: dict[Place, float], amounts: tuple[int, int, int]) -> None:
        self.lease, self.windows, self.amounts = lease, windows, amounts


class Spending(RuleBasedStateMachine):
    """`counted`: what must count now, by budget and subject; `window`: in which window of it."""

    leases = Bundle("leases")

    @initialize()
    def begin(self) -> None:
        self.runner = asyncio.Runner()
        self.store, self.clock = Memory(), Clock()
        self.window: dict[Place, float] = {}
        self.began = 0.0
        self.counted: dict[Place, list[int]] = {}
        self.held: set[Held] = set()
        self.dead: set[Held] = set()
        self.killed: list[AsyncExitStack] = []
        self.do(self.open())

    async def open(self) -> None:
        self.stack = AsyncExitStack()
        self.budgets: Budgets = await self.stack.enter_async_context(open_budgets([EACH, ALL], self.store, self.clock))

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Run it, and whatever it began, to its end."""

        async def whole() -> T:
            done = await work
            while others := asyncio.all_tasks() - {asyncio.current_task()}:
                await asyncio.wait(others)
            return done

        return self.runner.run(whole())

    def turn(self) -> None:
        """Windows end when the clock passes their end. A clock that goes back ends none, and begins none anew."""
        now = self.clock.now // SECONDS
        for place in [place for place, window in self.window.items() if window < now]:
            self.window[place], self.counted[place] = now, [0, 0, 0]

    def windows(self, key: str) -> dict[Place, float]:
        """The windows in which a call of this key is counted now."""
        for place in (("each", key), ("all", "")):
            if place not in self.window:
                self.window[place] = self.clock.now // SECONDS
                self.counted[place] = [0, 0, 0]
        return {place: self.window[place] for place in (("each", key), ("all", ""))}

    def count(self, held: Held, amounts: tuple[int, ...], sign: int) -> None:
        for place, window in held.windows.items():
            if self.window.get(place) == window:
                for unit, amount in enumerate(amounts):
                    self.counted[place][unit] += sign * amount

    async def call(self, key: str, size: int) -> Held | None:
        amounts = (1, size, size)
        try:
            lease = await self.budgets.reserve(caller(key), "m", Estimate(size, size * 1e-9))
        except BudgetReached as error:
            assert error.retry_after is None or error.retry_after > 0
            return None
        except BudgetUnkept:
            assert self.store.refuses or self.store.dies
            return None
        held = Held(lease, self.windows(key), amounts)
        self.count(held, amounts, 1)
        self.held.add(held)
        return held

    async def calls(self, key: str, sizes: list[int]) -> list[Held]:
        self.windows(key)  # an attempt begins a window too
        found = await asyncio.gather(*(self.call(key, size) for size in sizes))
        return [held for held in found if held is not None]

    @rule(target=leases, key=st.sampled_from(KEYS), sizes=st.lists(st.integers(0, 180), min_size=1, max_size=8))
    def reserve(self, key: str, sizes: list[int]) -> Any:
        """Several at once; those that find no room get none of any budget."""
        found = self.do(self.calls(key, sizes))
        for place in found[0].windows if found else ():
            for unit, limit in enumerate(LIMITS[place[0]]):
                assert limit is None or self.counted[place][unit] <= limit, "overshot"
        return multiple(*found)

    @rule(held=consumes(leases), part=st.integers(0, 12), twice=st.booleans())
    def settle(self, held: Held, part: int, twice: bool) -> None:
        """Up to a fifth more than was reserved."""
        used = held.amounts[1] * part // 10

        async def settled() -> None:
            self.budgets.settle(held.lease, Used(used - used // 3, used // 3, 0, used * 1e-9))
            if twice:
                self.budgets.settle(held.lease, Used(used, used, 0, 1.0))
                self.budgets.release(held.lease)

        if held not in self.dead:
            self.do(settled())
            self.held.discard(held)
            self.count(held, held.amounts, -1)
            self.count(held, (1, used, used), 1)

    @rule(held=consumes(leases))
    def release(self, held: Held) -> None:
        async def released() -> None:
            self.budgets.release(held.lease)
            self.budgets.settle(held.lease, Used(100, 0, 0, 1.0))

        if held not in self.dead:
            self.do(released())
            self.held.discard(held)
            self.count(held, held.amounts, -1)

    @rule(seconds=st.floats(0.0, 130.0))
    def later(self, seconds: float) -> None:
        """Calls that run on into another window are settled in the one they began in."""
        self.clock.now += seconds
        self.turn()

    @rule(seconds=st.floats(0.0, 60.0))
    def clock_goes_back(self, seconds: float) -> None:
        """By less than a window, and not behind the one of the last start, whose rows count again then; further back is tested
        by itself."""
        newest = max(self.window.values(), default=0.0) * SECONDS
        self.clock.now = max(self.clock.now - seconds, newest - SECONDS + 1, self.began)

    @rule(key=st.sampled_from(KEYS), size=st.integers(1, 60))
    def disk_refuses(self, key: str, size: int) -> None:
        """Where nothing can be recorded nothing is given, but out of what was leased before."""
        leased = dict(self.store.rows)
        self.store.refuses = True
        found = self.do(self.calls(key, [size]))
        self.store.refuses = False
        for place in found[0].windows if found else ():
            for unit, limit in enumerate(LIMITS[place[0]]):
                assert limit is None or self.counted[place][unit] <= leased[place].leased[unit]

    @rule(point=st.sampled_from(["stop", "", "before", "after"]), sizes=st.lists(st.integers(1, 90), max_size=4))
    def restart(self, point: str, sizes: list[int]) -> None:
        """The server is stopped; or killed, perhaps while it writes for calls that come just then."""
        if point == "stop":
            self.do(self.stack.aclose())
        else:
            self.killed.append(self.stack)
            self.store.dies = point
            self.do(self.calls(KEYS[0], sizes))
        self.store = self.store.left()
        self.dead |= self.held
        self.held.clear()
        self.do(self.open())
        now = self.standing()
        self.lost_or_more(now)
        if point == "stop":
            assert now == {place: sums for place, sums in self.counted.items() if any(sums)}
        kept = {place: row for place, row in self.store.rows.items() if row.ends > self.clock.now // SECONDS * SECONDS}
        self.window = {place: row.start // SECONDS for place, row in kept.items()}
        self.counted = {place: now.get(place, [0, 0, 0]) for place in kept}
        self.began = self.clock.now // SECONDS * SECONDS

    def lost_or_more(self, now: dict[Place, list[int]]) -> None:
        for place, sums in self.counted.items():
            for unit, limit in enumerate(LIMITS[place[0]]):
                assert limit is None or now.get(place, [0, 0, 0])[unit] >= sums[unit], "spending was lost"
        for place, sums in now.items():
            assert sums == list(self.store.rows[place].leased), "more counts than was leased"

    @rule()
    def reconcile(self) -> None:
        """What kills left behind comes back, and nothing else."""

        async def reconciled() -> None:
            before = {(one.budget, one.subject): one for one in self.budgets.standing()}
            for was in self.budgets.reconcile():
                assert was == before[was.budget, was.subject]
                for unit, amount in enumerate(was.recovered):
                    self.counted[was.budget, was.subject][unit] -= amount
            assert not any(any(one.recovered) for one in self.budgets.standing())

        self.do(reconciled())

    def standing(self) -> dict[Place, list[int]]:
        async def now() -> dict[Place, list[int]]:
            return {
                (one.budget, one.subject): [
                    sum(each) for each in zip(one.spent, one.recovered, one.reserved, strict=True)
                ]
                for one in self.budgets.standing()
            }

        return {place: sums for place, sums in self.do(now()).items() if any(sums)}

    @invariant()
    def what_counts_is_counted_once(self) -> None:
        if hasattr(self, "budgets"):
            assert self.standing() == {place: sums for place, sums in self.counted.items() if any(sums)}

    def teardown(self) -> None:
        if hasattr(self, "runner"):
            for stack in (*self.killed, self.stack):
                self.do(stack.aclose())
            self.runner.close()


TestSpending = Spending.TestCase
TestSpending.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
