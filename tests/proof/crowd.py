"""The crowd: people, an agent, a schedule and whoever breaks things, at once and at random, while the house is killed."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from helmward.core.errors import HelmwardError
from helmward.lab import breaking

from .stage import Stage
from .station import Dead, Refused

_ROLES = {
    "alice": ("user", "requester"),
    "bert": ("user", "admin"),
    "carol": ("user", "admin"),
    "olga": ("user", "oncall"),
    "robot": ("agent", "requester"),
    "nightly": ("service", "requester"),
}


@dataclass
class Crowd:
    """`operations` counts answered calls by name; `acknowledged` are the records those answers promise; `killed` the spans
    (from, to; seconds of the wall clock) in which the kill switch was known to be on; `last_words` of each kind of refusal."""

    stage: Stage
    chance: random.Random
    operations: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    acknowledged: list[tuple[str, str]] = field(default_factory=list)
    killed: list[tuple[float, float]] = field(default_factory=list)
    last_words: dict[str, str] = field(default_factory=dict)
    crashes: int = 0
    _who: dict[str, str] = field(default_factory=dict)
    _waiting: list[str] = field(default_factory=list)
    _begun: list[str] = field(default_factory=list)
    _over: bool = False
    _up: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def count(self) -> int:
        """Operations so far: those answered with yes or no."""
        return self.operations.total() + self.refusals.total()

    async def play(self, operations: int, crashes: int, faults: tuple[str, ...], most_seconds: float) -> None:
        """Until there were that many operations and crashes; fails after `most_seconds`."""
        await self.stage.station.start()
        self._up.set()
        for name, (kind, role) in _ROLES.items():
            self._who[name] = await self.stage.station.ask("hire", name=name, kind=kind, role=role)
        players = [self._proposes(name) for name in ("alice", "bert", "robot", "nightly")]
        players += [self._decides(), self._decides(), self._undoes(), self._reads(), self._pulls_the_switch()]
        players += [self._crashes(crashes, operations), self._breaks(faults)]
        tasks = [asyncio.create_task(player) for player in players]
        try:
            async with asyncio.timeout(most_seconds):
                while self.count < operations or self.crashes < crashes:
                    await asyncio.wait(tasks, timeout=0.1, return_when=asyncio.FIRST_EXCEPTION)
                    for task in tasks:
                        if task.done():
                            task.result()
        finally:
            self._over = True
            self._up.set()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in tasks:
            task.result()
        await self._tidy()

    # ---- the players ----

    async def _proposes(self, name: str) -> None:
        while not self._over:
            await self._pause(0.02, 0.3)
            wishes = [self._wish(name)]
            if self.chance.random() < 0.15:
                wishes.append(self._wish(name))
            found = await self._call("propose", "plan.propose", who=self._who[name], wishes=wishes, reason="at random")
            if found and found["state"] == "waiting":
                self._waiting.append(found["plan"])

    async def _decides(self) -> None:
        while not self._over:
            await self._pause(0.01, 0.1)
            if not self._waiting:
                continue
            plan = self._waiting.pop(self.chance.randrange(len(self._waiting)))
            if self.chance.random() < 0.1:
                await self._call("deny", "plan.deny", who=self._who["carol"], plan=plan)
                continue
            who = self._who[self.chance.choice(("carol",) * 8 + ("olga", "alice"))]
            if await self._call("approve", "plan.approve", who=who, plan=plan):
                self._begun.append(plan)
            elif self.chance.random() < 0.7:
                self._waiting.append(plan)

    async def _undoes(self) -> None:
        while not self._over:
            await self._pause(0.2, 0.8)
            if self._begun:
                action = self.chance.choice(self._begun).replace("plan-", "act-")
                found = await self._call("undo", "plan.propose", who=self._who["bert"], action=action)
                if found and found["state"] == "waiting":
                    self._waiting.append(found["plan"])

    async def _reads(self) -> None:
        while not self._over:
            await self._pause(0.1, 0.5)
            await self._call("plans", None)

    async def _pulls_the_switch(self) -> None:
        while not self._over:
            await self._pause(3.0, 10.0)
            scope = self.chance.choice(("all", "all", "file", "tool:rollout_restart", "actor:robot"))
            if scope == "file":
                await self._file()
            elif await self._call("kill", None, who=self._who["carol"], scope=scope) is not _NO:
                since = time.time()
                self._waiting.clear()  # it is void
                await self._pause(0.2, 1.0)
                if scope == "all":
                    self.killed.append((since, time.time()))
                while await self._call("revive", None, who=self._who["carol"], scope=scope) is _NO and not self._over:
                    await self._pause(0.05, 0.1)

    async def _file(self) -> None:
        file = self.stage.station.data / "KILL"
        file.touch()
        await self._call("plans", None)  # what was sent before has arrived
        since = time.time()
        await self._pause(0.2, 1.0)
        self.killed.append((since, time.time()))
        self._waiting.clear()
        file.unlink()

    async def _crashes(self, crashes: int, operations: int) -> None:
        while not self._over and self.crashes < crashes:
            due = operations * (self.crashes + 1) / (crashes + 1)
            if self.count < due:
                await self._pause(0.0, 0.1)
                continue
            self._up.clear()
            await self.stage.station.kill()
            self.crashes += 1
            await self.stage.station.start()
            self._up.set()

    async def _breaks(self, faults: tuple[str, ...]) -> None:
        assert self.stage.lab is not None
        while not self._over and faults:
            name = self.chance.choice(faults)
            await breaking.break_(self.stage.lab, [name])
            await self._pause(3.0, 6.0)
            await breaking.mend(self.stage.lab, [name])
            await self._pause(0.5, 1.0)

    # ---- what they share ----

    def _wish(self, name: str) -> tuple[str, dict[str, Any]]:
        tool = "rollout_restart" if name == "nightly" else self.chance.choice(("rollout_restart", "rollout_undo"))
        return tool, {"namespace": self.stage.space, "name": self.chance.choice(self.stage.workloads)}

    async def _call(self, do: str, promises: str | None, **given: Any) -> Any:
        """Ask; None (or _NO, where the answer is none) where it was refused or the house died."""
        await self._up.wait()
        try:
            answer = await self.stage.station.ask(do, **given)
        except Dead:
            await self._pause(0.0, 0.05)
            return _NO
        except Refused as refused:
            self.refusals[f"{do}: {refused.kind}"] += 1
            self.last_words[refused.kind] = refused.text
            return _NO
        self.operations[do] += 1
        if promises:
            self.acknowledged.append((promises, answer["plan"]))
        return answer

    async def _pause(self, least: float, most: float) -> None:
        """Think for a while, the shorter the sooner it is over."""
        until = time.monotonic() + self.chance.uniform(least, most)
        while not self._over and time.monotonic() < until:
            await asyncio.sleep(min(0.05, max(0.0, until - time.monotonic())))

    async def _tidy(self) -> None:
        """Nothing stays killed or broken."""
        (self.stage.station.data / "KILL").unlink(missing_ok=True)
        if not self.stage.station.alive:
            await self.stage.station.start()
        for scope in ("all", "tool:rollout_restart", "actor:robot"):
            try:
                await self.stage.station.ask("revive", who=self._who["carol"], scope=scope)
            except Refused:
                continue
        if self.stage.lab is None:
            return
        try:
            await breaking.mend(self.stage.lab, [])
        except HelmwardError:
            return


class _No:
    """Refused, or died."""

    def __bool__(self) -> bool:
        return False


_NO = _No()


async def idle(stage: Stage, seconds: float) -> list[Any]:
    """Wait until no plan runs and no write is unfinished; what is left after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        left = [*await stage.station.ask("running"), *await stage.station.ask("unfinished")]
        if not left or time.monotonic() > deadline:
            return left
        await asyncio.sleep(0.1)
