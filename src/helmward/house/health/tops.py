"""What stands at the top of a tree of owners: the workloads that people know by name, and what no workload makes."""

from __future__ import annotations

from collections.abc import Iterator

from helmward.house.health.owned import BETWEEN, DEEPEST
from helmward.world.objects import Object
from helmward.world.store import World

ROOTS = ("Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job", "ReplicaSet", "Pod")
"""What may stand at the top; the last three only where nothing that is here owns them."""


_ROOTS = frozenset(ROOTS)


def roots(world: World) -> Iterator[Object]:
    """Every workload, and whatever makes or is a pod without an owner that the tree could show."""
    for kind in ROOTS:
        between = kind in BETWEEN
        for item in world.all(kind):  # of a large cluster's pods hardly one: the others pass quickly
            if not between or not item.view.metadata.owner_references or owner_of(world, item) is None:
                yield item


def is_root(world: World, item: Object) -> bool:
    """Does a workload or pod stand at the top?"""
    return item.kind.name not in BETWEEN or owner_of(world, item) is None


def root_of(world: World, item: Object) -> Object | None:
    """The object at the top of the tree that this one stands in, itself perhaps; None for what is in no tree."""
    for _ in range(DEEPEST + 1):
        if item.kind.name not in ROOTS:
            return None
        owner = owner_of(world, item)
        if owner is None or item.kind.name not in BETWEEN:
            return item
        item = owner
    return item


def owner_of(world: World, item: Object) -> Object | None:
    """The first of its owners that is here, and may stand in a tree."""
    for reference in item.view.metadata.owner_references:
        if reference.kind in _ROOTS:
            owner = world.get(reference.kind, item.namespace, reference.name)
            if owner is not None and (not owner.uid or not reference.uid or owner.uid == reference.uid):
                return owner
    return None
