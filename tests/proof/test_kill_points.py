"""At every kill point the house dies, starts again, and each action has had exactly one effect."""

from __future__ import annotations

import itertools
import time
from pathlib import Path

import pytest

from helmward.door.points import KillPoint
from helmward.lab.kube.engine import KubeEngine

from . import checks
from .scenes import Scene
from .stage import Stage, before

_DENIALS = ("DENIAL_RECORDED", "DENIAL_STORED")
_BACK = (  # and the how-manieth time: three steps are made and two of them taken back
    ("UNDO_PLANNED", 1),
    ("UNDO_PLANNED", 2),
    ("WRITTEN", 3),
    ("OUTCOME_RECORDED", 4),
    ("CHECK_RECORDED", 3),
    ("END_RECORDED", 1),
    ("MARK_STORED", 1),
    ("MARK_STORED", 2),
    ("PAUSE_RECORDED", 1),
)
_NOT_IN_ONE = {*_DENIALS, "UNDO_PLANNED", "MARK_STORED", "PAUSE_RECORDED", "RESOLVED_RECORDED"}
# A restart is written with its second: two changes of one object in one second are one. So the workloads take turns.
_ONE = [point.name for point in KillPoint if point.name not in _NOT_IN_ONE]


def test_every_point_is_died_at() -> None:
    assert {*_ONE, *_DENIALS, *(point for point, _ in _BACK), "RESOLVED_RECORDED"} == {one.name for one in KillPoint}


async def test_one_change(embedded: Stage) -> None:
    scene, effects, seconds = Scene(embedded), {}, {}
    await scene.hire()
    for point, workload in zip(_ONE, itertools.cycle(embedded.workloads), strict=False):
        with scene.dying_at(point):
            plan = await scene.one_change(workload)
        effects[_action(plan)], seconds[point] = 1, round(scene.recovered, 1)
    print("seconds from the house's return to the end of the plan:", seconds)
    await checks.holds(embedded, effects)


async def test_a_denial(embedded: Stage) -> None:
    scene = Scene(embedded)
    await scene.hire()
    for point in _DENIALS:
        with scene.dying_at(point):
            await scene.denied("idle-0")
    await checks.holds(embedded, {})


async def test_a_failing_last_step(embedded: Stage) -> None:
    scene, plans = Scene(embedded), list[str]()
    await scene.hire()
    for point, times in _BACK:
        with scene.dying_at(point, times):
            plans.append(await scene.undone(embedded.workloads, f"inc-{len(plans)}"))
    # Each undo was planned once, and none is left over.
    left = [one for one in await embedded.station.ask("plans") if one["state"] in ("waiting", "approved", "running")]
    assert left == []
    found = await checks.holds(embedded)
    acted = [seen.action for seen in checks.earnest(embedded.proxy.writes) if seen.effective]
    undone = {record.target: record.details["undoOf"] for record in found.of("action.act", "intended")}
    for number, plan in enumerate(plans):
        one, two = (f"{_action(plan)}-{step}" for step in (1, 2))
        mine = [undone[action] or action for action in acted if _action(plan) in (undone[action] or action)]
        assert mine == [one, two, two, one]
        assert f"inc-{number}" in {record.target for record in found.of("heal.pause")}


async def test_a_write_whose_run_is_lost(embedded: Stage) -> None:
    scene = Scene(embedded)
    await scene.hire()
    with scene.dying_at("RESOLVED_RECORDED"):
        action = _action(await scene.abandoned("idle-0"))
    (known,) = [one for one in await embedded.station.ask("actions") if one["id"] == action]
    assert known["state"] == "acted"
    assert await embedded.station.ask("unfinished") == []
    # The object is free for the next one.
    plan = await scene.one_change("idle-0")
    await checks.holds(embedded, {action: 1, _action(plan): 1})


def _action(plan: str) -> str:
    return plan.replace("plan-", "act-")


@pytest.mark.kube
async def test_by_the_api_servers_own_audit_log(kube: KubeEngine, tmp_path: Path) -> None:
    async with before(tmp_path, kube.kubeconfig, 3, space=f"killed-{time.time_ns()}") as stage:
        scene, plans = Scene(stage), []
        await scene.hire()
        for point, workload in zip(_ONE, itertools.cycle(stage.workloads), strict=False):
            with scene.dying_at(point):
                plans.append(await scene.one_change(workload))
        for point, times in (("UNDO_PLANNED", 2), ("MARK_STORED", 1), ("WRITTEN", 3)):
            with scene.dying_at(point, times):
                await scene.undone(stage.workloads, "inc-proof")
        found = await checks.holds(stage)
    effects = checks.granted(kube.audit_log)
    assert {plan: effects[_action(plan)] for plan in plans} == dict.fromkeys(plans, 1)
    assert {effects[record.target] for record in found.of("action.act")} == {1}
    assert {effects[record.target] for record in found.of("action.act", "failed")} == {0}
