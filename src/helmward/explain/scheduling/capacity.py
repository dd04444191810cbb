"""How much a pod asks for and how much room the nodes have, as far as both are known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from helmward.explain.clues.quantities import amount
from helmward.world.lens import Lens
from helmward.world.objects import Object
from helmward.world.views import Container, PodSpec

# Summing the requests of every pod, again after each change of one, is worth a sentence only in a small cluster.
_MOST_NODES = 50
_MOST_PODS = 1000


class Room(NamedTuple):
    """The largest node and, where the pods on the nodes could be summed, the most that is free on one node."""

    largest: float
    largest_node: str
    free: float | None
    free_node: str


def requested(spec: PodSpec, resource: str) -> float:
    """What the scheduler counts for a pod: the containers together, or one init container if that asks for more."""
    if resource == "pods":
        return 1.0
    together = sum(_request(container, resource) for container in spec.containers)
    return max([together, *(_request(container, resource) for container in spec.init_containers)])


def room(world: Lens, resource: str) -> Room | None:
    """The room for one resource on the nodes that take pods; None where the nodes or their sizes are unknown."""
    sizes = {
        node.name: size
        for node in world.all("Node")
        if not node.view.spec.unschedulable
        and (size := amount((node.view.status.allocatable or {}).get(resource))) is not None
    }
    if not sizes:
        return None
    largest = max(sorted(sizes), key=lambda name: sizes[name])
    on = {name: world.pods_on(name) for name in sizes} if len(sizes) <= _MOST_NODES and world.knows("Pod") else {}
    if not on or sum(map(len, on.values())) > _MOST_PODS:
        return Room(sizes[largest], largest, None, "")
    free = {name: size - _used(on[name], resource) for name, size in sizes.items()}
    freest = max(sorted(free), key=lambda name: free[name])
    return Room(sizes[largest], largest, max(0.0, free[freest]), freest)


def free_on(node: Object, resource: str, world: Lens) -> float | None:
    """What is left of a resource on one node; None where its size or its pods are not known."""
    size = amount((node.view.status.allocatable or {}).get(resource))
    return None if size is None or not world.knows("Pod") else size - _used(world.pods_on(node.name), resource)


def _used(pods: Iterable[Object], resource: str) -> float:
    alive = (pod for pod in pods if pod.view.status.phase not in ("Succeeded", "Failed"))
    return sum(requested(pod.view.spec, resource) for pod in alive)


def _request(container: Container, resource: str) -> float:
    if container.resources is None:
        return 0.0
    asked = (container.resources.requests or {}).get(resource)
    if asked is None:  # admission copies a limit to the missing request
        asked = (container.resources.limits or {}).get(resource)
    return amount(asked) or 0.0
