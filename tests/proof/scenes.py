"""Scenes in which the house dies at a point, starts again, and everything ends as if it had not died."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from helmward.lab.client import path_of

from .stage import Stage, deployment
from .station import Dead


class Scene:
    """One house before one API server. `recovered`: seconds from the last restart to the end of its plan."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.station, self._at = stage, stage.station, ("", 0)
        self._alice = self.carol = ""
        self.recovered = 0.0

    @contextmanager
    def dying_at(self, point: str, times: int = 1) -> Iterator[None]:
        """In this block the house dies where it comes to a kill point for the how-manieth time; fails where it does not."""
        self._at = (point, times)
        try:
            yield
        except BaseException as error:
            error.add_note(f"dying at {point}, {times}")
            raise
        assert self._at == ("", 0), f"it never came to {point} {times} times"

    async def hire(self) -> None:
        """Start, with somebody who asks and somebody who approves."""
        if not self.station.alive:
            await self.station.start()
        self._alice = await self.station.ask("hire", name="alice", kind="user", role="requester")
        self.carol = await self.station.ask("hire", name="carol", kind="user", role="admin")

    async def one_change(self, workload: str) -> str:
        """Ask for a restart and have it approved, dying on the way; the plan, once it is done."""
        await self._armed()
        plan = await self.asked([self.restart(workload)])
        plan = plan or await self.asked([self.restart(workload)])
        assert plan, "it dies once"
        await self.approve(plan)
        await self.ended(plan, "done")
        return plan

    async def denied(self, workload: str) -> str:
        """Ask for a restart and have it denied; the plan."""
        plan = await self.asked([self.restart(workload)])
        await self._armed()
        try:
            await self.station.ask("deny", who=self.carol, plan=plan)
        except Dead:
            await self._again()
        await self.ended(plan, "denied")
        return plan

    async def undone(self, workloads: list[str], incident: str) -> str:
        """Three steps of which the last fails, because its object was made anew: the others are taken back, the last first."""
        plan = await self.asked([self.restart(name) for name in workloads], incident)
        path = path_of("Deployment", self.stage.space, workloads[-1])
        await self.stage.person.delete(path)
        await _gone(self.stage, path)
        await self.stage.person.create(deployment(self.stage.space, workloads[-1]))
        await self._armed()
        await self.approve(plan)
        await self.ended(plan, "undone")
        return plan

    async def abandoned(self, workload: str) -> str:
        """A write is made, the house dies, its run is lost for good; at the next start the write is found, dying once more."""
        plan = await self.asked([self.restart(workload)])
        await self.station.ask("arm", point="WRITTEN", times=1)
        await self.approve(plan, again=False)
        with closing(sqlite3.connect(self.station.data / "workflows.db")) as raw:
            raw.execute("UPDATE workflow_status SET status = 'ERROR' WHERE workflow_uuid = ?", (plan,))
            raw.commit()
        try:
            await self.station.start(self._at)
        except Dead:
            await self._again()
        await self.ended(plan, "failed")
        return plan

    def restart(self, workload: str) -> tuple[str, dict[str, str]]:
        """The wish for a restart."""
        return "rollout_restart", {"namespace": self.stage.space, "name": workload}

    async def approve(self, plan: str, again: bool = True) -> None:
        """Approve a plan that waits; where the house dies of it, wait for the end and (`again`) start it anew."""
        try:
            await self.station.ask("approve", who=self.carol, plan=plan)
            if self._at[0]:
                await self.station.ended()
        except Dead:
            pass
        if not self.station.alive and again:
            await self._again()

    async def ended(self, plan: str, state: str, seconds: float = 60.0) -> None:
        """Wait until the log says how the plan ended; fail where it ended otherwise."""
        deadline = time.monotonic() + seconds
        begun = time.monotonic()
        while (found := await self._closed(plan)) is None:
            assert time.monotonic() < deadline, f"{plan} never ended: {await self.station.ask('plans')}"
            await asyncio.sleep(0.02)
        self.recovered = time.monotonic() - begun
        assert found == state, f"{plan} is {found}: {await self.station.ask('plans')}"

    async def _closed(self, plan: str) -> str | None:
        try:
            found: str | None = await self.station.ask("closed", plan=plan)
        except Dead:
            await self._again()
            return None
        return found

    async def _armed(self) -> None:
        if self._at[0]:
            await self._at_rest()
            await self.station.ask("arm", point=self._at[0], times=self._at[1])

    async def _at_rest(self) -> None:
        """No run goes on: that of a plan which has ended in the log may still come to its last points, and would die there."""
        async with asyncio.timeout(60):
            with closing(sqlite3.connect(self.station.data / "workflows.db", timeout=30)) as raw:
                while raw.execute("SELECT 1 FROM workflow_status WHERE status IN ('PENDING', 'ENQUEUED')").fetchone():
                    await asyncio.sleep(0.02)

    async def asked(self, wishes: list[Any], incident: str | None = None) -> str:
        """The plan's id; where the house dies of it: of the plan that it stored, "" where it stored none."""
        try:
            found = await self.station.ask("propose", who=self._alice, wishes=wishes, incident=incident)
        except Dead:
            await self._again()
            waiting = [one["plan"] for one in await self.station.ask("plans") if one["state"] == "waiting"]
            return waiting[0] if waiting else ""
        return str(found["plan"])

    async def _again(self) -> None:
        status = await self.station.ended()
        assert status == -9, f"it ended with {status}"
        self._at = ("", 0)
        await self.station.start()


async def _gone(stage: Stage, path: str) -> None:
    while await stage.person.find(path) is not None:
        await asyncio.sleep(0.02)
