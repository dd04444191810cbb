"""Each tool through the real door of a running house on a live lab: asked for, approved, done, proven, taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec
import pytest

from helmward.app import running_house
from helmward.core.errors import DeniedError, UsageError
from helmward.core.nouns import Actor, Scope
from helmward.core.settings import load
from helmward.door.propose import Wish
from helmward.house import House
from helmward.lab.client import Client, path_of
from helmward.lab.runner import Lab

from ...engines import on_each
from ...waiting import until

SHOP = {"namespace": "production"}
PAYMENT = {**SHOP, "name": "payment-service"}


class Open(NamedTuple):
    """A house and who uses it; `lab` is the person with kubectl."""

    house: House
    alice: Actor
    lab: Client

    async def done(self, tool: str, **arguments: Any) -> str:
        """Ask for it, approve what was shown; the id of the action once it is proven."""
        found = await self.house.door.propose(self.alice, [Wish(tool, {**SHOP, **arguments})])
        assert found.state == "waiting", found.text
        shown = await self.house.door.show(self.alice, found.plan.id)
        step = shown.plan.steps[0]
        assert step.title and step.success and step.undo and step.blast.text
        await self.house.door.approve(self.alice, found.plan.id, found.plan.digest)
        await self.ended(found.plan.id)
        (action,) = await self.house.door.actions(found.plan.id)
        assert action.state == "done", (action.text, action.proof)
        return action.id

    async def undone(self, action: str) -> None:
        undo = await self.house.door.undo(self.alice, action)
        await self.ended(undo.plan.id)
        assert (await self.house.door.plan(undo.plan.id)).state == "done"

    async def ended(self, plan: str) -> None:
        await until(lambda: plan in self.house.door.means.ledger.closed, f"{plan} ends", seconds=60)


@asynccontextmanager
async def running(engine: Literal["embedded", "kube"], folder: Path) -> AsyncIterator[Open]:
    lab = Lab(folder / "data" / "lab", engine)
    await lab.start()
    client = Client.from_kubeconfig(lab.kubeconfig, manager="kubectl-edit")
    settings = {"kubernetes.kubeconfig": lab.kubeconfig, "changes.mode": "ask", "changes.single_operator": True}
    loaded = load(None, {"HOME": str(folder)}, settings)
    async with running_house(loaded, folder / "data", folder / "keys") as house:
        minted = house.create_token(Actor(name="x", kind="user"), "alice", "admin", None)
        yield Open(house, house.identity.check(minted.text, house.clock()), client)
    await client.close()
    await lab.stop()


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Open]:
    async with running("embedded", tmp_path) as made:
        yield made


@pytest.mark.parametrize("engine", on_each())
async def test_each_change(engine: Literal["embedded", "kube"], tmp_path: Path) -> None:
    async with running(engine, tmp_path) as made:
        await each_change(made)


async def each_change(opened: Open) -> None:
    house, alice, lab = opened
    deployment = path_of("Deployment", "production", "payment-service")
    scale = await opened.done("resources_scale", name="payment-service", replicas=3)
    assert (await lab.get(deployment))["spec"]["replicas"] == 3
    await opened.undone(scale)
    assert (await lab.get(deployment))["spec"]["replicas"] == 2

    settings = path_of("ConfigMap", "production", "frontend-config")
    await lab.patch(settings, {"data": {"theme": "dark"}})
    await until(lambda: house.world.versions.of("production", "frontend-config"), "the change is seen")
    restored = await opened.done("config_restore", name="frontend-config")
    assert (await lab.get(settings))["data"]["theme"] == "light"
    await opened.undone(restored)
    assert (await lab.get(settings))["data"]["theme"] == "dark"

    labels = {"metadata": {"labels": {"example.com/owner": "checkout"}}}
    patched = await opened.done("resources_patch", kind="Service", name="payment-service", patch=labels)
    await opened.undone(patched)

    pods = await lab.list_all(path_of("Pod", "production"), labelSelector="app=user-service")
    evicted = await opened.done("pods_delete", name=pods[0]["metadata"]["name"])
    with pytest.raises(DeniedError, match="cannot be undone: a pod that is gone does not come back"):
        await house.door.undo(alice, evicted)

    restarted = await opened.done("rollout_restart", name="user-service")
    await opened.undone(restarted)


async def test_what_is_in_no_namespace(opened: Open) -> None:
    patch = {"spec": {"unschedulable": True}}
    given = {"kind": "Node", "name": "lab-node-1", "patch": patch}
    found = await opened.house.door.propose(opened.alice, [Wish("resources_patch", given)])
    assert found.state == "waiting", found.text
    assert found.plan.environment == "production"
    await opened.house.door.show(opened.alice, found.plan.id)
    await opened.house.door.approve(opened.alice, found.plan.id, found.plan.digest)
    await opened.ended(found.plan.id)
    assert (await opened.lab.get(path_of("Node", name="lab-node-1")))["spec"]["unschedulable"] is True


async def test_each_reading(opened: Open) -> None:
    house, alice, lab = opened
    pods = await lab.list_all(path_of("Pod", "production"), labelSelector="app=payment-service")
    given: dict[str, dict[str, Any]] = {
        "resources_list": {"kind": "pods", **SHOP},
        "resources_get": {"kind": "deploy", **PAYMENT},
        "describe": {"kind": "deploy", **PAYMENT},
        "pods_log": {"name": pods[0]["metadata"]["name"], **SHOP},
        "events_list": SHOP,
        "rollout_history": PAYMENT,
    }
    for name, arguments in given.items():
        page = await house.door.read(alice, name, arguments)
        assert page.items or page.text, name
    with pytest.raises(UsageError, match="serves no metrics"):
        await house.door.read(alice, "nodes_top", {})
    described = await house.door.read(alice, "describe", {"kind": "deploy", **PAYMENT})
    assert "needed by Deployment/production/frontend" in described.text
    secrets = await house.door.read(alice, "resources_list", {"kind": "secrets", "full": True, **SHOP})
    for secret in await lab.list_all(path_of("Secret", "production")):
        assert not [value for value in secret["data"].values() if value in str(secrets.items)]


async def test_one_namespace_alone_shows_nothing_of_the_others(opened: Open) -> None:
    house = opened.house
    minted = house.create_token(Actor(name="x", kind="user"), "bob", "viewer", None)
    bob = house.identity.check(minted.text, house.clock())
    scoped = msgspec.structs.replace(bob, scope=Scope(namespaces=("production",)))
    assert (await house.door.read(scoped, "resources_list", {"kind": "pods", **SHOP})).items
    for arguments in ({"kind": "pods"}, {"kind": "pods", "namespace": "kube-system"}, {"kind": "nodes"}):
        with pytest.raises(DeniedError):
            await house.door.read(scoped, "resources_list", arguments)
    with pytest.raises(UsageError, match="namespace: a Node is in no namespace"):
        await house.door.read(scoped, "resources_list", {"kind": "nodes", **SHOP})
