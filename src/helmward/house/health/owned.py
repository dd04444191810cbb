"""What an object owns, as the world holds it: the pods whose state tells how it stands."""

from __future__ import annotations

from collections.abc import Iterator

from helmward.world.indexes import owned_key
from helmward.world.objects import Object
from helmward.world.store import World

BETWEEN = frozenset({"Job", "ReplicaSet", "Pod"})
"""What may stand below a workload."""

DEEPEST = 3
"""CronJob → Job → Pod, and one more; whoever writes owner references may write a circle."""


def owned(world: World, item: Object) -> list[Object]:
    """The objects that this very object owns (not one of its name that lived before)."""
    found = world.under(owned_key(item.kind.name, item.namespace, item.name))
    return [child for child in found if _owns(item, child)]


def below(world: World, item: Object, depth: int = DEEPEST) -> Iterator[Object]:
    """Everything of the tree below an object."""
    for child in owned(world, item):
        if child.kind.name in BETWEEN:
            yield child
            if depth > 1:
                yield from below(world, child, depth - 1)


def pods_below(world: World, item: Object) -> Iterator[Object]:
    """The pods of a workload."""
    return (child for child in below(world, item) if child.kind.name == "Pod")


def _owns(item: Object, child: Object) -> bool:
    for reference in child.view.metadata.owner_references:
        if reference.name == item.name and reference.kind == item.kind.name:
            return not item.uid or not reference.uid or reference.uid == item.uid
    return False
