"""Against a real kube-apiserver: what a hand-written server cannot prove."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing
from pathlib import Path
from typing import Any

import pytest

from helmward.adapters.clients.kubernetes.client import Client
from helmward.adapters.clients.kubernetes.config import load
from helmward.core.cluster import ExactRefused, Forbidden
from helmward.lab.client import Client as Writer
from helmward.lab.client import path_of

from .conftest import HASH_KEY

pytestmark = pytest.mark.kube
PASSWORD = "-".join(["correct", "horse", "battery"])


@pytest.fixture
async def open_client() -> AsyncIterator[Any]:
    async with AsyncExitStack() as stack:

        async def make(kubeconfig: Path) -> Client:
            return await stack.enter_async_context(Client(load(path=kubeconfig), HASH_KEY))

        yield make


@pytest.fixture
async def writer(kube) -> AsyncIterator[Writer]:
    client = Writer.from_kubeconfig(kube.kubeconfig)
    yield client
    await client.close()


def config_map(namespace: str, name: str, **data: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace}, "data": data,
    }  # fmt: skip


def in_namespace(namespace: str, plural: str) -> str:
    return f"/api/v1/namespaces/{namespace}/{plural}"


async def test_pages_and_exact_versions(kube, kube_namespace: str, writer: Writer, open_client) -> None:
    for index in range(7):
        await writer.create(config_map(kube_namespace, f"map-{index}"))
    client = await open_client(kube.kubeconfig)
    path = in_namespace(kube_namespace, "configmaps")
    before = await client.list(path, limit=2, params={"fieldSelector": "metadata.name!=kube-root-ca.crt"})
    assert [json.loads(item)["metadata"]["name"] for item in before.items] == [f"map-{index}" for index in range(7)]
    await writer.create(config_map(kube_namespace, "later"))
    again = await client.list(path, limit=2, resource_version=before.resource_version, exact=True)
    assert again.exact
    assert not any(b'"later"' in item for item in again.items)
    pods = await client.list("/api/v1/nodes", resource_version=before.resource_version, exact=True)
    assert pods.exact, "the same version holds across kinds"
    newer = await client.list(path, resource_version=before.resource_version)
    assert any(b'"later"' in item for item in newer.items)


async def test_a_version_that_is_not_there_yet_is_refused(kube, open_client) -> None:
    client = await open_client(kube.kubeconfig)
    now = int((await client.list("/api/v1/pods")).resource_version)
    with pytest.raises(ExactRefused, match="Too large resource version"):
        await client.list("/api/v1/pods", resource_version=str(now + 1_000_000), exact=True)


async def test_a_watch_sees_changes(kube, kube_namespace: str, writer: Writer, open_client) -> None:
    client = await open_client(kube.kubeconfig)
    path = in_namespace(kube_namespace, "configmaps")
    version = (await client.list(path)).resource_version
    types: list[str] = []

    async def collect() -> None:
        # The API server sends a bookmark about two seconds before a watch times out, if it comes to it: it promises none,
        # so what a bookmark does is tested where the server is ours (test_watching.py).
        async with aclosing(client.watch(path, version, seconds=4)) as events:
            async for event in events:
                types.append(event.type)
                assert int(event.resource_version) > 0

    # Written first: a slow machine may need longer for it than the watch lasts, and the watch begins before it all the same.
    await writer.create(config_map(kube_namespace, "seen", text="x" * 900_000))
    await writer.delete(path_of("ConfigMap", kube_namespace, "seen"))
    async with asyncio.timeout(40):
        await collect()
    assert [one for one in types if one != "BOOKMARK"][:2] == ["ADDED", "DELETED"], types


async def test_secrets_come_reduced(kube, kube_namespace: str, writer: Writer, open_client) -> None:
    secret = {
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db", "namespace": kube_namespace},
        "stringData": {"password": PASSWORD},
    }  # fmt: skip
    await writer.create(secret)
    client = await open_client(kube.kubeconfig)
    path = in_namespace(kube_namespace, "secrets")
    listed = (await client.list(path)).items
    found = [*listed, await client.get(f"{path}/db")]
    async with aclosing(client.watch(path, "0", seconds=3)) as events:
        found.append((await anext(events)).raw)
    assert len(found) == 3
    for raw in found:
        assert json.loads(raw)["data"]["password"]["size"] == len(PASSWORD)
        assert PASSWORD.encode() not in raw


async def test_a_user_without_rights(kube, kube_namespace: str, open_client) -> None:
    client = await open_client(kube.user_kubeconfig("nora", ("strangers",)))
    assert await client.whoami() == "nora"
    assert not await client.can("list", "", "pods")
    with pytest.raises(Forbidden, match='User "nora" cannot list resource "pods"'):
        await client.list("/api/v1/pods")
    rules = await client.rules(kube_namespace)
    assert any("selfsubjectreviews" in rule.resources for rule in rules.resource_rules)


async def test_the_administrator(kube, kube_namespace: str, open_client) -> None:
    client = await open_client(kube.kubeconfig)
    assert await client.version() == "v1.34.3"
    assert await client.whoami() == "lab-admin"
    assert await client.can("delete", "apps", "deployments", kube_namespace)


async def test_discovery_finds_what_is_served(kube, open_client) -> None:
    client = await open_client(kube.kubeconfig)
    found = {resource.path: resource for resource in await client.discover()}
    assert len(found) > 60
    pods = found["/api/v1/pods"]
    assert (pods.kind, pods.namespaced, "watch" in pods.verbs) == ("Pod", True, True)
    assert found["/apis/apps/v1/deployments"].group == "apps"
    assert not found["/api/v1/nodes"].namespaced
