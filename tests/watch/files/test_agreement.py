"""Tables and descriptions agree with the JSON of the same objects: recorded, and fresh from a real cluster."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from tests.watch.files.agreement import described, folder, owners
from tests.watch.files.live import Shop

from helmward.lab.kube.engine import KubeEngine
from helmward.watch.files import Read
from helmward.world.store import World

RECORDED = Path(__file__).with_name("data") / "recorded"


@pytest.fixture(scope="module")
def recorded() -> Path:
    return RECORDED


def assert_descriptions_agree(bundle: Path) -> None:
    truth, printed = folder(bundle / "json"), folder(bundle / "described")
    assert not printed.world.coverage.problems
    for kind in sorted(set(truth.world.kinds()) - {"Event"}):
        for item in truth.world.all(kind):
            found = printed.world.get(kind, item.namespace, item.name)
            assert found is not None, f"{item} is not described"
            assert described(found) == described(item), str(item)
            if kind in ("Pod", "ReplicaSet"):
                assert owners(found) == owners(item)
    assert _events(truth.world) - _events(printed.world) == Counter()


def assert_tables_agree(bundle: Path) -> None:
    truth, printed = folder(bundle / "json"), folder(bundle / "tables")
    assert not printed.world.coverage.problems
    for kind in sorted(set(truth.world.kinds()) - {"Event"}):
        for item in truth.world.all(kind):
            found = printed.world.get(kind, item.namespace, item.name)
            assert found is not None, f"{item} is in no table"
            assert (found.meta.labels or {}) == (item.meta.labels or {}), str(item)
            assert bool(found.meta.creation_timestamp) == bool(item.meta.creation_timestamp), str(item)
    _assert_pods_agree(truth, printed)
    _assert_workloads_agree(truth, printed)
    assert _events(truth.world) - _events(printed.world) == Counter()


def _assert_pods_agree(truth: Read, printed: Read) -> None:
    for item in truth.world.all("Pod"):
        found = printed.world.get("Pod", item.namespace, item.name)
        assert found is not None
        assert found.view.status.phase == item.view.status.phase
        assert found.view.status.pod_ip == item.view.status.pod_ip
        assert found.view.spec.node_name == item.view.spec.node_name
        assert owners(found) == owners(item)
        assert _containers(found.view) == _containers(item.view)


def _containers(pod: object) -> dict[str, tuple[object, ...]]:
    statuses = pod.status.container_statuses  # type: ignore[attr-defined]
    return {
        status.name: (status.ready, status.restart_count, status.state.waiting and status.state.waiting.reason)
        for status in statuses
    }


def _assert_workloads_agree(truth: Read, printed: Read) -> None:
    for kind in ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"):
        for item in truth.world.all(kind):
            found = printed.world.get(kind, item.namespace, item.name)
            assert found is not None
            for field in ("ready_replicas", "available_replicas", "number_ready", "desired_number_scheduled"):
                assert getattr(found.view.status, field) == getattr(item.view.status, field), f"{item} {field}"
            assert found.view.spec.replicas == item.view.spec.replicas


def _events(world: World) -> Counter[tuple[object, ...]]:
    views = (event.view for event in world.all("Event"))
    # Those of nodes are found by the node's name and come and go while one collects.
    kept = (view for view in views if view.involved_object.kind != "Node")
    return Counter((view.involved_object.name, view.type, view.reason, view.message) for view in kept)


def test_recorded_descriptions_agree(recorded: Path) -> None:
    assert_descriptions_agree(recorded)


def test_recorded_tables_agree(recorded: Path) -> None:
    assert_tables_agree(recorded)


def test_all_of_it_is_json_alone(recorded: Path) -> None:
    """Beside complete JSON, tables and descriptions add nothing and change nothing, not even Events."""
    both, truth = folder(recorded), folder(recorded / "json")
    left = {kind: count for kind, count in both.world.coverage.counts.items() if kind != "Event"}
    assert left == {kind: count for kind, count in truth.world.coverage.counts.items() if kind != "Event"}
    for kind in truth.world.kinds():
        for item in truth.world.all(kind):
            found = both.world.get(kind, item.namespace, item.name)
            assert found is not None
            assert found.raw == item.raw or kind == "Secret"  # whose hashes have a new key each time


@pytest.mark.kube
async def test_fresh_output_agrees(kube: KubeEngine, kube_namespace: str, tmp_path: Path) -> None:
    shop = Shop(kube, kube_namespace)
    async with shop.opened():
        await shop.collect(tmp_path)
    assert_descriptions_agree(tmp_path)
    assert_tables_agree(tmp_path)
