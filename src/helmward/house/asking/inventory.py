"""What an actor may name in a question: the world as far as their scope holds it."""

from __future__ import annotations

from collections.abc import Iterator

from helmward.ask.inventory import WORKLOADS, Deed, Inventory, Thing, Trouble
from helmward.core.nouns import Actor
from helmward.core.text import one_line
from helmward.door.store import Stored
from helmward.house import reach
from helmward.house.house import House
from helmward.world.book import Tracked
from helmward.world.lens import Lens
from helmward.world.objects import Object

_OTHERS = ("Service", "ConfigMap")
_MOST_DEEDS = 8
_CAME_TO_NOTHING = frozenset({"refused", "denied", "expired", "failed", "void", "killed"})


def inventory(house: House, actor: Actor) -> Inventory:
    """Everything that this actor may see, by name; without their plans (`deeds`)."""
    within = {space: reach.reaches(house, actor, [space]) for space in _namespaces(house)}
    spaces = tuple(sorted(space for space, mine in within.items() if mine))
    environments: dict[str, list[str]] = {}
    for space in spaces:
        environments.setdefault(house.door.judge.environment(space), []).append(space)
    return Inventory(
        namespaces=spaces,
        environments={name: tuple(found) for name, found in environments.items()},
        things=tuple(_things(house, spaces, whole=reach.reaches(house, actor, [""]))),
        troubles=tuple(_trouble(entry) for entry in house.incidents() if _sees(house, actor, entry)),
        pods=_LivePods(house, spaces),
    )


def _namespaces(house: House) -> set[str]:
    world = house.world
    named = {item.name for item in world.all("Namespace")}
    return named | {item.namespace for kind in (*WORKLOADS, "Pod") for item in world.all(kind)}


def _things(house: House, spaces: tuple[str, ...], whole: bool) -> Iterator[Thing]:
    for space in spaces:
        for kind in WORKLOADS:
            yield from (_workload(item) for item in house.world.all(kind, space))
        for kind in _OTHERS:
            yield from (Thing(kind=kind, namespace=space, name=item.name) for item in house.world.all(kind, space))
    if whole:
        yield from (Thing(kind="Node", namespace="", name=item.name) for item in house.world.all("Node"))


def _workload(item: Object) -> Thing:
    spec = item.view.spec
    labels = (spec.selector.match_labels if spec.selector else None) or {}
    return Thing(
        kind=item.kind.name,
        namespace=item.namespace,
        name=item.name,
        selector=",".join(f"{key}={value}" for key, value in sorted(labels.items())),
        replicas=None if item.kind.name == "DaemonSet" else 1 if spec.replicas is None else spec.replicas,
    )


class _LivePods:
    """The pods of the namespaces that the actor may see."""

    def __init__(self, house: House, spaces: tuple[str, ...]) -> None:
        self._world, self._clock, self._spaces = house.world, house.clock, spaces

    def named(self, name: str) -> tuple[Thing, ...]:
        """See Pods."""
        found = (self._world.get("Pod", space, name) for space in self._spaces)
        return tuple(self._pod(item) for item in found if item is not None)

    def of(self, workload: Thing) -> tuple[Thing, ...]:
        """See Pods."""
        pods = map(self._pod, self._world.all("Pod", workload.namespace))
        return tuple(sorted(pod for pod in pods if pod.owner == workload.name))

    def _pod(self, item: Object) -> Thing:
        owner = Lens(self._world, self._clock()).workload(item)
        containers = tuple(container.name for container in item.view.spec.containers)
        name = owner.name if owner else ""
        return Thing(kind="Pod", namespace=item.namespace, name=item.name, owner=name, containers=containers)


def _sees(house: House, actor: Actor, entry: Tracked) -> bool:
    return reach.reaches(house, actor, [entry.incident.resource.namespace])


def _trouble(entry: Tracked) -> Trouble:
    touched = {(found.resource.kind, found.resource.namespace, found.resource.name) for found in entry.findings}
    touched |= {(found.owner.kind, found.owner.namespace, found.owner.name) for found in entry.findings if found.owner}
    incident = entry.incident
    touched.add((incident.resource.kind, incident.resource.namespace, incident.resource.name))
    return Trouble(
        id=entry.id,
        title=one_line(incident.title, 120),
        severity=str(incident.severity),
        namespace=incident.resource.namespace,
        touches=tuple(sorted(touched)),
    )


async def deeds(house: House, actor: Actor, intent: str) -> list[Deed]:
    """The latest plans, whoever made them, that this actor may deny, or that can be taken back (`intent` "undo")."""
    found = [one for one in await house.door.plans() if reach.reaches(house, actor, _places(one))]
    if intent == "undo":
        kept = list(_undoable(found))
    else:
        kept = [one for one in found if one.state == "waiting" and house.door.may(actor, one).deny]
    return [Deed(id=one.plan.id, title=_told(one)) for one in kept[:_MOST_DEEDS]]


def _undoable(found: list[Stored]) -> Iterator[Stored]:
    """What was done of these and not taken back since."""
    undone = {one.plan.undo_of for one in found if one.state not in _CAME_TO_NOTHING}
    for one in found:
        steps = range(len(one.plan.steps))
        if one.state == "done" and one.plan.undo_of is None:
            left = (number for number in steps if one.plan.steps[number].irreversible is None)
            if any(one.plan.action_id(number) not in undone for number in left):
                yield one


def _told(one: Stored) -> str:
    return f"{one_line(one.plan.title, 100)} ({one.state} {'at' if one.state == 'done' else 'since'} {one.changed})"


def _places(one: Stored) -> set[str]:
    return {step.resource.namespace for step in one.plan.steps}
