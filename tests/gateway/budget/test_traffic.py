"""Traffic over time: all of it once, in steps, whatever the disk does; and percentiles that are near the truth."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from helmward.adapters.stores.spending import SpendingRows
from helmward.adapters.stores.state import State
from helmward.core.traffic import LADDERS, MEASURES, SLOTS, STEP, Counted, Ended, Found, Measure, Timed, Took
from helmward.gateway.budget import Used
from helmward.gateway.budget.past import Past
from helmward.gateway.budget.quantiles import quantile
from helmward.gateway.budget.traffic import Gathering
from helmward.gateway.budget.usage import TRAFFIC_BY_STEP, TRAFFIC_KEPT, Usage, open_usage

from ...waiting import until
from .memory import Clock, Memory, caller

NOW = 1_800_000_000  # a full hour
DONE = Ended(False, Took(0.5, 0.1, 0.0004), {("pii/email", "mask"): 2})
BROKEN = Ended(True, Took(60.0, None, 0.001))
STOPPED = Ended(finds={("secrets/aws-access-key", "block"): 1, ("pii/email", "mask"): 1})


@pytest.fixture
def rows(tmp_path: Path) -> Iterator[SpendingRows]:
    state = State(tmp_path / "state.db")
    yield SpendingRows(state)
    state.close()


def call(usage: Usage, at: float, ended: Ended = DONE, verdict: str = "mask", model: str = "small") -> None:
    used = None if ended.took is None else Used(10, 5, 4, 0.25)
    usage.note(caller(), model, "vllm", used, verdict, at, ended)


async def test_what_waits_and_what_is_written_add_up(rows: SpendingRows) -> None:
    async with open_usage(rows, Clock(NOW)) as usage:
        call(usage, NOW)
        call(usage, NOW + STEP, BROKEN, "allow")
    async with open_usage(rows, Clock(NOW)) as usage:
        call(usage, NOW + 1)
        call(usage, NOW + STEP, STOPPED, "block", "large")
        hour = await usage.traffic(NOW, 3600)
        small = await usage.traffic(NOW, STEP, "small")
        later = await usage.traffic(NOW + STEP, STEP)
    assert hour.calls == {
        Counted(NOW, "small", "mask"): [2, 0, 20, 10, 500_000_000, 0],
        Counted(NOW, "small", "allow"): [1, 1, 10, 5, 250_000_000, 0],
        Counted(NOW, "large", "block"): [1, 0, 0, 0, 0, 0],
    }
    assert hour.finds == {
        Found(NOW, "small", "pii/email", "mask"): 4,
        Found(NOW, "large", "pii/email", "mask"): 1,
        Found(NOW, "large", "secrets/aws-access-key", "block"): 1,
    }
    assert {timed: sum(slots) for timed, slots in hour.times.items()} == {
        Timed(NOW, "small", "total"): 3,
        Timed(NOW, "small", "first"): 2,
        Timed(NOW, "small", "own"): 3,
    }
    assert set(small.calls) == {Counted(NOW, "small", "mask"), Counted(NOW + STEP, "small", "allow")}
    assert {one.model for one in small.finds} == {"small"} and len(small.times) == 5
    assert {one.start for one in (*later.calls, *later.times)} == {NOW + STEP}
    assert await written(rows, NOW, 3600) == hour


async def written(rows: SpendingRows, since: int, step: int) -> object:
    async with open_usage(rows, Clock(NOW)) as usage:
        return await usage.traffic(since, step)


async def test_what_could_not_be_written_is_kept_once(caplog: pytest.LogCaptureFixture) -> None:
    store = Memory()
    async with open_usage(store, Clock(NOW)) as usage:
        store.refuses = True
        call(usage, NOW)
        await until(lambda: "could not be written yet" in caplog.text, "the warning")
        call(usage, NOW)
        waiting = await usage.traffic(NOW, STEP)
        store.refuses = False
    assert waiting.calls == {Counted(NOW, "small", "mask"): [2, 0, 20, 10, 500_000_000, 0]}
    assert store.kept == waiting


async def test_what_is_old_is_summed_by_the_hour_and_then_dropped(rows: SpendingRows) -> None:
    clock, hour, edge = Clock(NOW), NOW - 2 * TRAFFIC_BY_STEP, NOW - TRAFFIC_BY_STEP
    async with open_usage(rows, clock) as usage:
        for at in (NOW - TRAFFIC_KEPT - STEP, NOW - TRAFFIC_KEPT, hour, hour + STEP, hour + 3599, edge + STEP, NOW):
            call(usage, at)
    for _ in range(2):
        async with open_usage(rows, clock) as usage:
            found = await usage.traffic(0, STEP)
        assert {one.start: counts[0] for one, counts in found.calls.items()} == {
            NOW - TRAFFIC_KEPT: 1, hour: 3, edge + STEP: 1, NOW: 1,
        }  # fmt: skip
        assert {sum(slots) for timed, slots in found.times.items() if timed.start == hour} == {3}
        assert sum(found.finds.values()) == 12


@pytest.mark.parametrize("measure", MEASURES)
def test_a_percentile_is_off_by_at_most_a_quarter(measure: Measure) -> None:
    uniform, gathering = random.Random(7), Gathering()
    scale = 0.01 if measure == "own" else 1.0
    times = sorted(uniform.lognormvariate(-1.0, 1.2) * scale for _ in range(5000))
    for seconds in times:
        gathering.note(NOW, "m", "allow", (0, 0, 0, 0), Ended(False, Took(seconds, seconds, seconds)))
    slots = gathering.take().times[Timed(NOW, "m", measure)]
    for share in (0.5, 0.95, 0.99):
        told = quantile(slots, share, measure)
        assert told is not None and told == pytest.approx(times[int(share * len(times)) - 1], rel=0.25)


def test_the_ends_of_the_ladder() -> None:
    ladder, empty = LADDERS["total"], [0] * SLOTS
    assert quantile(empty, 0.5, "total") is None and quantile((), 0.5, "total") is None
    assert len(ladder) == SLOTS - 1 and ladder[0] == 0.001 and 600 < ladder[-1] < 640
    assert LADDERS["own"][0] == pytest.approx(1e-5)
    assert quantile([0] * (SLOTS - 1) + [3], 0.99, "total") == ladder[-1]
    assert (quantile([3] + [0] * (SLOTS - 1), 1.0, "total"), quantile([1, 0, 1] + [0] * 28, 0.5, "total")) == (
        pytest.approx(0.001),
        pytest.approx(0.001),
    )


async def test_what_lies_back_is_summed_once_and_stays_true(rows: SpendingRows) -> None:
    """Calls now, late ones, and tidying, in an order of chance: each answer is that of somebody who remembers nothing."""
    clock, chance, asked = Clock(NOW), random.Random(7), list[int]()
    usage = Usage(rows, clock)
    for turn in range(120):
        clock.now += chance.choice((15, 15, 15, STEP))
        late = chance.choice((0, 0, 0, 0, 0, 4 * STEP, 3600))
        call(usage, clock.now - late, chance.choice((DONE, BROKEN, STOPPED)), model=chance.choice(("small", "large")))
        if turn % 3:
            await usage.close()
        if turn % 50 == 49:
            await usage.tidy()
        step, model = chance.choice((STEP, 3600)), chance.choice((None, "small"))
        told = await usage.traffic(NOW, step, model)
        await usage.close()
        assert told == rows.traffic(NOW, step, model), turn
    past, since = Past(rows), NOW - 40 * STEP
    sums, read = past.traffic(since, STEP, None, clock.now), rows.traffic
    rows.traffic = lambda *words: asked.append(words[0]) or read(*words)  # type: ignore[func-returns-value,method-assign]
    assert past.traffic(since, STEP, None, clock.now + 15) == sums
    assert min(asked) >= clock.now - 3 * STEP, "it was read again from the beginning"
