"""Once the kill switch is on, no write comes: not one that was about to be sent, and none that arrives later."""

from __future__ import annotations

import asyncio

from helmward.lab.client import path_of

from . import checks
from .scenes import Scene
from .stage import Stage

_SECONDS = 60


async def test_a_kill_waits_for_the_write_that_is_on_its_way(embedded: Stage) -> None:
    scene, station = Scene(embedded), embedded.station
    await scene.hire()
    plan = await scene.asked([scene.restart("idle-0")])
    held = embedded.proxy.hold("PATCH", "/idle-0")
    await scene.approve(plan)
    await asyncio.wait_for(held.arrived.wait(), _SECONDS)
    kill = asyncio.create_task(station.ask("kill", who=scene.carol, scope="all"))
    await station.ask("plans")  # it answers others meanwhile
    assert not kill.done()
    held.released.set()
    await asyncio.wait_for(kill, _SECONDS)
    before = len(checks.earnest(embedded.proxy.writes))
    await scene.ended(plan, "done")
    assert len(checks.earnest(embedded.proxy.writes)) == before == 1
    await checks.holds(embedded, {plan.replace("plan-", "act-"): 1})


async def test_a_file_that_appears_between_the_reading_and_the_sending(embedded: Stage) -> None:
    scene, station = Scene(embedded), embedded.station
    await scene.hire()
    plan = await scene.asked([scene.restart("idle-0")])
    held = embedded.proxy.hold("GET", "/idle-0")
    await scene.approve(plan)
    await asyncio.wait_for(held.arrived.wait(), _SECONDS)
    (station.data / "KILL").touch()
    held.released.set()
    await scene.ended(plan, "failed")
    await checks.holds(embedded, {})


async def test_a_write_that_arrives_after_its_house_has_died_and_come_back(embedded: Stage) -> None:
    scene, station = Scene(embedded), embedded.station
    await scene.hire()
    plan = await scene.asked([scene.restart("idle-0")])
    held = embedded.proxy.hold("PATCH", "/idle-0")
    await scene.approve(plan)
    await asyncio.wait_for(held.arrived.wait(), _SECONDS)
    await station.kill()
    await station.start()
    await scene.ended(plan, "done")
    held.released.set()
    await checks.holds(embedded, {plan.replace("plan-", "act-"): 1})
    late, made = checks.earnest(embedded.proxy.writes)
    assert (late.effective, made.effective) == (False, True)


async def test_what_somebody_put_back_while_the_house_was_dead_is_not_written_again(embedded: Stage) -> None:
    scene, station = Scene(embedded), embedded.station
    await scene.hire()
    plan = await scene.asked([("rollout_undo", {"namespace": embedded.space, "name": "idle-0"})])
    await station.ask("arm", point="WRITTEN", times=1)
    await scene.approve(plan, again=False)
    assert await station.ended() == -9
    image = [{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "example.com/idle:2"}]
    await embedded.person.patch(path_of("Deployment", embedded.space, "idle-0"), image, "json")
    await station.start()
    await scene.ended(plan, "failed")
    await checks.holds(embedded, {plan.replace("plan-", "act-"): 1})
