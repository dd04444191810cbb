"""Each tool works with exactly the rights that `helmward rbac` gives for it, and with no other tool's."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from helmward.adapters.clients.kubernetes.client import Client
from helmward.adapters.clients.kubernetes.connection import Connection
from helmward.app import needed_rights
from helmward.core.cluster import Forbidden
from helmward.core.plans import Step
from helmward.core.settings import Settings
from helmward.explain.needs import binding, cluster_role
from helmward.lab.kube.waiting import eventually

from ..tools.kubernetes.conftest import open_ground
from ..tools.kubernetes.ground import TOOLBOX, Ground, config, workload

if TYPE_CHECKING:
    from helmward.lab.kube.engine import KubeEngine

ALL = tuple(one.name for one in TOOLBOX)
READING = tuple(one.name for one in TOOLBOX if one.effect == "READ")
CHANGING = tuple(name for name in ALL if name not in READING)
_numbers = itertools.count(1)


def rights(enabled: Iterable[str], mode: str = "ask") -> set[tuple[str, str, str]]:
    """What `helmward rbac` adds for tools where these are enabled."""
    disabled = tuple(name for name in ALL if name not in set(enabled))
    return needed_rights(Settings.model_validate({"changes": {"mode": mode, "disabled_tools": disabled}}))


@asynccontextmanager
async def account(kube: KubeEngine, ground: Ground, granted: set[tuple[str, str, str]]) -> AsyncIterator[Ground]:
    """The ground as a ServiceAccount sees it that has these rights and no others."""
    name = f"tools-{next(_numbers)}"
    documents: list[Any] = [cluster_role([], False, name, granted), *binding(name, ground.namespace, name)]
    places = {
        "ClusterRole": "/apis/rbac.authorization.k8s.io/v1/clusterroles",
        "ClusterRoleBinding": "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
        "ServiceAccount": f"/api/v1/namespaces/{ground.namespace}/serviceaccounts",
    }
    for document in documents:
        await ground.api.ask("POST", places[document["kind"]], document)
    request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"audiences": []}}
    answer = await ground.api.ask("POST", f"{places['ServiceAccount']}/{name}/token", request)
    connection = Connection(
        server=kube.url, source="test", token=answer["status"]["token"], insecure_skip_tls_verify=True
    )
    try:
        async with Client(connection, b"0" * 32) as client:
            group, resource, verb = sorted(granted)[0]
            await eventually(lambda: client.can(verb, group, resource), "the rights are known to the server", 30)
            yield Ground(ground.api, client, ground.namespace)
    finally:
        for document in documents[::2]:
            kind = document["kind"]
            await ground.api.delete(f"{places[kind]}/{name}")


@pytest.fixture
async def shop(kube: KubeEngine, kube_namespace: str, tmp_path: Path) -> AsyncIterator[Ground]:
    """A Deployment with a past, a ConfigMap that was changed, and a bare pod."""
    async with open_ground(kube, kube_namespace, tmp_path) as ground:
        await ground.make(workload("Deployment", "web", 1))
        await ground.make(config("settings", {"mode": "fast"}))
        pod = workload("Deployment", "web")["spec"]["template"]["spec"]
        await ground.make({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "bare"}, "spec": pod})
        await ground.until_ready("Deployment", "web", 1)
        change = {"spec": {"template": {"spec": {"terminationGracePeriodSeconds": 2}}}}
        await ground.api.patch(ground.path("Deployment", "web"), change)
        await ground.until_ready("Deployment", "web", 1)
        yield ground


async def call(ground: Ground, tool: str) -> None:
    """One READ call of the tool that must give something."""
    pods = await ground.api.list_all(ground.path("Pod"), labelSelector="app=web")
    pod = next(item["metadata"]["name"] for item in pods if not item["metadata"].get("deletionTimestamp"))
    here = {"namespace": ground.namespace}
    given: dict[str, dict[str, Any]] = {
        "resources_list": {"kind": "pods", **here},
        "resources_get": {"kind": "Deployment", "name": "web", **here},
        "describe": {"kind": "Deployment", "name": "web", **here},
        "pods_log": {"name": pod, **here},
        "events_list": here,
        "rollout_history": {"name": "web", **here},
    }
    page = await ground.read(tool, **given[tool])
    assert page.items or page.text


async def planned(ground: Ground, tool: str, full: Ground) -> Step:
    """A step of the tool."""
    pods = await full.api.list_all(full.path("Pod"), labelSelector="app=web")
    pod = next(item["metadata"]["name"] for item in pods if not item["metadata"].get("deletionTimestamp"))
    given: dict[str, dict[str, Any]] = {
        "resources_scale": {"name": "web", "replicas": 2},
        "rollout_restart": {"name": "web"},
        "rollout_undo": {"name": "web"},
        "config_restore": {"name": "settings"},
        "pods_delete": {"name": pod},
        "pods_delete_bare": {"name": "bare"},
        "resources_patch": {"kind": "Deployment", "name": "web", "patch": {"metadata": {"labels": {"a": "b"}}}},
    }
    return await ground.plan(tool, **given[tool])


@pytest.mark.parametrize("tool", [name for name in READING if name != "nodes_top"])
async def test_a_tool_that_reads_works_with_its_own_rights(kube: KubeEngine, shop: Ground, tool: str) -> None:
    async with account(kube, shop, rights([tool])) as limited:
        await call(limited, tool)
        for name in CHANGING:
            if name != "config_restore":  # it has nothing to restore here; its write is a patch like the others'
                step = await planned(shop, name, shop)
                with pytest.raises(Forbidden):
                    await limited.act(step, f"act-{name}")


@pytest.mark.parametrize("tool", CHANGING)
async def test_a_tool_that_changes_works_with_its_own_rights(kube: KubeEngine, shop: Ground, tool: str) -> None:
    async with account(kube, shop, rights([tool])) as limited:
        if tool == "config_restore":
            await shop.look()
            await shop.api.patch(shop.path("ConfigMap", "settings"), {"data": {"mode": "slow"}})
            await shop.look()
            limited.world = shop.world
        step = await planned(limited, tool, shop)
        await limited.act(step, f"act-{tool}")
        assert (await limited.settled(step, f"act-{tool}")).state == "yes"
        if step.irreversible is None:
            await limited.act(await limited.undo(step, f"act-{tool}"), f"act-undo-{tool}")


WRITES = {
    "resources_scale": ("apps", "deployments", "patch"),
    "pods_delete": ("", "pods/eviction", "create"),
    "pods_delete_bare": ("", "pods", "delete"),
    "config_restore": ("", "configmaps", "patch"),
    "resources_patch": ("", "services", "patch"),
}


@pytest.mark.parametrize("tool", WRITES)
def test_a_disabled_tool_takes_its_rights_with_it(tool: str) -> None:
    sharing = {name for name in CHANGING if WRITES[tool] in rights([name])}
    assert tool in sharing
    assert WRITES[tool] in rights(ALL)
    assert WRITES[tool] not in rights(set(ALL) - sharing)
    assert not any(verb in ("patch", "delete", "create", "update") for _, _, verb in rights(ALL, mode="observe"))


async def test_a_disabled_tools_verb_is_refused_by_the_api_server(kube: KubeEngine, shop: Ground) -> None:
    enabled = set(ALL) - {"pods_delete", "pods_delete_bare", "config_restore", "resources_patch"}
    # What is to be written is looked at first: with the right to look, it is the verb alone that is refused.
    granted = rights(enabled) | {("", "pods", "get"), ("", "configmaps", "get")}
    async with account(kube, shop, granted) as limited:
        await limited.act(await planned(shop, "resources_scale", shop), "act-scale")
        for tool, verb in (
            ("pods_delete", "create resource .pods/eviction"),
            ("pods_delete_bare", "delete resource .pods"),
        ):
            step = await planned(shop, tool, shop)
            with pytest.raises(Forbidden, match=f"cannot {verb}"):
                await limited.act(step, f"act-{tool}")
            assert await shop.api.find(step.api_path) is not None
        patch = {"metadata": {"labels": {"a": "b"}}}
        step = await shop.plan("resources_patch", kind="ConfigMap", name="settings", patch=patch)
        with pytest.raises(Forbidden, match=r"cannot patch resource .configmaps"):
            await limited.act(step, "act-patch")
        assert "labels" not in (await shop.get("ConfigMap", "settings"))["metadata"]
