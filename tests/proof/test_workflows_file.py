"""The file of the runs: gone, locked, damaged or forged, at a start and in mid-action; nothing is done twice."""

from __future__ import annotations

import asyncio
import base64
import os
import pickle
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from . import checks
from .scenes import Scene
from .stage import Stage
from .station import Refused


async def _written(stage: Stage, point: str = "WRITTEN") -> tuple[Scene, str]:
    """A change whose write is made, and a house that died right after it."""
    scene = Scene(stage)
    await scene.hire()
    plan = await scene.asked([scene.restart("idle-0")])
    await stage.station.ask("arm", point=point, times=1)
    await scene.approve(plan, again=False)
    assert await stage.station.ended() == -9
    return scene, plan


async def _done_once(scene: Scene, plan: str) -> None:
    await scene.ended(plan, "done")
    await checks.holds(scene.stage, {plan.replace("plan-", "act-"): 1})


async def test_gone_at_a_start(embedded: Stage) -> None:
    scene, plan = await _written(embedded)
    for file in embedded.station.data.glob("workflows.db*"):
        file.unlink()
    await embedded.station.start()
    await _done_once(scene, plan)


async def test_damaged_at_a_start(embedded: Stage) -> None:
    scene, plan = await _written(embedded)
    for file in embedded.station.data.glob("workflows.db-*"):
        file.unlink()
    (embedded.station.data / "workflows.db").write_bytes(b"no database at all " * 500)
    with pytest.raises(Refused, match=r"workflows\.db is damaged .* move it away"):
        await embedded.station.start()
    (embedded.station.data / "workflows.db").rename(embedded.station.folder / "away.db")
    await embedded.station.start()
    await _done_once(scene, plan)


async def test_locked_at_a_start(embedded: Stage) -> None:
    scene, plan = await _written(embedded)
    with closing(sqlite3.connect(embedded.station.data / "workflows.db")) as raw:
        raw.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Refused, match=r"workflows\.db is locked by another process"):
            await embedded.station.start()
        raw.rollback()
    await embedded.station.start()
    await _done_once(scene, plan)


async def test_locked_in_mid_action(embedded: Stage) -> None:
    scene = Scene(embedded)
    await scene.hire()
    plan = await scene.asked([scene.restart("idle-0")])
    await scene.approve(plan)
    with closing(sqlite3.connect(embedded.station.data / "workflows.db", timeout=30)) as raw:
        raw.execute("BEGIN IMMEDIATE")
        await embedded.station.ask("plans")  # the house answers all the while
        assert await embedded.station.ask("closed", plan=plan) is None
        raw.rollback()
    await _done_once(scene, plan)


async def test_gone_in_mid_action(embedded: Stage) -> None:
    scene = Scene(embedded)
    await scene.hire()
    plan = await scene.asked([scene.restart("idle-0")])
    await scene.approve(plan)
    for file in embedded.station.data.glob("workflows.db*"):
        file.unlink()
    await _until_written(embedded)
    await embedded.station.kill()
    await embedded.station.start()
    await _done_once(scene, plan)


class _Trap:
    """Whoever unpickles this makes a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self._path),)


@pytest.mark.parametrize("table", ["workflow_status", "operation_outputs"])
async def test_a_pickled_row_runs_no_code(embedded: Stage, tmp_path: Path, table: str) -> None:
    scene, plan = await _written(embedded, "BEFORE_CHECK")
    trap, column = tmp_path / "sprung", "inputs" if table == "workflow_status" else "output"
    text = base64.b64encode(pickle.dumps(_Trap(trap))).decode()
    with closing(sqlite3.connect(embedded.station.data / "workflows.db")) as raw:
        changed = raw.execute(f"UPDATE {table} SET {column} = ?, serialization = 'py_pickle'", (text,))
        assert changed.rowcount > 0
        raw.commit()
    await embedded.station.start()
    await scene.ended(plan, "failed")
    other = await scene.one_change("idle-1")  # what DBOS takes up it has taken up by then
    assert not trap.exists()
    await checks.holds(embedded, {one.replace("plan-", "act-"): 1 for one in (plan, other)})


async def _until_written(stage: Stage) -> None:
    async with asyncio.timeout(60):
        while not any(seen.effective for seen in checks.earnest(stage.proxy.writes)):
            await asyncio.sleep(0.01)


async def test_damaged_in_mid_action(embedded: Stage) -> None:
    scene, data = Scene(embedded), embedded.station.data
    await scene.hire()
    plan = await scene.asked([scene.restart("idle-0")])
    await scene.approve(plan)
    for file in data.glob("workflows.db*"):
        with file.open("r+b") as raw:
            raw.write(b"no database at all " * 20_000)
    await scene.ended(plan, "failed")
    (found,) = await embedded.station.ask("plans")
    assert "workflows.db" in found["text"]
    await embedded.station.kill()
    with pytest.raises(Refused, match=r"workflows\.db is damaged .* move it away"):
        await embedded.station.start()
    for file in data.glob("workflows.db*"):
        file.unlink()
    await embedded.station.start()
    await scene.ended(plan, "failed")
    await checks.holds(embedded)
    assert len([seen for seen in checks.earnest(embedded.proxy.writes) if seen.effective]) <= 1
