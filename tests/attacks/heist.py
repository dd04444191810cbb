"""A house with a past, stopped; its folders as an attacker finds them; and what must hold when it starts again."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from helmward.app import running_house
from helmward.core.errors import HelmwardError
from helmward.core.nouns import Actor
from helmward.core.plans import Plan
from helmward.core.settings import load
from helmward.door.identity.accounts import NewAccount
from helmward.door.identity.tokens import NewToken
from helmward.door.killswitch import Killed
from helmward.door.points import KillPoint
from helmward.door.propose import Wish
from helmward.house import House
from helmward.lab.client import Client, path_of
from helmward.lab.embedded.engine import EmbeddedEngine

from ..proof.proxy import Recorder, recording
from ..proof.wire import ACTION
from ..waiting import until

SPACE = "shop"
NAMES = ("waiting", "other", "pending", "approved", "done", "denied")
ADMIN = Actor(name="administrator", kind="user", roles=("admin",))
INCIDENT = "inc-aaaaaaaa"
KILLED = "resources_scale"


class Died(Exception):
    """The process ended here."""


@dataclass
class Past:
    """What was there when the house stopped. `texts` are tokens' texts by name; `plans` by their object's name."""

    plans: dict[str, Plan] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)

    @property
    def permitted(self) -> dict[str, str]:
        """What may still be written: actions by id, and the URL paths of their objects."""
        plans = (self.plans["pending"], self.plans["approved"])
        return {plan.action_id(0): plan.steps[0].api_path for plan in plans}


class Heist:
    """`data` and `keys` are the folders; `begin` puts them back as they were, `house` starts it."""

    def __init__(self, folder: Path, proxy: Recorder, hand: Client) -> None:
        self.folder, self.proxy, self.hand, self.past = folder, proxy, hand, Past()
        self.data, self.keys = folder / "data", folder / "keys"
        self.settings = {"kubernetes.kubeconfig": str(proxy.kubeconfig), "changes.mode": "ask"}

    @asynccontextmanager
    async def house(self, reached: Any = lambda point: None, **settings: Any) -> AsyncIterator[House]:
        loaded = load(None, {"HOME": str(self.folder)}, {**self.settings, **settings})
        async with running_house(loaded, self.data, self.keys, reached) as house:
            yield house

    def keep(self, name: str) -> None:
        """A copy of both folders as they are now."""
        for one in (self.data, self.keys):
            shutil.copytree(one, self.folder / name / one.name)

    def kept(self, name: str) -> Path:
        """The data folder of that copy."""
        return self.folder / name / "data"

    async def begin(self) -> None:
        """The folders and the cluster as the house left them."""
        for one in (self.data, self.keys):
            shutil.rmtree(one, ignore_errors=True)
            shutil.copytree(self.folder / "end" / one.name, one)
        self.proxy.writes.clear()
        for name in ("pending", "approved"):
            await self._reset(name)

    async def _reset(self, name: str) -> None:
        path = path_of("Deployment", SPACE, name)
        found = await self.hand.get(path)
        marks = {
            "/spec/template/metadata/annotations": found["spec"]["template"]["metadata"].get("annotations"),
            "/metadata/annotations/helmward.dev~1action": found["metadata"].get("annotations", {}).get(ACTION),
        }
        patch = [{"op": "remove", "path": place} for place, there in marks.items() if there]
        if patch:
            await self.hand.patch(path, patch, "json")

    # ---- the attacker's hands ----

    def sql(self, statement: str, *values: Any, file: str = "state.db") -> int:
        """Write into a database; how many rows it was."""
        with sqlite3.connect(self.data / file, isolation_level=None) as raw:
            count = raw.execute(statement, values).rowcount
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raw.close()
        return count

    def row(self, table: str, where: str, *values: Any, file: str = "state.db") -> dict[str, Any]:
        """The one row there."""
        with sqlite3.connect(self.data / file) as raw:
            raw.row_factory = sqlite3.Row
            (found,) = raw.execute(f"SELECT * FROM {table} WHERE {where}", values).fetchall()
        raw.close()
        return dict(found)

    def segments(self) -> list[Path]:
        """The files of the log, oldest first."""
        return sorted((self.data / "audit").glob("*.jsonl"))

    # ---- what must hold ----

    async def nothing_new(self, house: House) -> None:
        """No permission that was not there before."""
        await until(self._runs_are_over, "the runs end", 60)
        await self.proxy.settled()
        written = {(one.action, one.path) for one in self.proxy.writes if one.action and not one.dry}
        assert written <= set(self.past.permitted.items()), written
        await self._nobody_else_approves(house)
        with pytest.raises(Killed):
            house.door.kills.check(tool=KILLED, system="kubernetes", actors=())
        assert INCIDENT in house.door.means.ledger.paused

    async def _nobody_else_approves(self, house: House) -> None:
        """Who could not approve before cannot now: neither with their own credentials nor with made-up ones."""
        for name in ("rita", "bot", "walt"):
            try:
                actor = house.identity.check(self.past.texts[name], house.clock())
                await house.door.show(actor, self.past.plans["waiting"].id)
                digest = (await house.door.plan(self.past.plans["waiting"].id)).plan.digest
                await house.door.approve(actor, self.past.plans["waiting"].id, digest)
            except HelmwardError:
                continue
            raise AssertionError(f"{name} approved")
        for plan in ("waiting", "other", "denied"):
            action = self.past.plans[plan].action_id(0)
            assert action not in house.door.means.ledger.intents, plan

    def _runs_are_over(self) -> bool:
        with sqlite3.connect(self.data / "workflows.db", timeout=10) as raw:
            query = "SELECT count(*) FROM workflow_status WHERE status IN ('PENDING', 'ENQUEUED', 'DELAYED')"
            (count,) = raw.execute(query).fetchone()
        raw.close()
        return not count


@asynccontextmanager
async def heist(folder: Path) -> AsyncIterator[Heist]:
    """A house that ran twice: `yesterday` is a copy of its folders after the first time, `end` after the second."""
    async with AsyncExitStack() as stack:
        engine = EmbeddedEngine(folder / "engine")
        await engine.start()
        stack.push_async_callback(engine.stop)
        hand = Client.from_kubeconfig(engine.kubeconfig, manager="kubectl-edit")
        stack.push_async_callback(hand.close)
        proxy = await stack.enter_async_context(recording(folder, engine.kubeconfig, folder / "data", folder / "keys"))
        made = Heist(folder, proxy, hand)
        made.data.mkdir()
        await _populate(hand)
        await _yesterday(made)
        await _today(made)
        yield made


async def _populate(hand: Client) -> None:
    await hand.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}})
    for name in NAMES:
        labels = {"app": name}
        containers = [{"name": "app", "image": "registry.example.com/shop/app:1"}]
        template = {"metadata": {"labels": labels}, "spec": {"containers": containers}}
        spec = {"replicas": 0, "selector": {"matchLabels": labels}, "template": template}
        metadata = {"name": name, "namespace": SPACE}
        await hand.create({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec})


async def _yesterday(made: Heist) -> None:
    """Tokens, an actor with a password, and a plan that waits, of yesterday."""
    wishes = {
        "rita": NewToken("rita", ("requester",)),
        "anna": NewToken("anna", ("approver",)),
        "bot": NewToken("bot", ("requester",), "agent"),
        "walt": NewToken("walt", ("viewer",)),
        "gone": NewToken("gone", ("approver",)),
    }
    async with made.house() as house:
        for name, wish in wishes.items():
            minted = await asyncio.to_thread(house.identity.create, ADMIN, wish, house.clock())
            made.past.texts[name] = minted.text
            made.past.actors[name] = house.identity.check(minted.text, house.clock())
        account = NewAccount("dora", "user", ("approver",), password="-".join(["a", "good", "long", "phrase"]))
        await asyncio.to_thread(house.identity.accounts.add, ADMIN, account, house.clock())
        made.past.plans["other"] = await _proposed(made, house, "other")
    made.keep("yesterday")


async def _today(made: Heist) -> None:
    dying = {"now": False}

    def reached(point: KillPoint) -> None:
        if dying["now"] and point is KillPoint.APPROVAL_STORED:
            raise Died

    past = made.past
    async with made.house(reached) as house:
        for name in NAMES:
            if name != "other":
                past.plans[name] = await _proposed(made, house, name)
        await _approve(made, house, "done")
        await until(lambda: house.door.means.ledger.closed.get(past.plans["done"].id) == "done", "it is done", 60)
        await house.door.deny(past.actors["anna"], past.plans["denied"].id, "no")
        await house.door.kills.kill(ADMIN, f"tool:{KILLED}", "not today")
        await house.door.pause(ADMIN, INCIDENT, "it did not help")
        gone = past.actors["gone"]
        await asyncio.to_thread(house.identity.revoke, ADMIN, gone.token, house.clock())
        dying["now"] = True
        with pytest.raises(Died):
            await _approve(made, house, "approved")
        dying["now"] = False
        made.proxy.down = True
        await _approve(made, house, "pending")
    made.proxy.down = False
    made.keep("end")


async def _proposed(made: Heist, house: House, name: str) -> Plan:
    wish = Wish("rollout_restart", {"namespace": SPACE, "name": name})
    return (await house.door.propose(made.past.actors["rita"], [wish])).plan


async def _approve(made: Heist, house: House, name: str) -> None:
    plan, anna = made.past.plans[name], made.past.actors["anna"]
    await house.door.show(anna, plan.id)
    await house.door.approve(anna, plan.id, plan.digest)
