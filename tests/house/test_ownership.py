"""Who owns a field decides whether a change of it is refused, asked for with a warning, or made for a while."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from helmward.app import running_house
from helmward.core.nouns import Actor
from helmward.core.settings import load
from helmward.door.propose import Wish
from helmward.house import House
from helmward.lab.client import Client as Writer
from helmward.lab.client import path_of
from helmward.lab.kube.assets import programs_folder
from helmward.lab.kube.engine import KubeEngine
from helmward.lab.runner import Lab

from ..waiting import until

PAYMENT = path_of("Deployment", "production", "payment-service")
SCALE = Wish("resources_scale", {"namespace": "production", "name": "payment-service", "replicas": 3})
ALICE = Actor(name="heal", kind="service", roles=("requester",))

ARGO = {"annotations": {"argocd.argoproj.io/tracking-id": "shop:apps/Deployment:production/payment-service"}}
FLUX = {"labels": {"kustomize.toolkit.fluxcd.io/name": "shop", "kustomize.toolkit.fluxcd.io/namespace": "flux-system"}}
HELM = {
    "labels": {"app.kubernetes.io/managed-by": "Helm"},
    "annotations": {"meta.helm.sh/release-name": "shop", "meta.helm.sh/release-namespace": "production"},
}


@asynccontextmanager
async def changing(kubeconfig: Path, folder: Path, **more: Any) -> AsyncIterator[House]:
    settings = {"kubernetes.kubeconfig": kubeconfig, "changes.mode": "auto", **more}
    (folder / "data").mkdir(exist_ok=True)
    async with running_house(load(None, {"HOME": str(folder)}, settings), folder / "data", folder / "keys") as house:
        yield house


@pytest.mark.parametrize(
    ("marks", "state", "told"),
    [
        ({}, "approved", "Healing may do this by itself"),
        (ARGO, "refused", "argocd would put this field back"),
        (FLUX, "refused", "flux would put this field back"),
        (HELM, "waiting", "the next upgrade overwrites"),
    ],
)
async def test_marks_of_other_controllers(
    lab: Lab, tmp_path: Path, marks: dict[str, Any], state: str, told: str
) -> None:
    writer = Writer.from_kubeconfig(lab.kubeconfig)
    await writer.patch(PAYMENT, {"metadata": marks})
    async with changing(lab.kubeconfig, tmp_path) as house:
        found = await house.door.propose(ALICE, [SCALE])
        assert found.state == state, found.text
        assert told in found.text
        if state == "refused":
            assert found.plan.steps[0].managed.where, "it says where to change it instead"
            assert (await writer.get(PAYMENT))["spec"]["replicas"] == 2
    await writer.close()


async def test_a_temporary_override_is_asked_for_and_taken_back(lab: Lab, tmp_path: Path) -> None:
    """Where both the settings and the policy allow it."""
    from helmward.door.policy.engine import DEFAULT

    policy = tmp_path / "policy"
    policy.mkdir()
    for file in DEFAULT.glob("*.rego"):
        text = file.read_text().replace("temporary_overrides := false", "temporary_overrides := true")
        if not file.name.endswith("_test.rego"):
            (policy / file.name).write_text(text)
    writer = Writer.from_kubeconfig(lab.kubeconfig)
    await writer.patch(PAYMENT, {"metadata": ARGO})
    settings = {"changes.overrides": True, "changes.override_minutes": 0.05, "changes.policy": policy}
    async with changing(lab.kubeconfig, tmp_path, **settings, **{"changes.single_operator": True}) as house:
        minted = house.create_token(Actor(name="root", kind="user"), "bob", "admin", None)
        bob = house.identity.check(minted.text, house.clock())
        found = await house.door.propose(bob, [SCALE])
        assert found.state == "waiting", found.text
        assert found.plan.override_seconds == 3.0
        assert "expires" in found.text
        await house.door.show(bob, found.plan.id)
        await house.door.approve(bob, found.plan.id, found.plan.digest)
        closed = house.door.means.ledger.closed
        await until(lambda: closed.get(found.plan.id) == "done", "it is done", seconds=40)
        assert [one.plan.id for one in await house.door.overrides()] == [found.plan.id], "reported until it is gone"
        undone = house.door.means.ledger.undone
        await until(lambda: found.plan.action_id(0) in undone, "it is taken back", seconds=40)
        assert (await writer.get(PAYMENT))["spec"]["replicas"] == 2
    await writer.close()


@pytest.mark.kube
async def test_an_autoscaler_owns_the_replicas(
    kube: KubeEngine, kube_namespace: str, tmp_path: Path, deployment: Callable[[str, str], dict[str, Any]]
) -> None:
    writer = Writer.from_kubeconfig(kube.kubeconfig)
    await writer.create(deployment(kube_namespace, "web"))
    await writer.close()
    words = ("-n", kube_namespace, "autoscale", "deployment", "web", "--min=2", "--max=4")
    kubectl = await asyncio.create_subprocess_exec(
        programs_folder() / "kubectl", "--kubeconfig", kube.kubeconfig, *words, stdout=asyncio.subprocess.DEVNULL
    )
    assert await kubectl.wait() == 0
    async with changing(kube.kubeconfig, tmp_path) as house:
        wish = Wish("resources_scale", {"namespace": kube_namespace, "name": "web", "replicas": 6})
        found = await house.door.propose(ALICE, [wish])
        assert (found.state, found.plan.steps[0].managed.reverted_by) == ("refused", "hpa"), found.text


@pytest.fixture
def deployment() -> Callable[[str, str], dict[str, Any]]:
    def make(namespace: str, name: str) -> dict[str, Any]:
        labels = {"app": name}
        container = {"name": "app", "image": "registry.example.com/shop/app:1"}
        return {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": name, "namespace": namespace},
            "spec": {
                "replicas": 2,
                "selector": {"matchLabels": labels},
                "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
            },
        }

    return make
