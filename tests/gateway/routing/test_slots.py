"""The turns at one upstream."""

from __future__ import annotations

import asyncio

import pytest

from helmward.gateway.routing.slots import Slots

from ...waiting import until


async def test_so_many_at_once_then_as_many_wait_and_the_rest_is_sent_away() -> None:
    slots = Slots(2)
    assert await slots.enter(1) and await slots.enter(1)
    waiting = [asyncio.create_task(slots.enter(60)) for _ in range(2)]
    await until(lambda: slots.waiting == 2, "two wait")
    assert not await slots.enter(60)
    slots.leave()
    slots.leave()
    assert await asyncio.gather(*waiting) == [True, True]
    assert (slots.running, slots.waiting) == (2, 0)


async def test_they_come_in_the_order_in_which_they_came() -> None:
    slots, order = Slots(1), list[int]()

    async def take(number: int) -> None:
        assert await slots.enter(60)
        order.append(number)
        slots.leave()

    slots.limit = 5  # of those that wait too
    assert await slots.enter(1)
    tasks = []
    for number in range(5):
        tasks.append(asyncio.create_task(take(number)))
        await until(lambda count=number + 1: slots.waiting == count, "it waits")
    slots.leave()
    await asyncio.gather(*tasks)
    assert order == [0, 1, 2, 3, 4]


async def test_waiting_ends_and_leaves_nothing_behind() -> None:
    slots = Slots(1)
    assert await slots.enter(1)
    assert not await slots.enter(0.01)
    assert slots.waiting == 0
    slots.leave()
    assert await slots.enter(0.01)


@pytest.mark.parametrize("handed_over", [False, True])
async def test_who_is_cancelled_loses_no_slot(handed_over: bool) -> None:
    slots = Slots(1)
    assert await slots.enter(1)
    task = asyncio.create_task(slots.enter(60))
    await until(lambda: slots.waiting == 1, "it waits")
    if handed_over:
        slots.leave()  # in the same turn of the loop in which it is cancelled
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    if not handed_over:
        slots.leave()
    assert (slots.running, slots.waiting) == (0, 0)
