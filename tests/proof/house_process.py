"""The house in a process of its own, to be killed: a script that runs it with real parts and is asked in lines of JSON.

`main` is given the settings, in a fork of a process that has imported everything (forking.py); nothing else happened in it.

Each line on its input is `{"id", "do", …}`; each line of its output `{"id", "result"}` or `{"id", "error", "text"}`. The
first line says that it is ready. `die_at` in the settings names a kill point and how often it must be passed by before the
process kills itself there, with SIGKILL, as the power would.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import pkgutil
import signal
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any

from helmward.app import load_guards, running_house
from helmward.core.errors import HelmwardError
from helmward.core.nouns import Actor
from helmward.core.settings import Settings, load
from helmward.door import check
from helmward.door.points import KillPoint
from helmward.door.propose import About, Wish
from helmward.house import House

_ROOMS = (
    "adapters",
    "core",
    "door",
    "explain",
    "gateway",
    "guard",
    "heal",
    "house",
    "tools",
    "watch",
    "workflow",
    "world",
)


class Trap:
    """Kills this process the `times`-th time from now that a point is reached. `passed` counts every point."""

    def __init__(self, die_at: list[Any] | None) -> None:
        self.passed: Counter[str] = Counter()
        self._point, self._left = "", 0
        if die_at:
            self.set(*die_at)

    def set(self, point: str, times: int) -> None:
        """Wait for this one."""
        self._point, self._left = point, times

    def reached(self, here: KillPoint) -> None:
        """For `running_house`."""
        self.passed[here.name] += 1
        if here.name == self._point:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


class Service:
    """Answers what the proof asks of a house. `who` is a token's text."""

    def __init__(self, house: House, trap: Trap) -> None:
        self._house, self._door, self._trap = house, house.door, trap

    async def answer(self, do: str, given: dict[str, Any]) -> Any:
        """Whatever `do` names."""
        return await getattr(self, f"do_{do}")(**given)

    async def do_hire(self, name: str, kind: str, role: str) -> str:
        create, by = self._house.people.create_token, Actor(name="founder", kind="user")
        return (await asyncio.to_thread(create, by, name, role, None, kind)).text

    async def do_arm(self, point: str, times: int) -> None:
        self._trap.set(point, times)

    async def do_passed(self) -> dict[str, int]:
        return dict(self._trap.passed)

    async def do_propose(
        self, who: str, wishes: list[Any], reason: str = "", incident: str | None = None
    ) -> dict[str, str]:
        about = About(reason=reason, incident=incident)
        return _plan(await self._door.propose(self._actor(who), [Wish(tool, given) for tool, given in wishes], about))

    async def do_approve(self, who: str, plan: str) -> dict[str, str]:
        actor = self._actor(who)
        found = await self._door.show(actor, plan)
        return _plan(await self._door.approve(actor, plan, found.plan.digest))

    async def do_deny(self, who: str, plan: str) -> dict[str, str]:
        return _plan(await self._door.deny(self._actor(who), plan, "not today"))

    async def do_undo(self, who: str, action: str) -> dict[str, str]:
        return _plan(await self._door.undo(self._actor(who), action))

    async def do_read(self, who: str, tool: str, arguments: dict[str, Any]) -> int:
        return len((await self._door.read(self._actor(who), tool, arguments)).items)

    async def do_kill(self, who: str, scope: str) -> None:
        await self._door.kills.kill(self._actor(who), scope, "the proof")

    async def do_revive(self, who: str, scope: str) -> None:
        await self._door.kills.revive(self._actor(who), scope, "the proof")

    async def do_plans(self) -> list[dict[str, str]]:
        return [_plan(found) for found in await self._door.plans()]

    async def do_actions(self, plan: str | None = None) -> list[dict[str, str]]:
        return [{"id": one.id, "state": one.state, "text": one.text} for one in await self._door.actions(plan)]

    async def do_running(self) -> list[dict[str, str]]:
        return [_plan(found) for found in await self._door.plans(states=("approved", "running"))]

    async def do_unfinished(self) -> list[str]:
        return self._door.unfinished()

    async def do_closed(self, plan: str) -> str | None:
        return self._door.means.ledger.closed.get(plan)

    async def do_incidents(self) -> list[str]:
        return [entry.id for entry in self._house.incidents()]

    def _actor(self, who: str) -> Actor:
        return self._house.identity.check(who, self._house.clock())


def _plan(found: Any) -> dict[str, str]:
    return {
        "plan": found.plan.id,
        "state": found.state,
        "text": found.text,
        "digest": found.plan.digest,
        "undo_of": found.plan.undo_of or "",
        "requester": found.plan.requester.name,
    }


async def _serve(service: Service) -> None:
    loop, reader, running = asyncio.get_running_loop(), asyncio.StreamReader(), set[asyncio.Task[None]]()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)

    async def one(asked: dict[str, Any]) -> None:
        number, do = asked.pop("id"), asked.pop("do")
        try:
            _say({"id": number, "result": await service.answer(do, asked)})
        except HelmwardError as error:
            _say({"id": number, "error": type(error).__name__, "text": str(error)})

    while line := await reader.readline():
        task = asyncio.create_task(one(json.loads(line)))
        running.add(task)
        task.add_done_callback(running.discard)


def _say(what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


async def main(given: dict[str, Any]) -> None:
    """Run the house until the input ends."""
    loaded = load(None, {"HOME": given["home"]}, given["settings"])
    trap = Trap(given.get("die_at"))
    try:
        async with running_house(loaded, Path(given["data"]), Path(given["keys"]), trap.reached) as house:
            _say({"ready": os.getpid()})
            await _serve(Service(house, trap))
    except HelmwardError as error:
        _say({"refused": type(error).__name__, "text": str(error)})


def warm() -> None:
    """Import whatever a house imports, most of it late, and do what a house does once in its process."""
    check.SOAK = 0.1  # a Deployment of no replicas has nothing that starts and dies
    for name in ("alembic.command", "sqlalchemy.dialects.sqlite", "dbos"):
        importlib.import_module(name)
    for room in _ROOMS:
        package = importlib.import_module(f"helmward.{room}")
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(found.name)
    load_guards(Settings()).warm()
    assert threading.active_count() == 1, "a thread would not live on in a fork"
