"""The tree of a workload: the Services that lead to it, its ReplicaSets or Jobs, their pods. From the world alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from helmward.house.health import ORDER, Health, Incidents, Standing, leading_to, place, stands, worst
from helmward.house.health.owned import BETWEEN, DEEPEST, owned
from helmward.house.health.pods import Pod, health_of, read_pod, said
from helmward.world.objects import Object
from helmward.world.store import World

MOST_CHILDREN = 200
"""Children of one node that are given; the worst first, the others are counted in `hidden`."""

_REVISION = "deployment.kubernetes.io/revision"


class Top(NamedTuple):
    """What stands at the top, or a Service that leads to nothing there, and how; with the Services that lead to it."""

    item: Object
    standing: Standing
    services: tuple[tuple[Object, Standing], ...] = ()

    @property
    def worst(self) -> Health:
        """Of it and its Services."""
        return worst((self.standing.health, *(found.health for _, found in self.services)))


def top(world: World, item: Object, incidents: Incidents) -> Top:
    """How it stands, with its Services by name."""
    before = sorted(leading_to(world, item), key=place)
    return Top(item, stands(world, item, incidents), tuple((one, stands(world, one, incidents)) for one in before))


def row(world: World, found: Top, incidents: Incidents) -> dict[str, Any]:
    """What is told of it: itself, the Services before it, everything below it."""
    item = found.item
    told = _told(item, found.standing, incidents) | {"worst": found.worst}
    if item.kind.name == "Service":
        return told | {"services": [], "children": []}
    told["services"] = [_told(one, standing, incidents) for one, standing in found.services]
    if item.kind.name == "Pod":
        return told | {"pod": pod_columns(item, read_pod(item)), "children": []}
    return told | children(world, item, incidents)


def children(world: World, item: Object, incidents: Incidents, depth: int = DEEPEST) -> dict[str, Any]:
    """`children`, and `hidden` where there are more than are given."""
    found = [child for child in owned(world, item) if child.kind.name in BETWEEN] if depth else []
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


def _told(item: Object, found: Standing, incidents: Incidents) -> dict[str, Any]:
    return {
        "kind": item.kind.name,
        "namespace": item.namespace,
        "name": item.name,
        "health": found.health,
        "text": found.text,
        "ready": found.ready,
        "wanted": found.wanted,
        "incidents": incidents.at(place(item)).ids,
        "created": item.meta.creation_timestamp,
    }


def _between(world: World, item: Object, incidents: Incidents, current: bool, depth: int) -> dict[str, Any]:
    found = stands(world, item, incidents)
    row: dict[str, Any] = {"kind": item.kind.name, "name": item.name, "health": found.health, "text": found.text}
    if item.kind.name == "ReplicaSet":
        row["current"] = current
    return {**row, "created": item.meta.creation_timestamp, **children(world, item, incidents, depth)}


def _pod(item: Object, incidents: Incidents) -> dict[str, Any]:
    row = read_pod(item)
    return {
        "kind": "Pod",
        "name": item.name,
        "health": health_of(row, incidents.at(place(item))),
        "text": said(row),
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
