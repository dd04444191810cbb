"""Every fault on every engine that can show it: one incident, its first cause soon, a remedy that helps, then silence."""

from __future__ import annotations

import itertools
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from tests.house.agreeing import complaints

from helmward.lab import breaking
from helmward.world.book import Tracked

from .broken import Broken, breaking_one
from .cases import each_fault
from .diagnosing import of_cluster, of_files
from .dumping import dump
from .expected import EXPECTED, complaint
from .stage import Stage, has_kubectl

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.parametrize(("stage", "broken"), each_fault(), indirect=True, scope="module"),
]

_LAST_CALLS = 10.0  # seconds


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def broken(request: pytest.FixtureRequest, stage: Stage) -> AsyncIterator[Broken]:
    """The tests of one fault share it, in the order they stand here; the last one ends it."""
    async with breaking_one(stage, request.param) as found:
        yield found


async def test_its_cause_is_named_soon(broken: Broken) -> None:
    signs, named = broken.shown - broken.began, broken.named - broken.shown
    print(f"{broken.stage.engine} {broken.name}: signs after {signs:.1f} s, named {named:+.1f} s from there")
    assert complaint(broken.name, broken.first) == ""
    assert named <= EXPECTED[broken.name].deadline


async def test_everybody_tells_the_same_health(broken: Broken) -> None:
    house = broken.stage.house
    assert complaints(house.world, house.incidents(), house.clock()) == []


async def test_a_cold_look_at_the_cluster_says_the_same(broken: Broken) -> None:
    report = await of_cluster(broken.stage)
    assert report.first_causes == [(EXPECTED[broken.name].code, _workload(broken.incident))]


async def test_its_dumped_files_say_the_same(broken: Broken, tmp_path: Path) -> None:
    wanted = [(EXPECTED[broken.name].code, _workload(broken.incident))]
    deadline, number = time.monotonic() + _LAST_CALLS, 0
    told: list[tuple[str, str]] = []
    # A caller's log, which files hold and the live watch does not ask for, complains of the last fault until its next call.
    while told != wanted and (not number or time.monotonic() < deadline):
        report = await of_files(await dump(broken.stage.shop.client, tmp_path / str(number)))
        told, number = report.first_causes, number + 1
    assert told == wanted


async def test_the_remedy_ends_it_and_nothing_else_ever_opened(broken: Broken) -> None:
    stage, incident = broken.stage, broken.incident
    commands = [remedy.command for remedy in incident.incident.remedies[: EXPECTED[broken.name].fixes]]
    if has_kubectl():
        for command in commands:
            await stage.kubectl(command)
    if not has_kubectl() or not commands:
        await breaking.mend(stage.lab.folder)
    await stage.until(lambda: not stage.live, f"{broken.name} resolved by its remedy: {commands}", 30)
    await stage.mended()
    seen = stage.since(broken.began)
    assert {each.tracked.id for each in seen} == {incident.id}, stage.story(broken.began)
    whats = [each.what for each in seen if each.what != "changed"]
    assert whats in (["opened", "resolved"], ["opened", "worsened", "resolved"]), stage.story(broken.began)
    codes = [code for code, _ in itertools.groupby(each.code for each in seen)]
    # The first cause does not go to and fro.
    assert len(codes) == len(set(codes)), stage.story(broken.began)
    assert codes[-1] == EXPECTED[broken.name].code, stage.story(broken.began)


def _workload(entry: Tracked) -> str:
    return str(entry.incident.owner or entry.incident.resource)
