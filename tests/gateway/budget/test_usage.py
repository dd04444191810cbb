"""What is summed up: all of it once, in batches, whatever the disk does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from helmward.adapters.stores.spending import SpendingRows
from helmward.adapters.stores.state import State
from helmward.core.spending import Use, UseCounts, WindowRow
from helmward.gateway.budget import Used
from helmward.gateway.budget.usage import KEPT, open_usage

from ...waiting import until
from .memory import Clock, Memory, caller


@pytest.fixture
def rows(tmp_path: Path) -> Iterator[SpendingRows]:
    state = State(tmp_path / "state.db")
    yield SpendingRows(state)
    state.close()


async def test_calls_of_a_minute_are_one_row_and_add_up(rows: SpendingRows) -> None:
    clock = Clock(1_800_000_000.0)
    for _ in range(2):
        async with open_usage(rows, clock) as usage:
            for _ in range(3):
                usage.note(caller(), "small", "vllm", Used(10, 5, 4, 0.25), "allow")
            usage.note(caller(), "small", "vllm", None, "block")
            for usd in (None, float("inf")):
                usage.note(caller(), "small", "vllm", Used(1, 1, 0, usd), "allow", clock.now + 61)
            assert sum(counts.requests for _, counts in await usage.since(clock.now - 60)) in (6, 12)
    use = Use(1_800_000_000, "ci", "ada", "payments", "small", "vllm", "allow")
    assert dict(rows.uses(0)) == {
        use: UseCounts(6, 60, 30, 24, 1_500_000_000, 0),
        use._replace(verdict="block"): UseCounts(2),
        use._replace(minute=1_800_000_060): UseCounts(4, 4, 4, 0, 0, 4),
    }
    assert [found.minute for found, _ in rows.uses(1_800_000_060)] == [1_800_000_060]


async def test_it_is_written_by_itself(rows: SpendingRows) -> None:
    async with open_usage(rows, Clock()) as usage:
        usage.note(caller(), "small", "vllm", None, "deny")
        await until(lambda: rows.uses(0), "the row")


async def test_what_could_not_be_written_is_kept(caplog: pytest.LogCaptureFixture) -> None:
    store = Memory()
    async with open_usage(store, Clock()) as usage:
        store.refuses = True
        usage.note(caller(), "small", "vllm", Used(1, 1, 0, 0.0), "allow")
        await until(lambda: "could not be written yet" in caplog.text, "the warning")
        usage.note(caller(), "small", "vllm", Used(1, 1, 0, 0.0), "allow")
        store.refuses = False
    assert [counts.requests for counts in store.used.values()] == [2]


async def test_what_is_old_is_dropped(rows: SpendingRows) -> None:
    clock = Clock()
    old, fresh = (Use(int(clock.now) - age, "k", "u", "t", "m", "up", "allow") for age in (KEPT + 60, 60))
    rows.add([(old, UseCounts(1)), (fresh, UseCounts(1))])
    ends = (clock.now - KEPT - 1, clock.now)
    rows.keep([WindowRow("b", str(end), 0.0, end, (1, 1, 1), (0, 0, 0)) for end in ends], True)
    async with open_usage(rows, clock):
        assert [use for use, _ in rows.uses(0)] == [fresh]
        assert [row.ends for row in rows.windows()] == [clock.now]


def test_a_window_takes_the_place_of_the_one_before(rows: SpendingRows) -> None:
    row = WindowRow("b", "ci", 100.0, 200.0, (3, 2**60, 5), (1, 2, 3))
    rows.keep([row, row._replace(subject="other")], True)
    later = row._replace(start=200.0, ends=300.0, leased=(0, 0, 0))
    rows.keep([later], False)
    assert sorted(rows.windows()) == sorted([later, row._replace(subject="other")])
