"""A change that is under way when Helmward turns to another cluster goes on when it is back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from helmward.app import running_house
from helmward.core.nouns import Actor
from helmward.core.settings import load
from helmward.door.propose import Wish
from helmward.house import House
from helmward.lab.client import Client as Writer
from helmward.lab.client import path_of
from helmward.lab.runner import Lab

from ..waiting import until

PAYMENT = path_of("Deployment", "production", "payment-service")


@asynccontextmanager
async def watching(lab: Lab, folder: Path) -> AsyncIterator[House]:
    settings = {"kubernetes.kubeconfig": lab.kubeconfig, "changes.mode": "ask", "changes.single_operator": True}
    loaded = load(None, {"HOME": str(folder)}, settings)
    (folder / "data").mkdir(exist_ok=True)
    async with running_house(loaded, folder / "data", folder / "keys") as house:
        yield house


async def test_a_run_waits_for_its_cluster(tmp_path: Path) -> None:
    here, there = (Lab(tmp_path / name, "embedded") for name in ("here", "there"))
    await here.start()
    await there.start()
    writer = Writer.from_kubeconfig(here.kubeconfig)
    try:
        async with watching(here, tmp_path) as house:
            minted = house.create_token(Actor(name="root", kind="user"), "alice", "admin", None)
            alice = house.identity.check(minted.text, house.clock())
            wish = Wish("resources_scale", {"namespace": "production", "name": "payment-service", "replicas": 3})
            found = await house.door.propose(alice, [wish])
            await house.door.show(alice, found.plan.id)
            await house.door.approve(alice, found.plan.id, found.plan.digest)
            action = found.plan.action_id(0)
            intents = house.door.means.ledger.intents
            await until(lambda: action in intents and intents[action].outcome == "done", "it is written")
        async with watching(there, tmp_path) as house:
            assert await house.door.plans() == []
            assert found.plan.id not in house.door.means.ledger.closed
        async with watching(here, tmp_path) as house:
            closed = house.door.means.ledger.closed
            await until(lambda: found.plan.id in closed, "it goes on to its end", seconds=90)
            assert closed[found.plan.id] == "done"
        assert (await writer.get(PAYMENT))["spec"]["replicas"] == 3
    finally:
        await writer.close()
        await here.stop()
        await there.stop()
