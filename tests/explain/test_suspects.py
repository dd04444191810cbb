"""Which change is named as the last one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from helmward.explain.clues import suspects
from helmward.world.kinds import KINDS
from helmward.world.lens import Lens
from helmward.world.store import World

START = datetime(2026, 1, 31, 12, tzinfo=UTC)
_IMAGE = r"\.image$"


def test_a_mistake_made_again_is_the_last_change_again() -> None:
    world = World()
    for minute, tag in enumerate(["1", "2", "1", "2"]):
        _roll(world, minute, tag, "kubectl-set")
    assert _told(world) == ["2 at 12:03", "1 at 12:02", "2 at 12:01"]


def test_what_was_seen_is_not_told_again_from_the_replica_sets() -> None:
    world = World()
    _roll(world, 0, "1", "kubectl-set")
    _roll(world, 1, "2", "kubectl-set")
    _replica_set(world, 1, "1")
    _replica_set(world, 2, "2")
    _roll(world, 5, "2", "kubectl-scale", replicas=3)
    assert _told(world) == ["2 at 12:01"]


def test_a_rollout_that_nobody_saw_is_read_from_the_replica_sets() -> None:
    world = World()
    _roll(world, 0, "1", "kubectl-set")
    _roll(world, 1, "2", "kubectl-set")
    away = World()
    away.changes.add(next(iter(world.changes.of("Deployment", "production", "pay"))))
    _roll(away, 9, "1", "kubectl-edit")
    _replica_set(away, 2, "2")
    _replica_set(away, 3, "1")
    assert _told(away) == ["1 at 12:09", "2 at 12:01"]


def test_an_act_that_was_taken_back_leaves_the_change_before_it_to_blame() -> None:
    world = World()
    for minute, (tag, manager) in enumerate([("1", "kubectl-set"), ("2", "kubectl-set"), ("1", "helmward")]):
        _roll(world, minute, tag, manager)
    assert _told(world) == ["1 at 12:02", "2 at 12:01"]
    _roll(world, 4, "2", "helmward")
    assert _told(world) == ["2 at 12:01"]
    _roll(world, 5, "1", "helmward")
    _roll(world, 6, "2", "helmward")
    assert _told(world) == ["2 at 12:01"], "tried again"
    _roll(world, 7, "3", "helmward")
    assert _told(world)[0] == "3 at 12:07", "what we set anew is ours"


def test_what_we_set_again_much_later_is_no_undo() -> None:
    world = World()
    for minute, tag in ((0, "1"), (1, "2"), (90, "1")):
        _roll(world, minute, tag, "helmward" if minute else "kubectl-set")
    assert _told(world)[0] == "1 at 13:30"


def _told(world: World) -> list[str]:
    deployment = world.get("Deployment", "production", "pay")
    assert deployment is not None
    found = suspects.of_workload(Lens(world, START), deployment, None, _IMAGE)
    return [f"{(change.after or '').strip(chr(34))} at {change.time[11:16]}" for change in found]


def _roll(world: World, minute: int, tag: str, manager: str, replicas: int = 1) -> None:
    now = START + timedelta(minutes=minute)
    written = {"manager": manager, "operation": "Update", "time": _stamp(now), "fieldsV1": {"f:spec": {}}}
    _apply(world, "Deployment", "pay", {"replicas": replicas, "template": _template(tag)}, now, managedFields=[written])


def _replica_set(world: World, revision: int, tag: str) -> None:
    marks = {"deployment.kubernetes.io/revision": str(revision)}
    owner = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "pay", "uid": "pay", "controller": True}
    spec = {"replicas": 1, "template": _template(tag)}
    _apply(world, "ReplicaSet", f"pay-{revision}", spec, START, annotations=marks, ownerReferences=[owner])


def _template(tag: str) -> dict[str, Any]:
    return {"spec": {"containers": [{"name": "pay", "image": tag}]}}


def _apply(world: World, kind: str, name: str, spec: dict[str, Any], now: datetime, **metadata: Any) -> None:
    document = {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": "production", "uid": name, **metadata},
        "spec": spec,
    }
    world.apply(KINDS[kind], msgspec.json.encode(document), now)


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
