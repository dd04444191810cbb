"""What is shown beside the incidents when the plans' rows are no help, and what stands until somebody sees to it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from helmward.core.nouns import Actor
from helmward.house import present_changes
from helmward.house.change_requests import ChangeRequests

from .home import Home, one

ADA = Actor(name="ada", kind="user", roles=("admin",))


async def test_incidents_are_shown_though_plans_cannot_be_read(home: Home) -> None:
    async with home.house() as house:
        requests = ChangeRequests(house)
        await home.break_pod("app")
        entry = await one(house)
        assert (await requests.under_way()).notices == ()
        with sqlite3.connect(home.folder / "data" / "state.db") as raw:
            raw.execute("ALTER TABLE plans RENAME TO elsewhere")
        raw.close()
        (row,) = await requests.incidents("live", None)
        assert (row["id"], row["waitingFor"]) == (entry.id, None)
        (notice,) = (await requests.under_way()).notices
        assert "state" in notice


async def test_what_stands_until_somebody_sees_to_it(home: Home, tmp_path: Path) -> None:
    async with home.house() as house:
        requests, kills = ChangeRequests(house), house.door.kills
        await kills.kill(ADA, "tool:rollout_restart", "looks odd")
        (stopped,) = await requests.notices()
        since = f"{house.door.means.ledger.kills['tool:rollout_restart'].time:%Y-%m-%d %H:%M} UTC"
        assert (
            stopped
            == f"Tool rollout_restart is stopped by ada since {since}: looks odd. It changes nothing, whoever asks; "
            "all other tools go on. `helmward revive --tool rollout_restart --reason …` by an administrator lifts it."
        )
        await kills.revive(ADA, "tool:rollout_restart", "fine")
        await kills.kill(ADA, "all", "everything is odd")
        (everything,) = await requests.notices()
        assert (
            everything.startswith("All changes are stopped by ada") and "`helmward revive all --reason …`" in everything
        )
        assert (
            "everything is odd. Nothing is done, approved, healed or undone; watching, explaining and reading"
            in everything
        )
        await kills.revive(ADA, "all", "fine")
        (home.folder / "data" / "KILL").touch()
        (filed,) = await requests.notices()
        assert "KILL" in filed
        house.door.means.ledger.unreviewed["plan-x"] = "ada"
        assert any("broke the glass for plan-x" in notice for notice in await requests.notices())
        assert (await requests.under_way()).notices == await requests.notices()
        assert present_changes.NOTHING.notices == ()
