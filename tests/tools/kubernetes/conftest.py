"""The ground of the tools' tests, on each engine in turn; `kube_ground` on the real control plane alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from helmward.adapters.clients.kubernetes.client import Client
from helmward.adapters.clients.kubernetes.config import load
from helmward.lab.cast.programs import registry
from helmward.lab.client import ApiError
from helmward.lab.kubelet.kubelet import Kubelet
from helmward.lab.kubelet.pace import Pace

from ...lab.api import open_api
from .ground import Ground


@asynccontextmanager
async def open_ground(engine: Any, namespace: str, folder: Path) -> AsyncIterator[Ground]:
    """A namespace, with one node whose containers live fifty times as fast as in life."""
    api = open_api(engine.kubeconfig)
    for name in ("kube-system", "kube-node-lease"):
        try:
            await api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        except ApiError as error:
            if error.status != 409:
                raise
    token_file = engine.folder / "kubelet-token"
    token = token_file.read_text().strip() if token_file.exists() else None
    kubelet = Kubelet(engine.kubeconfig, folder, registry({}), nodes=1, pace=Pace(50), token=token)
    await kubelet.start()
    try:
        async with Client(load(None, engine.kubeconfig, {}), b"0" * 32) as client:
            yield Ground(api, client, namespace)
        await _sweep(api, namespace)
    finally:
        await kubelet.stop()
        await api.close()


async def _sweep(api: Any, namespace: str) -> None:
    """Nothing of it may go on running beside the next test."""
    for plural in ("deployments", "statefulsets", "daemonsets"):
        for item in await api.list_all(f"/apis/apps/v1/namespaces/{namespace}/{plural}"):
            await api.delete(f"/apis/apps/v1/namespaces/{namespace}/{plural}/{item['metadata']['name']}")
    for item in await api.list_all(f"/api/v1/namespaces/{namespace}/pods"):
        path = f"/api/v1/namespaces/{namespace}/pods/{item['metadata']['name']}"
        await api.delete(path, {"gracePeriodSeconds": 0})


@pytest.fixture
async def ground(engine: Any, namespace: str, tmp_path: Path) -> AsyncIterator[Ground]:
    async with open_ground(engine, namespace, tmp_path) as made:
        yield made


@pytest.fixture(
    params=[pytest.param("kube", marks=pytest.mark.kube)]
)  # its name is in the test's id: see tests/distribution.py
async def kube_ground(kube: Any, kube_namespace: str, tmp_path: Path) -> AsyncIterator[Ground]:
    async with open_ground(kube, kube_namespace, tmp_path) as made:
        yield made
