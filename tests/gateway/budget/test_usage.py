"""What is summed up: all of it once, in batches, whatever the disk does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from helmward.adapters.stores.spending import SpendingRows
from helmward.adapters.stores.state import State
from helmward.core.spending import Sum, Use, UseCounts, WindowRow
from helmward.core.traffic import nothing
from helmward.gateway.budget import Used
from helmward.gateway.budget.usage import BY_MINUTE, KEPT, open_usage

from ...waiting import until
from .memory import Clock, Memory, caller

NOW = 1_800_000_000  # a full hour


@pytest.fixture
def rows(tmp_path: Path) -> Iterator[SpendingRows]:
    state = State(tmp_path / "state.db")
    yield SpendingRows(state)
    state.close()


async def test_calls_add_up_over_minutes_and_servers(rows: SpendingRows) -> None:
    clock = Clock(NOW)
    for _ in range(2):
        async with open_usage(rows, clock) as usage:
            for _ in range(3):
                usage.note(caller(), "small", "vllm", Used(10, 5, 4, 0.25), "allow")
            usage.note(caller(), "small", "vllm", None, "block")
            for usd in (None, float("inf")):
                usage.note(caller("other"), "small", "vllm", Used(1, 1, 0, usd), "allow", NOW + 61)
            waiting = await usage.sums(NOW - 60, "user")
    assert sum(one.counts.requests for one in waiting) == 12
    assert sorted(rows.sums(0, "key")) == [
        Sum("ci", "allow", UseCounts(6, 60, 30, 24, 1_500_000_000, 0)),
        Sum("ci", "block", UseCounts(2)),
        Sum("other", "allow", UseCounts(4, 4, 4, 0, 0, 4)),
    ]
    assert sorted(rows.sums(0, "model")) == [
        Sum("small", "allow", UseCounts(10, 64, 34, 24, 1_500_000_000, 4)),
        Sum("small", "block", UseCounts(2)),
    ]
    assert [one.name for one in rows.sums(NOW + 60, "key")] == ["other"]


async def test_it_is_written_by_itself(rows: SpendingRows) -> None:
    async with open_usage(rows, Clock()) as usage:
        usage.note(caller(), "small", "vllm", None, "deny")
        await until(lambda: rows.sums(0, "key"), "the row")


async def test_what_could_not_be_written_is_kept(caplog: pytest.LogCaptureFixture) -> None:
    store = Memory()
    async with open_usage(store, Clock()) as usage:
        store.refuses = True
        usage.note(caller(), "small", "vllm", Used(1, 1, 0, 0.0), "allow")
        await until(lambda: "could not be written yet" in caplog.text, "the warning")
        usage.note(caller(), "small", "vllm", Used(1, 1, 0, 0.0), "allow")
        assert [one.counts.requests for one in await usage.sums(0, "team")] == [2]
        store.refuses = False
    assert [counts.requests for counts in store.used.values()] == [2]


async def test_what_is_old_is_summed_by_the_hour_and_then_dropped(rows: SpendingRows) -> None:
    def use(minute: int) -> Use:
        return Use(minute, "k", "u", "t", "m", "up", "allow")

    old, hour, fresh = NOW - KEPT - 60, NOW - BY_MINUTE - 7200, NOW - 60
    rows.add(
        [(use(minute), UseCounts(1, 2)) for minute in (old, hour, hour + 60, hour + 3540, hour + 3600, fresh)],
        nothing(),
    )
    rows.keep([WindowRow("b", str(end), 0.0, end, (1, 1, 1), (0, 0, 0)) for end in (NOW - KEPT - 1.0, NOW)], True)
    clock = Clock(NOW)
    for _ in range(2):
        async with open_usage(rows, clock):
            assert [row.ends for row in rows.windows()] == [NOW]
            assert rows.sums(0, "key") == [Sum("k", "allow", UseCounts(5, 10))]
            assert rows.sums(hour + 1, "key")[0].counts.requests == 5  # its minute is its hour now
            assert rows.sums(hour + 61, "key")[0].counts.requests == 2


def test_a_window_takes_the_place_of_the_one_before(rows: SpendingRows) -> None:
    row = WindowRow("b", "ci", 100.0, 200.0, (3, 2**60, 5), (1, 2, 3))
    rows.keep([row, row._replace(subject="other")], True)
    later = row._replace(start=200.0, ends=300.0, leased=(0, 0, 0))
    rows.keep([later], False)
    assert sorted(rows.windows()) == sorted([later, row._replace(subject="other")])
