"""Which probes of a pod fail now: containers that are not ready, and containers that a probe has killed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from helmward.core.times import parse_time
from helmward.explain.clues.pods import Running, condition_since, containers
from helmward.explain.crashes.crashes import Crash, killed_by_probe, lasts
from helmward.explain.probes.codes import ProbeType
from helmward.world.lens import Lens
from helmward.world.objects import Object
from helmward.world.views import ContainerState, Probe

# Kubelet pkg/kubelet/prober/prober.go.
_SAID = re.compile(r"(Readiness|Liveness|Startup) probe (?:failed|errored and resulted in \w+ state): (.*)", re.S)
_KILLED = re.compile(r"failed (liveness|startup) probe")
_SHORTEST_START = timedelta(seconds=30)
_SAME = timedelta(seconds=5)
_KILLED_LATELY = timedelta(minutes=5)
_EMPTY = ContainerState()


class Failing(NamedTuple):
    """A probe that fails. `event` is the kubelet's last word on it, `killing` that by which it killed the container.

    `patient` is true where the container may merely be starting still: then only a sure sign counts.
    """

    kind: ProbeType
    container: Running
    probe: Probe
    event: Object | None
    killing: Object | None
    patient: bool

    @property
    def message(self) -> str:
        """What the kubelet says, without its first words."""
        said = _SAID.match(self.event.view.message) if self.event is not None else None
        return said.group(2).strip() if said else ""


def failing(pod: Object, world: Lens) -> Iterator[Failing]:
    """The failing probes of a pod, at most one for each container: what kills before what merely takes out of service."""
    for container in containers(pod):
        found = _killing(pod, container, world) or _not_ready(pod, container, world)
        if found is not None:
            yield found


def probe_of(container: Running, kind: ProbeType) -> Probe | None:
    """The probe of a kind that a container declares."""
    spec = container.spec
    return {"readiness": spec.readiness_probe, "liveness": spec.liveness_probe, "startup": spec.startup_probe}[kind]


def _killing(pod: Object, container: Running, world: Lens) -> Failing | None:
    state, last = container.status.state or _EMPTY, container.status.last_state or _EMPTY
    ended = state.terminated or last.terminated
    if ended is None and not container.status.restart_count:
        return None
    event = killed_by_probe(pod, Crash(container, ended, "", True), world)
    running = state.running.started_at if state.running else None
    if event is None or (running is not None and ended is not None and not world.recent(running, lasts(ended))):
        return None
    if ended is None and state.running is not None and not world.recent(event.view.last_seen, _KILLED_LATELY):
        return None
    killed = _KILLED.search(event.view.message)
    kind: ProbeType = "startup" if killed is not None and killed.group(1) == "startup" else "liveness"
    probe = probe_of(container, kind) or Probe()
    return Failing(kind, container, probe, _said(pod, container, kind, None, world), event, False)


def _not_ready(pod: Object, container: Running, world: Lens) -> Failing | None:
    state = container.status.state
    if state is None or state.running is None or container.status.ready or container.init:
        return None
    started = state.running.started_at
    kinds: tuple[ProbeType, ...] = ("startup", "readiness")  # a failing liveness probe counts when it has killed
    for kind in kinds:
        probe = probe_of(container, kind)
        event = _said(pod, container, kind, started, world)
        if event is not None:
            patient = not _was_ready(pod, started) and not world.elapsed(started, _start_time(probe or Probe()))
            return Failing(kind, container, probe or Probe(), event, None, patient)
    return None


def _said(pod: Object, container: Running, kind: ProbeType, since: str | None, world: Lens) -> Object | None:
    """The kubelet's last Unhealthy Event about this probe of this container (in its present run, if `since`)."""
    field = f"{{{container.spec.name}}}"
    start = parse_time(since)
    for event in reversed(world.events(pod, "Unhealthy")):
        said, seen = _SAID.match(event.view.message), parse_time(event.view.last_seen)
        of_this = field in (event.view.involved_object.field_path or field)
        if said and said.group(1).lower() == kind and of_this and (start is None or seen is None or seen >= start):
            return event
    return None


def _was_ready(pod: Object, started: str | None) -> bool:
    """The pod was ready in this run: it lost its readiness some time after its container started."""
    lost, start = parse_time(condition_since(pod, "Ready")), parse_time(started)
    return lost is not None and start is not None and lost > start + _SAME


def _start_time(probe: Probe) -> timedelta:
    """How long a container may take until its probe's failures count."""
    seconds = probe.initial_delay_seconds + probe.period_seconds * probe.failure_threshold + probe.timeout_seconds
    return max(_SHORTEST_START, timedelta(seconds=seconds))
