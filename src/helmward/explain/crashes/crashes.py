"""Which containers crash: they ended against expectation and were restarted, or cannot be started at all."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import NamedTuple

from helmward.core.times import parse_time
from helmward.explain.clues.pods import Running
from helmward.explain.crashes.exit_codes import STOPPED, failed
from helmward.explain.crashes.log_reason import reason_line
from helmward.world.lens import Lens
from helmward.world.logs import Log, LogRef
from helmward.world.objects import Object
from helmward.world.views import ContainerState, StateTerminated

CRASH_LOOP = "CrashLoopBackOff"
NOT_STARTED = frozenset(
    {"RunContainerError", "CreateContainerError", "StartError", "ContainerCannotRun", "PostStartHookError"}
)
"""Waiting and terminated reasons of a container that never ran (kubelet container/sync_result.go and
kuberuntime_container.go; StartError is containerd's, ContainerCannotRun was dockershim's)."""

# What the node did to a container says nothing about the container (kubelet kubelet_pods.go, kuberuntime_container.go).
_OF_THE_NODE = frozenset({"ContainerStatusUnknown", "Unknown"})
# Between two crashes a container runs about as long as it did before; the kubelet forgets its back-off after 10 minutes
# (kubelet.go, maxContainerBackOff), and so do we.
_SHORTEST, _LONGEST = timedelta(seconds=20), timedelta(minutes=10)
_OF_MEMORY = timedelta(minutes=30)
_OFTEN = 3
_PROBE_KILL = timedelta(minutes=2)
_PROBED = re.compile(r"failed (?:liveness|startup) probe")
_EMPTY = ContainerState()


class Crash(NamedTuple):
    """A container that crashes. `ended` is how it last ended, where known; `path` is where the status says so."""

    container: Running
    ended: StateTerminated | None
    path: str
    looping: bool
    """It crashes again and again, rather than once after a long run."""


class LogLine(NamedTuple):
    """The line of a container's log that says why it ended."""

    ref: LogRef
    log: Log
    number: int

    @property
    def text(self) -> str:
        """The line."""
        return self.log.lines[self.number]


def crash_of(pod: Object, container: Running, world: Lens) -> Crash | None:
    """How a container crashes, or None if it does not, or no longer does."""
    state, last = container.status.state or _EMPTY, container.status.last_state or _EMPTY
    if state.waiting is not None:
        reason = state.waiting.reason
        looping = reason == CRASH_LOOP or reason in NOT_STARTED
        return Crash(container, last.terminated, f"{container.path}.lastState.terminated", True) if looping else None
    if state.terminated is not None:
        path = f"{container.path}.state.terminated"
        return _ended(pod, Crash(container, state.terminated, path, container.status.restart_count > 0))
    if last.terminated is not None and container.status.restart_count:
        return _between(Crash(container, last.terminated, f"{container.path}.lastState.terminated", True), state, world)
    return None


def _ended(pod: Object, crash: Crash) -> Crash | None:
    """A container that has ended and waits for nothing yet; success counts only where it is restarted all the same."""
    assert crash.ended is not None
    if crash.ended.reason in _OF_THE_NODE:
        return None
    if failed(crash.ended):
        return crash
    again = pod.view.spec.restart_policy == "Always" and not crash.container.init
    return crash if again and crash.container.status.restart_count >= 2 else None


def _between(crash: Crash, state: ContainerState, world: Lens) -> Crash | None:
    """A container that runs again after a crash: it still crashes until it has run much longer than the last time."""
    ended, status = crash.ended, crash.container.status
    assert ended is not None
    of_memory = ended.reason == "OOMKilled"
    if ended.reason in _OF_THE_NODE or (ended.exit_code in STOPPED and not of_memory and not _again(crash)):
        return None
    if not failed(ended) and (status.restart_count < 2 or crash.container.init):
        return None
    ran = _duration(ended)
    window = _OF_MEMORY if of_memory else lasts(ended)
    started = state.running.started_at if state.running else None
    if not world.recent(started or ended.finished_at, window):
        return None
    return crash._replace(looping=ran is None or ran < _LONGEST or status.restart_count >= 3)


def _again(crash: Crash) -> bool:
    """Stopped from outside after a short run, and not for the first time: a node or an eviction does that once."""
    ran = _duration(crash.ended) if crash.ended is not None else None
    return ran is not None and ran <= _LONGEST and crash.container.status.restart_count >= _OFTEN


def lasts(ended: StateTerminated) -> timedelta:
    """How long the next run must last until the end of the last one no longer counts."""
    ran = _duration(ended)
    return _LONGEST if ran is None else min(_LONGEST, max(_SHORTEST, 2 * ran))


def _duration(ended: StateTerminated) -> timedelta | None:
    start, end = parse_time(ended.started_at), parse_time(ended.finished_at)
    return end - start if start and end else None


def killed_by_probe(pod: Object, crash: Crash, world: Lens) -> Object | None:
    """The Event by which the kubelet killed this run of the container for a failed liveness or startup probe, or None.

    Its message is `Container NAME failed liveness probe, will be restarted` (kubelet kuberuntime_manager.go).
    """
    if crash.ended is not None and crash.ended.reason == "OOMKilled":
        return None
    # A table names no container and tells no end: then any such Event of the pod is this one's.
    start = f"Container {crash.container.spec.name} failed " if crash.container.spec.name else "Container "
    end = parse_time(crash.ended.finished_at) if crash.ended is not None else None
    for event in reversed(world.events(pod, "Killing")):
        if event.view.message.startswith(start) and _PROBED.search(event.view.message):
            seen = parse_time(event.view.last_seen)
            if end is None or seen is None or abs(end - seen) <= _PROBE_KILL:
                return event
    return None


def log_line(pod: Object, crash: Crash, world: Lens) -> LogLine | None:
    """The line of the crashed run's log that says why; the log of the run before, else the present one."""
    status = crash.container.status
    over = status.state is not None and status.state.terminated is not None
    for previous in (False, True) if over else (True, False):
        ref = LogRef(pod.namespace, pod.name, crash.container.spec.name, previous, str(status.restart_count))
        log = world.log(ref)
        number = reason_line(log.lines) if log is not None and not log.failure else None
        if log is not None and number is not None:
            return LogLine(ref, log, number)
    return None
