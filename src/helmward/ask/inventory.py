"""What can be named in a question: the objects, incidents and recent plans that the asking actor may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from helmward.core.nouns import Noun

WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet")
"""Kinds that the tools restart, roll back or scale."""


class Thing(Noun, frozen=True, kw_only=True, order=True):
    """One object by name. `containers` are a pod's; `owner` the name of the workload a pod belongs to; `selector` the label
    selector of a workload's pods; `replicas` how many a workload wants (None: not known)."""

    kind: str
    namespace: str
    name: str
    containers: tuple[str, ...] = ()
    owner: str = ""
    selector: str = ""
    replicas: int | None = None

    @property
    def place(self) -> str:
        """`namespace/name`, or the name alone of what is in no namespace."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name

    def __str__(self) -> str:
        return f"{self.kind} {self.place}"


class Trouble(Noun, frozen=True, kw_only=True):
    """An incident that is not resolved. `touches` are the objects (kind, namespace, name) that its findings are about or that
    own those."""

    id: str
    title: str
    severity: str
    namespace: str
    touches: tuple[tuple[str, str, str], ...] = ()


class Deed(Noun, frozen=True, kw_only=True):
    """A plan of this actor that waits, or an action that was done: what "undo" and "deny" may mean."""

    id: str
    title: str


class Pods(Protocol):
    """Pods are many, and few are spoken of: they are looked up, not listed."""

    def named(self, name: str) -> tuple[Thing, ...]:
        """The pods of exactly this name."""
        ...

    def of(self, workload: Thing) -> tuple[Thing, ...]:
        """The pods that belong to a workload."""
        ...


class ListedPods:
    """Pods from a list."""

    def __init__(self, pods: Iterable[Thing] = ()) -> None:
        self._pods = tuple(pods)

    def named(self, name: str) -> tuple[Thing, ...]:
        """See Pods."""
        return tuple(pod for pod in self._pods if pod.name == name)

    def of(self, workload: Thing) -> tuple[Thing, ...]:
        """See Pods."""
        return tuple(pod for pod in self._pods if (pod.namespace, pod.owner) == (workload.namespace, workload.name))


@dataclass(frozen=True)
class Inventory:
    """`environments` maps an environment's name to its namespaces; `things` are workloads, ConfigMaps, Services and nodes;
    `troubles` the live incidents; `deeds` the newest first."""

    namespaces: tuple[str, ...] = ()
    environments: dict[str, tuple[str, ...]] = field(default_factory=dict)
    things: tuple[Thing, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    deeds: tuple[Deed, ...] = ()
    pods: Pods = field(default_factory=ListedPods)

    @cached_property
    def by_name(self) -> dict[str, tuple[Thing, ...]]:
        """Everything called so but pods, workloads first."""
        found: dict[str, list[Thing]] = {}
        for thing in self.things:
            found.setdefault(thing.name, []).append(thing)
        return {name: tuple(sorted(things, key=_workloads_first)) for name, things in found.items()}

    def named(self, name: str) -> tuple[Thing, ...]:
        """Everything of exactly this name, pods too."""
        return self.by_name.get(name, ()) + (self.pods.named(name) if "-" in name else ())

    @cached_property
    def spoken(self) -> tuple[str, ...]:
        """Names that a person says or misspells: of all but pods, whose names nobody guesses."""
        return tuple(sorted({thing.name for thing in self.things}))

    @cached_property
    def joined(self) -> dict[str, tuple[str, ...]]:
        """Names by their letters alone: userservice and user_service are user-service."""
        found: dict[str, list[str]] = {}
        for name in self.spoken:
            found.setdefault(letters(name), []).append(name)
        return {key: tuple(names) for key, names in found.items()}

    @cached_property
    def parts(self) -> dict[str, tuple[str, ...]]:
        """Names by each of the words that they are made of."""
        found: dict[str, list[str]] = {}
        for name in self.spoken:
            for part in set(name.replace(".", "-").split("-")):
                found.setdefault(part, []).append(name)
        return {part: tuple(names) for part, names in found.items()}

    def troubles_of(self, things: Iterable[Thing]) -> tuple[Trouble, ...]:
        """The incidents that touch one of these objects, or the workload it belongs to."""
        near = {(thing.kind, thing.namespace, thing.name) for thing in things}
        owners = {(thing.namespace, thing.owner) for thing in things if thing.owner}
        return tuple(
            trouble
            for trouble in self.troubles
            if any(
                touched in near or (touched[0] in WORKLOADS and touched[1:] in owners) for touched in trouble.touches
            )
        )


def letters(name: str) -> str:
    """A name without what joins its parts."""
    return name.translate(_JOINTS)


_JOINTS = str.maketrans("", "", "-_.")


def _workloads_first(thing: Thing) -> tuple[int, str, str]:
    order = (*WORKLOADS, "Node")
    return (order.index(thing.kind) if thing.kind in order else len(order), thing.kind, thing.namespace)
