"""The workloads that serve, as rows: replicas, health and why, incidents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from helmward.house.health.incidents import Incidents, place
from helmward.house.health.standing import stands
from helmward.world.objects import Object
from helmward.world.store import World

SERVING = ("Deployment", "StatefulSet", "DaemonSet")


def listed(
    world: World, incidents: Incidents, sees: Callable[[str], bool], namespace: str | None = None
) -> list[dict[str, Any]]:
    """Those in namespaces that `sees` holds, or of one of them, by kind and name."""
    return [
        _row(world, item, incidents)
        for kind in SERVING
        for item in sorted(world.all(kind, namespace), key=place)
        if sees(item.namespace)
    ]


def _row(world: World, item: Object, incidents: Incidents) -> dict[str, Any]:
    found, (kind, namespace, name) = stands(world, item, incidents), place(item)
    return {
        "kind": kind,
        "namespace": namespace,
        "name": name,
        "ready": found.ready,
        "wanted": found.wanted,
        "health": found.health,
        "text": found.text,
        "incidents": incidents.at(place(item)).ids,
    }
