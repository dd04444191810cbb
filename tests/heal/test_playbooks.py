"""What heals by itself on a live lab, and what does not: the choice is by first cause, and a failed check means no change."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from helmward.app import running_house
from helmward.core.errors import DeniedError
from helmward.core.nouns import Actor
from helmward.core.settings import load
from helmward.door import check
from helmward.heal.supervisor import HEAL
from helmward.house import House
from helmward.lab import breaking
from helmward.lab.client import Client as Writer
from helmward.lab.client import path_of
from helmward.lab.runner import Lab
from helmward.world.book import Tracked

from ..waiting import until

PAYMENT = path_of("Deployment", "production", "payment-service")


@pytest.fixture(autouse=True)
def _soak(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lab's life is ten times as fast as a cluster's, and so is what must hold for a while."""
    monkeypatch.setattr(check, "SOAK", check.SOAK / 5)


@asynccontextmanager
async def healing(lab: Lab, folder: Path, **more: Any) -> AsyncIterator[House]:
    settings = {"kubernetes.kubeconfig": lab.kubeconfig, "changes.mode": "auto", **more}
    folder.joinpath("data").mkdir(exist_ok=True)
    async with running_house(load(None, {"HOME": str(folder)}, settings), folder / "data", folder / "keys") as house:
        assert house.incidents() == [], "the lab is healthy"
        yield house


async def over(house: House) -> list[Tracked]:
    """The incidents, once there were some and all have resolved."""
    await until(
        lambda: house.incidents("all") and not house.incidents("open"), "everything that broke was mended", seconds=60
    )
    return house.incidents("all")


@pytest.mark.parametrize(
    ("fault", "playbook", "tools"),
    [
        ("image", "roll-back", ["rollout_undo"]),
        ("image-auth", "roll-back", ["rollout_undo"]),
        ("crash", "roll-back", ["rollout_undo"]),
        ("missing-secret", "roll-back", ["rollout_undo"]),
        ("probe", "roll-back", ["rollout_undo"]),
        ("bad-config", "restore-config", ["config_restore", "rollout_restart"]),
    ],
)
async def test_heals_by_itself(lab: Lab, tmp_path: Path, fault: str, playbook: str, tools: list[str]) -> None:
    async with healing(lab, tmp_path) as house:
        await breaking.break_(lab.folder, [fault])
        (incident,) = await over(house)
        await until(lambda: house.door.means.ledger.closed, "the plan has ended", seconds=60)
        (found,) = await house.door.plans(incident=incident.id)
        assert (found.state, [step.tool for step in found.plan.steps]) == ("done", tools)
        assert found.plan.reason.startswith("HW-"), "the choice says by which cause it was made"
        assert [action.state for action in await house.door.actions(found.plan.id)] == ["done"] * len(tools)
        chosen = house.healing.choose(incident)
        assert chosen is not None
        assert chosen.playbook == playbook


@pytest.mark.parametrize("fault", ["selector", "port"])
async def test_leaves_alone_what_it_has_nothing_for(lab: Lab, tmp_path: Path, fault: str) -> None:
    async with healing(lab, tmp_path) as house:
        await breaking.break_(lab.folder, [fault])
        await until(lambda: house.healing.refused, "healing has looked at it")
        (incident,) = house.incidents()
        assert house.healing.refused[incident.id] == "No playbook fits its first cause."
        assert house.healing.fit(incident) == (None, house.healing.refused[incident.id])
        assert await house.door.plans() == []


async def test_a_fix_that_does_not_help_is_undone_once(lab: Lab, tmp_path: Path) -> None:
    """Two bad rollouts, one after the other: the revision before is no better."""
    writer = Writer.from_kubeconfig(lab.kubeconfig)
    containers = (await writer.get(PAYMENT))["spec"]["template"]["spec"]["containers"]
    original = containers[0]["image"]

    async def roll(image: str) -> None:
        wanted = [{**containers[0], "image": image}, *containers[1:]]
        await writer.patch(PAYMENT, {"spec": {"template": {"spec": {"containers": wanted}}}})

    async with healing(lab, tmp_path, **{"changes.mode": "ask", "changes.verify_seconds": 4.0}) as house:
        await roll(original.rpartition(":")[0] + ":9.9.8")
        await until(house.incidents, "it is broken")
        await roll(original.rpartition(":")[0] + ":9.9.9")

    async with running_house(
        load(None, {"HOME": str(tmp_path)}, {
            "kubernetes.kubeconfig": lab.kubeconfig, "changes.mode": "auto", "changes.verify_seconds": 4.0,
        }),
        tmp_path / "data",
        tmp_path / "keys",
    ) as house:  # fmt: skip
        (incident,) = house.incidents()
        ledger = house.door.means.ledger
        tried = (await house.healing.propose(incident)).plan.id
        await until(lambda: tried in ledger.closed, "the plan has ended", seconds=60)
        assert ledger.closed[tried] == "undone"
        assert incident.id in ledger.paused, "healing has stopped for it"
        assert [action.state for action in await house.door.actions(tried)] == ["undone"]
        stands = (await writer.get(PAYMENT))["spec"]["template"]["spec"]["containers"][0]["image"]
        assert stands.endswith(":9.9.9"), "as it was before the fix"
        assert "paused" in house.healing.view(house.incident(incident.id)).text
        await roll(original)
        await over(house)
    await writer.close()


async def test_what_somebody_mended_meanwhile_is_left_alone(lab: Lab, tmp_path: Path) -> None:
    """The plan waits; a person rolls back by hand; the approval that comes then changes nothing."""
    writer = Writer.from_kubeconfig(lab.kubeconfig)
    async with healing(lab, tmp_path, **{"changes.mode": "ask", "changes.single_operator": True}) as house:
        before = (await writer.get(PAYMENT))["spec"]["template"]
        await breaking.break_(lab.folder, ["image"])
        await until(house.incidents, "it is broken")
        (incident,) = house.incidents()
        found = await house.plan_for(incident.id, HEAL)
        assert found.plan.steps[0].arguments["to_revision"] == 1, "named, not the one before whatever is current then"
        await writer.patch(PAYMENT, {"spec": {"template": before}})
        await until(lambda: not house.door.means.findings.standing(found.plan.cures), "the cause is gone", seconds=60)
        alice = Actor(name="root", kind="user")
        alice = house.identity.check(house.create_token(alice, "alice", "admin", None).text, house.clock())
        closed = house.door.means.ledger.closed
        await house.door.show(alice, found.plan.id)
        try:
            await house.door.approve(alice, found.plan.id, found.plan.digest)
        except DeniedError:
            assert closed[found.plan.id] == "void", "healing has taken it back: the incident is over"
        else:
            await until(lambda: found.plan.id in closed, "it has ended", seconds=60)
            assert closed[found.plan.id] == "failed"
        assert await house.door.actions() == [] or (await house.door.actions())[0].state == "failed"
        assert (await writer.get(PAYMENT))["spec"]["template"]["spec"] == before["spec"]
    await writer.close()
