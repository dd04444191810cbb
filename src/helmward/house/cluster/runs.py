"""What a pod's status tells of one container's runs: how often it began again, and whether it will write any more."""

from __future__ import annotations

from helmward.world.objects import Object
from helmward.world.views import ContainerStatus

_ENDED = frozenset({"Succeeded", "Failed"})


def names_of(pod: Object) -> list[str]:
    """The containers, then the init containers."""
    return [one.name for one in (*pod.view.spec.containers, *pod.view.spec.init_containers)]


def status_of(pod: Object, container: str) -> ContainerStatus | None:
    """The container's status; None where the kubelet has not told yet."""
    status = pod.view.status
    found = (one for one in (*status.container_statuses, *status.init_container_statuses) if one.name == container)
    return next(found, None)


def restarts(pod: Object, container: str) -> int:
    """How often it was started again."""
    status = status_of(pod, container)
    return status.restart_count if status is not None else 0


def ended(pod: Object, container: str) -> str:
    """Why it will write no more; "" where it may."""
    status = status_of(pod, container)
    last = status.state.terminated if status is not None and status.state is not None else None
    if pod.view.status.phase not in _ENDED and (last is None or not _stays(pod, container, last.exit_code)):
        return ""
    code = f" with exit code {last.exit_code}" if last is not None else ""
    return f"The container has ended{code}; nothing more will come."


def _stays(pod: Object, container: str, code: int) -> bool:
    """Is a container that ended with this code not started again?"""
    policy = pod.view.spec.restart_policy
    if policy == "Never":
        return True
    initial = {one.name for one in pod.view.spec.init_containers if one.restart_policy != "Always"}
    return code == 0 and (container in initial or policy == "OnFailure")
