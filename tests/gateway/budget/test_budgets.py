"""Budgets, one thing at a time, on the real database where that matters."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from helmward.adapters.stores.spending import SpendingRows
from helmward.adapters.stores.state import State
from helmward.core.settings_gateway import BudgetSettings
from helmward.core.traffic import nothing
from helmward.gateway.budget import BudgetReached, Budgets, BudgetUnkept, Estimate, Used, open_budgets

from ...waiting import until
from .memory import Clock, Memory, caller

ONE = Estimate(10, 0.0)
DAY = 86400


@pytest.fixture
def rows(tmp_path: Path) -> Iterator[SpendingRows]:
    state = State(tmp_path / "state.db")
    yield SpendingRows(state)
    state.close()


async def refused(budgets: Budgets, *given: Any) -> BudgetReached:
    with pytest.raises(BudgetReached) as caught:
        await budgets.reserve(*(given or (caller(), "m", ONE)))
    return caught.value


async def test_a_thousand_at_once_get_what_there_is_and_no_more(rows: SpendingRows) -> None:
    limits = [
        BudgetSettings(requests=300),
        BudgetSettings(each="team", tokens=2500),
        BudgetSettings(each="all", usd=0.004, concurrent=900),
    ]
    async with open_budgets(limits, rows) as budgets:

        async def call(number: int) -> int:
            try:
                lease = await budgets.reserve(caller(f"key-{number % 2}"), "m", Estimate(10, 0.00001))
            except BudgetReached:
                return 0
            await asyncio.sleep(0)
            budgets.settle(lease, Used(4, 6, 0, 0.00001))
            return 1

        assert sum(await asyncio.gather(*(call(number) for number in range(1000)))) == 250
        team = next(one for one in budgets.standing() if one.each == "team")
        assert (team.spent, team.reserved, team.remaining) == ((250, 2500, 2_500_000), (0, 0, 0), (None, 0, None))


async def test_it_is_reserved_in_every_budget_or_in_none() -> None:
    limits = [BudgetSettings(name="wide", requests=100), BudgetSettings(name="tight", each="all", tokens=15)]
    async with open_budgets(limits, Memory(), Clock()) as budgets:
        await budgets.reserve(caller(), "m", ONE)
        error = await refused(budgets)
        wide = next(one for one in budgets.standing() if one.budget == "wide")
        assert wide.reserved[0] == 1
        assert "'tight'" in str(error) and "15 tokens in 24h" in str(error)


async def test_each_counts_for_whom_it_says() -> None:
    limits = [BudgetSettings(name="ci", key="ci-*", requests=1), BudgetSettings(name="team", each="team", requests=3)]
    async with open_budgets(limits, Memory(), Clock()) as budgets:
        await budgets.reserve(caller("ci-a"), "m", ONE)
        await budgets.reserve(caller("ci-b"), "m", ONE)
        assert "the key 'ci-a'" in str(await refused(budgets, caller("ci-a"), "m", ONE))
        await budgets.reserve(caller("person"), "m", ONE)
        assert "the team 'payments'" in str(await refused(budgets, caller("person"), "m", ONE))
        await budgets.reserve(caller("person", team=""), "m", ONE)


async def test_it_says_when_there_is_room_again() -> None:
    clock = Clock(DAY * 20000 + 1000.0)
    async with open_budgets([BudgetSettings(name="b", tokens=20, requests=9)], Memory(), clock) as budgets:
        lease = await budgets.reserve(caller(), "m", Estimate(15, 0.0))
        error = await refused(budgets)
        assert error.retry_after == 1.0 and "calls that still run" in error.what
        budgets.settle(lease, Used(10, 5, 0, 0.0))
        error = await refused(budgets)
        assert error.retry_after == DAY - 1000 and "15 tokens are spent" in error.what
        assert "begins anew at 2024-10-05T00:00:00Z" in error.what
        error = await refused(budgets, caller(), "m", Estimate(21, 0.0))
        assert error.retry_after is None and "never has room" in error.what
        clock.now += DAY
        await budgets.reserve(caller(), "m", Estimate(20, 0.0))


async def test_money_needs_a_price() -> None:
    async with open_budgets([BudgetSettings(usd=1)], Memory(), Clock()) as budgets:
        error = await refused(budgets, caller(), "mystery", Estimate(1, None))
        assert "input_usd_per_million" in error.what and "'mystery'" in error.what and error.retry_after is None
    async with open_budgets([BudgetSettings(tokens=10)], Memory(), Clock()) as budgets:
        await budgets.reserve(caller(), "mystery", Estimate(1, None))


async def test_money_whose_price_is_not_known_afterwards_is_what_was_reserved() -> None:
    async with open_budgets([BudgetSettings(usd=1)], Memory(), Clock()) as budgets:
        for usd in (None, float("nan"), float("inf")):
            budgets.settle(await budgets.reserve(caller(), "m", Estimate(1, 0.25)), Used(1, 1, 0, usd))
        assert budgets.standing()[0].spent[2] == 750_000_000


async def test_money_does_not_drift() -> None:
    async with open_budgets([BudgetSettings(usd=100)], Memory(), Clock()) as budgets:
        for _ in range(1000):
            budgets.settle(await budgets.reserve(caller(), "m", Estimate(1, 0.1)), Used(1, 1, 0, 0.1))
        assert budgets.standing()[0].spent[2] == 100_000_000_000
        await refused(budgets, caller(), "m", Estimate(1, 1e-9))


async def test_what_was_used_beyond_the_reservation_counts_and_survives_a_kill() -> None:
    store, clock = Memory(), Clock()
    context = open_budgets([BudgetSettings(tokens=100)], store, clock)
    budgets = await context.__aenter__()
    budgets.settle(await budgets.reserve(caller(), "m", ONE), Used(100, 50, 0, 0.0))
    await refused(budgets)
    await until(lambda: store.windows()[0].leased[1] == 150, "the larger lease")
    async with open_budgets([BudgetSettings(tokens=100)], store.left(), clock) as after:
        assert "150 tokens" in (await refused(after)).what
    await context.__aexit__(None, None, None)


async def test_a_call_settled_in_a_later_window_does_not_write_over_it() -> None:
    store, clock = Memory(), Clock(DAY * 20000.0)
    async with open_budgets([BudgetSettings(tokens=100)], store, clock) as budgets:
        long = await budgets.reserve(caller(), "m", ONE)
        clock.now += DAY
        await budgets.reserve(caller(), "m", ONE)
        budgets.settle(long, Used(500, 0, 0, 0.0))  # more than was leased: it would be written at once
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(others)
        assert store.windows()[0].start == clock.now and store.windows()[0].leased[1] >= 10


async def test_a_clock_that_goes_back_frees_nothing() -> None:
    store, clock = Memory(), Clock(DAY * 20000.0 + 5)
    limits = [BudgetSettings(tokens=25)]
    async with open_budgets(limits, store, clock) as budgets:
        budgets.settle(await budgets.reserve(caller(), "m", ONE), Used(10, 10, 0, 0.0))
        clock.now -= 10  # over midnight, and back again
        await refused(budgets)
        clock.now += 10
        await refused(budgets)
        clock.now -= 30 * DAY
        await refused(budgets)
    async with open_budgets(limits, store, clock) as budgets:
        await refused(budgets)
        clock.now -= 30 * DAY
        await refused(budgets)
        clock.now += DAY  # yet a window ends by the clock that is
        await budgets.reserve(caller(), "m", ONE)


async def test_a_changed_figure_holds_for_what_is_already_spent() -> None:
    store, clock = Memory(), Clock()

    async def spend(limits: BudgetSettings) -> None:
        async with open_budgets([limits], store, clock) as budgets:
            budgets.settle(await budgets.reserve(caller(), "m", ONE), Used(10, 0, 0, 0.0))

    await spend(BudgetSettings(requests=9, tokens=100))
    await spend(BudgetSettings(requests=9, tokens=20))
    with pytest.raises(BudgetReached):
        await spend(BudgetSettings(requests=9, tokens=5))
    with pytest.raises(BudgetReached):
        await spend(BudgetSettings(requests=1))
    await spend(BudgetSettings(requests=3))
    with pytest.raises(BudgetReached, match="30 tokens are spent"):
        await spend(BudgetSettings(tokens=35))  # what had no limit was counted all the same


async def test_a_named_budget_keeps_its_count_whatever_else_changes() -> None:
    store, clock = Memory(), Clock()
    async with open_budgets([BudgetSettings(name="b", tokens=10)], store, clock) as budgets:
        budgets.settle(await budgets.reserve(caller(), "m", ONE), Used(10, 0, 0, 0.0))
    for seconds in (3600, 7 * DAY):
        async with open_budgets([BudgetSettings(name="b", tokens=10, seconds=seconds)], store, clock) as budgets:
            await refused(budgets)


async def test_so_many_at_the_same_time_and_no_more() -> None:
    async with open_budgets([BudgetSettings(concurrent=2)], Memory(), Clock()) as budgets:
        first = await budgets.reserve(caller(), "m", ONE)
        await budgets.reserve(caller(), "m", ONE)
        assert (await refused(budgets)).retry_after == 1.0
        budgets.release(first)
        budgets.settle(first, Used(1, 1, 0, 0.0))
        await budgets.reserve(caller(), "m", ONE)
        await refused(budgets)


async def test_a_caller_that_goes_while_it_waits_reserves_nothing() -> None:
    async with open_budgets([BudgetSettings(tokens=1000)], Memory(), Clock()) as budgets:
        waiting = asyncio.create_task(budgets.reserve(caller(), "m", ONE))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await budgets.reserve(caller(), "m", Estimate(1000, 0.0))


async def test_what_cannot_be_recorded_is_not_spent(rows: SpendingRows, tmp_path: Path) -> None:
    async with open_budgets([BudgetSettings(requests=10)], rows) as budgets:
        rows.add([], nothing())
        with sqlite3.connect(tmp_path / "state.db") as other:
            other.execute("DROP TABLE gateway_windows")
        with pytest.raises(BudgetUnkept, match="No call is made"):
            await budgets.reserve(caller(), "m", ONE)


async def test_the_usual_path_waits_for_nothing(rows: SpendingRows) -> None:
    async with open_budgets([BudgetSettings(requests=100_000), BudgetSettings(each="all", usd=50)], rows) as budgets:
        await budgets.reserve(caller(), "m", Estimate(10, 0.001))
        for _ in range(200):
            with pytest.raises(StopIteration):
                budgets.reserve(caller(), "m", Estimate(10, 0.001)).send(None)


KILLED = """
import asyncio, sys
from pathlib import Path
from helmward.adapters.stores.spending import SpendingRows
from helmward.adapters.stores.state import State
from helmward.core.nouns import Actor
from helmward.core.settings_gateway import BudgetSettings
from helmward.gateway.budget import Caller, Estimate, Used, open_budgets

async def main():
    rows = SpendingRows(State(Path(sys.argv[1])))
    who = Caller(Actor(name="ada", kind="service"), "ci", "")
    async with open_budgets([BudgetSettings(name="b", requests=1000, tokens=100_000)], rows) as budgets:
        while True:
            lease = await budgets.reserve(who, "m", Estimate(100, 0.0))
            budgets.settle(lease, Used(30, 20, 0, 0.0))
            await budgets.reserve(who, "m", Estimate(100, 0.0))  # stays open
            print("spent", flush=True)

asyncio.run(main())
"""


async def test_after_kill_9_nothing_is_lost_and_nothing_counts_twice(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with subprocess.Popen([sys.executable, "-c", KILLED, path], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        rounds = 0
        while rounds < 40:
            assert process.stdout.readline()
            rounds += 1
        os.kill(process.pid, signal.SIGKILL)
        rounds += len(process.stdout.read().splitlines())
    state = State(path)
    settings = BudgetSettings(name="b", requests=1000, tokens=100_000)
    async with open_budgets([settings], SpendingRows(state)) as budgets:
        found = budgets.standing()[0]
        counted = [spent + left for spent, left in zip(found.spent, found.recovered, strict=True)]
        assert 2 * rounds <= counted[0] <= 2 * (rounds + 1) + 2 * 62
        assert 150 * rounds <= counted[1] <= 150 * (rounds + 1) + 2 * 6250
        budgets.reconcile()
        after = budgets.standing()[0]
        assert not any(after.recovered) and after.spent == found.spent
    async with open_budgets([settings], SpendingRows(state)) as budgets:
        assert not any(budgets.standing()[0].recovered if budgets.standing() else ())
    state.close()
