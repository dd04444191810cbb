"""With the audit store dead nothing is written; once it lives again, what waited goes on."""

from __future__ import annotations

import time

import pytest

from . import checks
from .scenes import Scene
from .stage import Stage
from .station import Refused


async def test_no_write_without_the_audit_log(embedded: Stage) -> None:
    scene, station = Scene(embedded), embedded.station
    await scene.hire()
    plans = [await scene.asked([scene.restart(name)]) for name in embedded.workloads]
    folder = station.data / "audit"
    await scene.approve(plans[0])
    # It dies under a change that has been approved: that waits wherever it is.
    folder.rename(station.data / "audit.away")
    folder.write_text("")
    await station.ask("plans")
    await embedded.proxy.settled()
    since = time.time()
    for plan in plans[1:]:
        with pytest.raises(Refused, match="AuditError"):
            await scene.approve(plan)
    with pytest.raises(Refused, match="AuditError"):
        await scene.asked([scene.restart("idle-1")])
    assert [seen for seen in checks.earnest(embedded.proxy.writes) if seen.time > since] == []
    assert await station.ask("closed", plan=plans[0]) is None
    folder.unlink()
    (station.data / "audit.away").rename(folder)
    await scene.approve(plans[1])
    for plan in plans[:2]:
        await scene.ended(plan, "done")
    await checks.holds(embedded, {plan.replace("plan-", "act-"): 1 for plan in plans[:2]})


async def test_a_house_without_its_audit_log_does_not_start(embedded: Stage) -> None:
    scene, station = Scene(embedded), embedded.station
    await scene.hire()
    plan = await scene.asked([scene.restart("idle-0")])
    await station.ask("arm", point="BEFORE_INTENT", times=1)
    await scene.approve(plan, again=False)
    await station.ended()
    folder = station.data / "audit"
    folder.rename(station.data / "audit.away")
    with pytest.raises(Refused, match="AuditError"):
        await station.start()
    assert checks.earnest(embedded.proxy.writes) == []
    if folder.exists():
        folder.rename(station.data / "audit.other")
    (station.data / "audit.away").rename(folder)
    await station.start()
    await scene.ended(plan, "done")
    await checks.holds(embedded, {plan.replace("plan-", "act-"): 1})
