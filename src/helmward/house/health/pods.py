"""A pod as `kubectl get pods` tells of it: STATUS, READY and RESTARTS, and how healthy that is.

The words are those of printPod (kubernetes v1.34, pkg/printers/internalversion/printers.go).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from helmward.house.health.levels import Health
from helmward.world.objects import Object
from helmward.world.views import ContainerStatus, PodSpec, PodStatus

_ENDED = frozenset({"Completed", "Succeeded"})
_UNDER_WAY = frozenset(
    {"Pending", "ContainerCreating", "PodInitializing", "SchedulingGated", "Terminating", "Running", "NotReady"}
)
_TERMINAL = frozenset({"Succeeded", "Failed"})


class Pod(NamedTuple):
    """What a row of `kubectl get pods` says."""

    status: str
    ready: int
    containers: int
    restarts: int


def read_pod(item: Object) -> Pod:
    """The row of a pod."""
    status: PodStatus = item.view.status
    spec: PodSpec = item.view.spec
    word, ready, restarts = _main(status)
    total = len(spec.containers)
    if spec.init_containers:
        sidecars = {one.name for one in spec.init_containers if one.restart_policy == "Always"}
        total += len(sidecars)
        initial, started, again = _initial(item, status.init_container_statuses, sidecars)
        if initial and not _holds(status, "Initialized"):
            word, ready, restarts = initial, started, again
        else:
            ready += started
            restarts += sum(one.restart_count for one in status.init_container_statuses if one.name in sidecars)
    if item.meta.deletion_timestamp is not None:
        word = _leaving(status) or word
    return Pod(word, ready, total, restarts)


def said(pod: Pod) -> str:
    """The word of a pod beside its health: kubectl's STATUS is Running too where its containers are not ready."""
    return "Not ready" if pod.status in ("Running", "NotReady") and pod.ready < pod.containers else pod.status


def health_of(pod: Pod, incidents: object = None) -> Health:
    """How healthy a pod is, by its row and the live incidents about it (whatever is true where there are some)."""
    if pod.status in _ENDED or (pod.status == "Running" and pod.ready >= pod.containers):
        return "degraded" if incidents else "healthy"
    if pod.status in _UNDER_WAY or _counts(pod.status):
        return ("degraded" if pod.ready else "broken") if incidents and pod.status != "Terminating" else "progressing"
    return "degraded" if pod.status == "Unknown" else "broken"


def _counts(word: str) -> bool:
    """`Init:1/3`: it goes on."""
    return word.startswith("Init:") and word[5:6].isdigit()


def _initial(item: Object, statuses: Sequence[ContainerStatus], sidecars: set[str]) -> tuple[str, int, int]:
    """The word of the init container that is not done yet ("" where all are), ready sidecars, and restarts."""
    ready = restarts = 0
    for place, one in enumerate(statuses):
        restarts += one.restart_count
        ended = one.state.terminated if one.state else None
        waiting = one.state.waiting if one.state else None
        if ended and ended.exit_code == 0:
            continue
        if one.name in sidecars and one.started:
            ready += one.ready
            continue
        if ended:
            return f"Init:{ended.reason or _ending(ended.signal, ended.exit_code)}", ready, restarts
        if waiting and waiting.reason not in ("", "PodInitializing"):
            return f"Init:{waiting.reason}", ready, restarts
        return f"Init:{place}/{len(item.view.spec.init_containers)}", ready, restarts
    return "", ready, restarts


def _main(status: PodStatus) -> tuple[str, int, int]:
    """The word of the first container that has one, or the pod's own; ready containers, and restarts."""
    word = status.reason or status.phase or "Unknown"
    if word == "Pending" and any(one.reason == "SchedulingGated" for one in status.conditions):
        word = "SchedulingGated"
    ready = restarts = 0
    for one in reversed(status.container_statuses):
        restarts += one.restart_count
        state = one.state
        if state is None:
            continue
        if state.waiting is not None and state.waiting.reason:
            word = state.waiting.reason
        elif state.terminated is not None:
            word = state.terminated.reason or _ending(state.terminated.signal, state.terminated.exit_code)
        elif one.ready and state.running is not None:
            ready += 1
    if word == "Completed" and ready:
        word = "Running" if _holds(status, "Ready") else "NotReady"
    return word, ready, restarts


def _leaving(status: PodStatus) -> str:
    """The word of a pod that is being deleted, where that says more than its own."""
    if status.reason == "NodeLost":
        return "Unknown"
    return "" if status.phase in _TERMINAL else "Terminating"


def _holds(status: PodStatus, condition: str) -> bool:
    return any(one.type == condition and one.status == "True" for one in status.conditions)


def _ending(signal: int | None, code: int) -> str:
    return f"Signal:{signal}" if signal else f"ExitCode:{code}"
