"""A small "big cluster" comes to life, is kept, and starts again from what was kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from helmward.lab.client import Client, Json, path_of
from helmward.lab.kube.assets import built_folder, programs_folder
from helmward.lab.kube.engine import KubeEngine
from helmward.lab.kube.kwok import big_cluster

pytestmark = [pytest.mark.kube, pytest.mark.slow]


async def test_a_big_cluster_runs_and_the_next_one_starts_from_its_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(programs_folder("kwok")))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert not built_folder().exists()
    async with big_cluster(100) as first:
        pods = await _list(first, "Pod")
        assert len(pods) == 100
        assert {pod["status"]["phase"] for pod in pods} == {"Running"}
        assert all(pod["metadata"]["ownerReferences"][0]["kind"] == "ReplicaSet" for pod in pods)
    assert len(list((tmp_path / "helmward" / "clusters").iterdir())) == 1
    async with big_cluster(100) as second:
        again = await _list(second, "Pod")
    assert {pod["metadata"]["uid"] for pod in again} == {pod["metadata"]["uid"] for pod in pods}


async def _list(engine: KubeEngine, kind: str) -> list[Json]:
    client = Client.from_kubeconfig(engine.kubeconfig)
    try:
        return await client.list_all(path_of(kind))
    finally:
        await client.close()
