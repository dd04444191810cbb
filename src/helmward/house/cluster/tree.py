"""The tree under a workload: its ReplicaSets or Jobs, and their pods. From the world alone; nothing is asked of the cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from helmward.house.cluster.concerned import Place
from helmward.house.cluster.health import Standing, standing
from helmward.house.cluster.pods import ORDER, Pod, health_of, read_pod
from helmward.world.book import Tracked
from helmward.world.indexes import owned_key
from helmward.world.objects import Object
from helmward.world.store import World
from helmward.world.views import OwnerReference

ROOTS = ("Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job", "ReplicaSet", "Pod")
"""What may stand at the top; the last three only where nothing that is here owns them."""

MOST_CHILDREN = 200
"""Children of one node that are given; the worst first, the others are counted in `hidden`."""

_DEEPEST = 3  # CronJob → Job → Pod, and one more; whoever writes owner references may write a circle
_BETWEEN = frozenset({"Job", "ReplicaSet", "Pod"})
_REVISION = "deployment.kubernetes.io/revision"

Incidents = Mapping[Place, Sequence[Tracked]]


def roots(world: World) -> Iterator[Object]:
    """Every workload, and whatever makes or is a pod without an owner that the tree could show."""
    for kind in ROOTS:
        if kind not in _BETWEEN:
            yield from world.all(kind)
            continue
        for item in world.all(kind):
            references = item.view.metadata.owner_references
            if not references or _owner(world, item.namespace, references) is None:
                yield item


def root_of(world: World, item: Object) -> Object | None:
    """The object at the top of the tree that this one stands in, itself perhaps; None for what is in no tree."""
    for _ in range(_DEEPEST + 1):
        if item.kind.name not in ROOTS:
            return None
        owner = _owner(world, item.namespace, item.view.metadata.owner_references)
        if owner is None or item.kind.name not in _BETWEEN:
            return item
        item = owner
    return item


def below(world: World, item: Object, depth: int = _DEEPEST) -> Iterator[Object]:
    """Everything of the tree below an object."""
    for child in owned(world, item):
        if child.kind.name in _BETWEEN:
            yield child
            if depth > 1:
                yield from below(world, child, depth - 1)


def owned(world: World, item: Object) -> list[Object]:
    """The objects that this very object owns (not one of its name that lived before)."""
    found = world.under(owned_key(item.kind.name, item.namespace, item.name))
    return [child for child in found if _owns(item, child)]


def children(world: World, item: Object, incidents: Incidents, depth: int = _DEEPEST) -> dict[str, Any]:
    """`children`, and `hidden` where there are more than are given."""
    found = [child for child in owned(world, item) if child.kind.name in _BETWEEN] if depth else []
    sets = [child for child in found if child.kind.name == "ReplicaSet"]
    current = max(sets, key=_revision) if sets else None
    rows = [
        _pod(child, incidents)
        if child.kind.name == "Pod"
        else _between(world, child, incidents, child is current, depth - 1)
        for child in found
        if child.kind.name != "ReplicaSet" or child is current or owned(world, child)
    ]
    rows.sort(key=_worst)
    hidden = {"hidden": len(rows) - MOST_CHILDREN} if len(rows) > MOST_CHILDREN else {}
    return {"children": rows[:MOST_CHILDREN], **hidden}


def place_of(item: Object) -> Place:
    """What names it among incidents."""
    return item.kind.name, item.namespace, item.name


def stands(world: World, item: Object, incidents: Incidents) -> Standing:
    """How it stands, with what its pods say."""
    pods = (child for child in below(world, item) if child.kind.name == "Pod")
    return standing(item, incidents.get(place_of(item), ()), pods)


def _between(world: World, item: Object, incidents: Incidents, current: bool, depth: int) -> dict[str, Any]:
    found = stands(world, item, incidents)
    row: dict[str, Any] = {"kind": item.kind.name, "name": item.name, "health": found.health, "text": found.text}
    if item.kind.name == "ReplicaSet":
        row["current"] = current
    return {**row, "created": item.meta.creation_timestamp, **children(world, item, incidents, depth)}


def _pod(item: Object, incidents: Incidents) -> dict[str, Any]:
    row = read_pod(item)
    mine = [one.id for one in incidents.get(place_of(item), ())]
    return {
        "kind": "Pod",
        "name": item.name,
        "health": health_of(row, mine),
        "text": row.status,
        **pod_columns(item, row),
    }


def pod_columns(item: Object, row: Pod) -> dict[str, Any]:
    """What a pod's row tells beside its name and status."""
    return {
        "ready": f"{row.ready}/{row.containers}",
        "restarts": row.restarts,
        "node": item.view.spec.node_name or None,
        "created": item.meta.creation_timestamp,
    }


def _worst(row: Mapping[str, Any]) -> tuple[bool, int, str]:
    """A current ReplicaSet before the older ones; among equals the worst, then by name."""
    return not row.get("current", False), ORDER[row["health"]], row["name"]


def _revision(item: Object) -> int:
    text = (item.meta.annotations or {}).get(_REVISION, "")
    return int(text) if text.isdecimal() else 0


def _owner(world: World, namespace: str, references: Sequence[OwnerReference]) -> Object | None:
    """The first of these owners that is here, and in the tree."""
    for reference in references:
        if reference.kind in ROOTS:
            owner = world.get(reference.kind, namespace, reference.name)
            if owner is not None and (not owner.uid or not reference.uid or owner.uid == reference.uid):
                return owner
    return None


def _owns(item: Object, child: Object) -> bool:
    for reference in child.view.metadata.owner_references:
        if reference.name == item.name and reference.kind == item.kind.name:
            return not item.uid or not reference.uid or reference.uid == item.uid
    return False
