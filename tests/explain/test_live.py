"""The explainer of a live world: when it looks, what it publishes, and what it makes of an error of our own."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from helmward.core.bus import Bus, Subscription
from helmward.core.nouns import Finding, Severity
from helmward.core.times import format_time
from helmward.explain.codes import Code
from helmward.explain.evidence import of_object
from helmward.explain.live import Explainer
from helmward.world.book import Book, Transition
from helmward.world.kinds import KINDS
from helmward.world.lens import Lens
from helmward.world.objects import Object
from helmward.world.store import World

from ..waiting import until

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
CODE = Code("HW-TEST-001", "config-says-so", Severity.HIGH, why="It says so.", fix="Say something else.")
WORSE = Code("HW-TEST-002", "config-says-worse", Severity.CRITICAL, why="It says so.", fix="Say something else.")


class Says:
    """A ConfigMap is as broken as it says. `late` ones are only from `NOW` + 1 s on."""

    codes = (CODE, WORSE)
    watches = ("ConfigMap",)
    reads: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.looks = 0

    def examine(self, item: Object, world: Lens) -> Iterable[Finding]:
        self.looks += 1
        said = (item.view.data or {}).get("is", "")
        if said == "late":
            said = "broken" if world.elapsed(format_time(NOW), timedelta(seconds=1)) else ""
        if said in ("broken", "worse"):
            code = WORSE if said == "worse" else CODE
            yield code.finding(item, world, f"It is {said}.", [of_object(item, ".data.is", said)])


class Bench:
    """A world, its explainer, and a clock that the test turns."""

    def __init__(self, moment: timedelta = timedelta(0)) -> None:
        self.world, self.book, self.bus, self.now = World(), Book(), Bus[Transition](), NOW
        self.analyzer = Says()
        self.after = 0
        self.explainer = Explainer(
            self.world,
            [self.analyzer],
            self.book,
            self.bus,
            lambda: self.now,
            after=self._after,  # type: ignore[list-item]
            moment=moment,
        )
        self.heard: Subscription[Transition] = self.bus.subscribe()

    def _after(self) -> None:
        self.after += 1

    def put(self, name: str, said: str) -> None:
        raw = json.dumps({"metadata": {"name": name, "namespace": "default"}, "data": {"is": said}}).encode()
        self.world.apply(KINDS["ConfigMap"], raw)
        self.explainer.poke()

    def happened(self) -> list[str]:
        return [transition.what for transition in self.heard.drain()]


@pytest.fixture
async def bench() -> Any:
    made = Bench()
    yield made
    made.explainer.close()


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    found: list[Any] = []
    yield found


async def test_open_worsen_change_resolve_reopen(bench: Bench) -> None:
    bench.explainer.start(baseline=True)
    bench.put("a", "broken")
    await until(lambda: bench.book.all(), "an incident")
    bench.put("a", "worse")
    await until(lambda: bench.book.all()[0].incident.severity == "critical", "it is worse")
    bench.put("a", "fine")
    bench.explainer.step()
    bench.now += timedelta(seconds=3)
    bench.explainer.step()
    bench.put("a", "worse")
    bench.explainer.step()
    assert bench.happened() == ["opened", "worsened", "resolved", "reopened"]
    (entry,) = bench.book.all()
    assert not entry.baseline


async def test_only_the_first_pass_makes_a_baseline(bench: Bench) -> None:
    bench.put("old", "broken")
    bench.explainer.start(baseline=True)
    bench.put("new", "broken")
    bench.explainer.step()
    assert {entry.incident.resource.name: entry.baseline for entry in bench.book.all()} == {"old": True, "new": False}


async def test_without_a_baseline(bench: Bench) -> None:
    bench.put("old", "broken")
    bench.explainer.start(baseline=False)
    assert [entry.baseline for entry in bench.book.all()] == [False]


async def test_a_storm_of_changes_is_examined_together(bench: Bench) -> None:
    bench.explainer.start(baseline=False)
    bench.explainer.step()
    passes = bench.after
    for number in range(500):
        bench.put(f"c-{number}", "fine")
    await until(lambda: bench.analyzer.looks >= 500, "all are examined")
    assert bench.after - passes <= 5


async def test_time_alone_opens_and_resolves(bench: Bench) -> None:
    """The clock is turned by the test; the timer that is set for it is real."""
    bench.put("a", "late")
    bench.explainer.start(baseline=False)
    bench.explainer.step()
    assert bench.book.all() == []
    bench.now += timedelta(seconds=1)
    await until(lambda: bench.book.all(), "time has come", 5)
    bench.put("a", "fine")
    bench.explainer.step()
    bench.now += timedelta(seconds=3)
    await until(lambda: bench.book.all()[0].state == "resolved", "it settles", 5)


async def test_what_is_mended_within_the_moment_is_never_told() -> None:
    """A stalled watch brings `broken` long after it was so, and what mended it right behind."""
    bench = Bench(timedelta(seconds=0.5))
    try:
        bench.explainer.start(baseline=False)
        bench.put("a", "broken")
        bench.explainer.step()
        bench.now += timedelta(seconds=0.4)
        bench.put("a", "fine")
        bench.explainer.step()
        bench.now += timedelta(seconds=5)
        bench.explainer.step()
        assert bench.happened() == []
        bench.put("a", "broken")
        bench.explainer.step()
        assert bench.happened() == []
        bench.now += timedelta(seconds=0.5)
        await until(lambda: bench.book.all(), "it has stood, and time alone tells it", 5)
    finally:
        bench.explainer.close()


async def test_after_a_stall_what_has_arrived_is_read_before_time_is_judged(bench: Bench) -> None:
    bench.put("a", "late")
    bench.explainer.start(baseline=False)
    bench.explainer.step()
    await until(lambda: bench.after >= 3, "a timer is set for when it is late")
    asyncio.get_running_loop().call_soon(time.sleep, 1.6)  # the whole process stands still: the subject, not a wait
    bench.now += timedelta(seconds=2)
    for _ in range(3):  # the stall, the timer that is overdue, and only then what arrived
        await asyncio.sleep(0)
    bench.put("a", "fine")
    await until(lambda: bench.analyzer.looks >= 2, "it is examined")
    assert bench.happened() == []


async def test_what_stands_at_the_start_is_told_at_once() -> None:
    bench = Bench(timedelta(seconds=0.5))
    bench.put("a", "broken")
    bench.explainer.start(baseline=True)
    bench.explainer.close()
    assert bench.happened() == ["opened"]


async def test_nothing_is_examined_after_the_end(bench: Bench) -> None:
    bench.explainer.start(baseline=False)
    bench.put("a", "broken")
    bench.explainer.close()
    looks = bench.analyzer.looks
    await asyncio.sleep(0)
    assert bench.analyzer.looks == looks


async def test_an_error_of_our_own_is_told_and_made_good(
    bench: Bench, logged: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, context: logged.append(context["exception"]))
    bench.explainer.start(baseline=False)

    def fails(*_: object) -> None:
        raise ZeroDivisionError("ours")

    monkeypatch.setattr(bench.book, "update", fails)
    bench.put("missed", "broken")
    await until(lambda: logged, "the error is logged")
    assert bench.explainer.failure == "ZeroDivisionError: ours"
    monkeypatch.undo()
    bench.put("other", "fine")
    await until(lambda: bench.explainer.failure is None, "the next pass")
    assert [entry.incident.resource.name for entry in bench.book.all()] == ["missed"]
    loop.set_exception_handler(None)
