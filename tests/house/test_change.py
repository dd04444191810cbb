"""A bad rollout on a live lab: planned, approved, rolled back, proven, and taken back."""

from __future__ import annotations

from pathlib import Path

from helmward.app import running_house
from helmward.core.nouns import Actor
from helmward.core.settings import load
from helmward.door.propose import About, Wish
from helmward.house import House
from helmward.house.change_requests import ChangeRequests
from helmward.lab import breaking
from helmward.lab.runner import Lab

from ..waiting import until
from .home import one

PAYMENT = {"namespace": "production", "name": "payment-service"}


async def ended(house: House, plan: str) -> str:
    await until(lambda: plan in house.door.means.ledger.closed, f"{plan} ends", seconds=30)
    return house.door.means.ledger.closed[plan]


async def test_roll_back_and_undo(lab: Lab, tmp_path: Path) -> None:
    settings = {"kubernetes.kubeconfig": lab.kubeconfig, "changes.mode": "ask", "changes.single_operator": True}
    loaded = load(None, {"HOME": str(tmp_path)}, settings)
    async with running_house(loaded, tmp_path / "data", tmp_path / "keys") as house:
        admin = house.create_token(Actor(name="x", kind="user"), "alice", "admin", None)
        alice = house.identity.check(admin.text, house.clock())
        await breaking.break_(lab.folder, ["image"])
        incident = await one(house)
        about = About(incident=incident.id, severity="high", cures=(incident.incident.causes[0].finding,))
        found = await house.door.propose(alice, [Wish("rollout_undo", PAYMENT)], about)
        assert found.state == "waiting", found.text
        await house.door.show(alice, found.plan.id)
        await house.door.approve(alice, found.plan.id, found.plan.digest)
        assert await ended(house, found.plan.id) == "done"
        await one(house, "resolved")
        (action,) = await house.door.actions(found.plan.id)
        assert action.state == "done"
        undo = await house.door.undo(alice, action.id)
        assert await ended(house, undo.plan.id) == "done"
        await one(house)
        told = [moment["text"] for moment in (await ChangeRequests(house).incident(incident.id))["timeline"]]
        parts = (
            "alice planned: roll",
            "alice (a",
            ": written",
            f"alice planned: undo {action.id}",
            "the values from before stand again",
        )
        assert [next((text for text in told if part in text), None) is not None for part in parts] == [True] * 5, told


async def test_heals_by_itself(lab: Lab, tmp_path: Path) -> None:
    settings = {"kubernetes.kubeconfig": lab.kubeconfig, "changes.mode": "auto"}
    loaded = load(None, {"HOME": str(tmp_path)}, settings)
    async with running_house(loaded, tmp_path / "data", tmp_path / "keys") as house:
        await breaking.break_(lab.folder, ["image"])
        opened = await one(house)
        await one(house, "resolved")
        (plan,) = await house.door.plans(incident=opened.id)
        assert await ended(house, plan.plan.id) == "done"
        assert "was changed" in plan.plan.reason
