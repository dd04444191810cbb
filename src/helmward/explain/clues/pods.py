"""What analyzers of pods share: containers with their statuses, and since when something has been so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from helmward.world.lens import Lens
from helmward.world.objects import Object
from helmward.world.views import Container, ContainerState, ContainerStatus, StateWaiting


class Running(NamedTuple):
    """A container as declared and as it is. `path` is the status's jsonpath (`.status.containerStatuses[0]`)."""

    spec: Container
    status: ContainerStatus
    path: str
    init: bool

    @property
    def waiting(self) -> StateWaiting | None:
        """Why it waits, if it waits."""
        return self.status.state.waiting if self.status.state else None


_EMPTY = ContainerState()


def containers(pod: Object) -> Iterator[Running]:
    """The containers of a pod that have a status, init containers first."""
    spec, status = pod.view.spec, pod.view.status
    groups = (
        (True, spec.init_containers, status.init_container_statuses, "initContainerStatuses"),
        (False, spec.containers, status.container_statuses, "containerStatuses"),
    )
    for init, declared, statuses, field in groups:
        specs = {container.name: container for container in declared}
        for number, found in enumerate(statuses):
            container = specs.get(found.name) or Container(name=found.name, image=found.image)
            yield Running(container, found, f".status.{field}[{number}]", init)


def healthy(pod: Object) -> bool:
    """Cheap first look: running (or done) with every container ready and never restarted; nothing to examine."""
    status = pod.view.status
    if status.phase == "Succeeded":
        return True
    return (
        status.phase == "Running"
        and bool(status.container_statuses)
        and all(found.ready and not found.restart_count for found in status.container_statuses)
        and not any(found.restart_count for found in status.init_container_statuses)  # sidecars stand there
    )


def condition_since(pod: Object, kind: str) -> str | None:
    """Since when a pod condition has had its present status (RFC 3339)."""
    found = next((condition for condition in pod.view.status.conditions if condition.type == kind), None)
    return found.last_transition_time if found else pod.meta.creation_timestamp


def title(world: Lens, pod: Object) -> str:
    """How a sentence names a pod: by its workload, which people know, else by itself."""
    owner = world.workload(pod)
    return owner.name if owner else pod.name
