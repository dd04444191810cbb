"""Failing probes: readiness, liveness and startup told apart, and each way in which they fail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar

from helmward.core.nouns import Change, Evidence, Finding, Remedy, Resource
from helmward.core.times import parse_time
from helmward.explain.analyzer import analyzer
from helmward.explain.clues import culprits, suspects
from helmward.explain.clues.pods import Running, condition_since, containers, healthy, title
from helmward.explain.codes import FAULT, Code
from helmward.explain.crashes.crashes import crash_of
from helmward.explain.evidence import clean, of_change, of_event, of_object
from helmward.explain.probes import codes as probe_codes
from helmward.explain.probes.codes import ProbeType
from helmward.explain.probes.reasons import Failure, failure
from helmward.explain.probes.remedies import remedies
from helmward.explain.probes.state import Failing, failing, probe_of
from helmward.explain.probes.suspects import Suspect, killed_without_word, suspect
from helmward.world.lens import Lens
from helmward.world.objects import Object

_NOT_READY_FOR = timedelta(minutes=2)
_CLOSE = timedelta(seconds=20)
_IMPATIENT = 10
_SUSPECTED = 0.75
# Go net/http, Client.Timeout: the connection was accepted, so the program has started and does not answer.
_ACCEPTED = "exceeded while awaiting headers"


@analyzer
class Probes:
    """Reads the kubelet's Unhealthy and Killing Events beside the container's state and its declared probes."""

    watches: ClassVar[tuple[str, ...]] = ("Pod",)
    reads: ClassVar[tuple[str, ...]] = ("Pod", "Event", "Service", *suspects.READS)
    codes: ClassVar[tuple[Code, ...]] = probe_codes.CODES

    def examine(self, pod: Object, world: Lens) -> Iterator[Finding]:
        """One finding for each container whose probe fails, or that is not ready and nobody says why."""
        if healthy(pod) or pod.meta.deletion_timestamp or pod.view.status.phase in ("Pending", "Failed"):
            return
        told: set[str] = set()
        for found in failing(pod, world):
            how = failure(found.message, found.probe, found.container.spec, pod, world)
            if not found.patient or how.way.sure:
                told.add(found.container.spec.name)
                yield _finding(pod, found, how, world)
        for container in containers(pod):
            if container.spec.name not in told:
                yield from _unsaid(pod, container, world)


def _finding(pod: Object, found: Failing, how: Failure, world: Lens) -> Finding:
    slow = _is_slow_start(found, how)
    code = probe_codes.SLOW_START if slow else probe_codes.OF[found.kind, how.way]
    name = found.container.spec.name
    since = condition_since(pod, "Ready")
    change = _change(pod, found, since, world)
    count = found.container.status.restart_count
    killed = f"; the kubelet kills the container for it ({count} restart{'s' * (count != 1)})" if found.killing else ""
    run = _run(found) if slow else None
    says = f"{how.says}, {run} s after its start" if run is not None else how.says
    return code.finding(
        pod,
        world,
        f"{title(world, pod)}: the {found.kind} probe of container {name} {says}{killed}",
        _proof(pod, found, change),
        changed=change,
        remedies=remedies(pod, found, how.way, code, change, world),
        blames=_silent_needs(pod, world) if code.depth > FAULT else (),
        since=since,
        certainty=min(0.97, code.certainty + (0.03 if change else 0.0)),
        key=name,
    )


def _unsaid(pod: Object, container: Running, world: Lens) -> Iterator[Finding]:
    """It is killed or not ready and no Event says why: what is written may tell."""
    crash = crash_of(pod, container, world)
    if crash is not None:
        killer = killed_without_word(pod, crash, world)
        if killer is not None:
            yield _suspected(pod, container, "liveness", killer, world)
    elif _is_long_not_ready(pod, container, world):
        blocker = suspect(pod, container, "readiness", world)
        if blocker is not None:
            yield _suspected(pod, container, "readiness", blocker, world)
        else:
            yield _not_ready(pod, container, world)


def _suspected(pod: Object, container: Running, kind: ProbeType, found: Suspect, world: Lens) -> Finding:
    code, name = probe_codes.OF[kind, found.way], container.spec.name
    state = {"ready": container.status.ready, "restartCount": container.status.restart_count}
    proof = [of_object(pod, container.path, state)]
    proof += [of_object(pod, f".spec.containers[{name}].{kind}Probe", probe_of(container, kind) or "")]
    proof += [of_change(found.change)] if found.change else []
    effect = "is restarted again and again" if kind == "liveness" else "is not ready"
    return code.finding(
        pod, world,
        f"{title(world, pod)}: container {name} {effect}; its {kind} probe {found.says}",
        proof, changed=found.change,
        remedies=[Remedy(text=code.fix, command=f"kubectl -n {pod.namespace} describe pod {pod.name}")],
        since=condition_since(pod, "Ready"), certainty=_SUSPECTED, key=name,
    )  # fmt: skip


def _proof(pod: Object, found: Failing, change: Change | None) -> Iterator[Evidence]:
    yield from (of_event(event) for event in (found.event, found.killing) if event is not None)
    status = found.container.status
    state = {"ready": status.ready, "started": status.started, "restartCount": status.restart_count}
    yield of_object(pod, found.container.path, state)
    if pod.view.spec.containers:
        yield of_object(pod, f".spec.containers[{found.container.spec.name}].{found.kind}Probe", found.probe)
    if change is not None:
        yield of_change(change)


def _change(pod: Object, found: Failing, since: str | None, world: Lens) -> Change | None:
    """The change of this probe or of the ports, else of anything in the container."""
    name = re.escape(found.container.spec.name)
    part = rf"ontainers\[{name}\]\.(?:{found.kind}Probe|ports)"
    return culprits.of_template(world, pod, since, part) or culprits.of_container(
        world, pod, found.container.spec.name, since
    )


def _is_slow_start(found: Failing, how: Failure) -> bool:
    """Killed as early as its liveness probe can kill it, while nothing answered yet, and no startup probe holds it off."""
    if found.kind != "liveness" or found.killing is None or how.way not in (probe_codes.REFUSED, probe_codes.TIMEOUT):
        return False
    if _ACCEPTED in found.message:
        return False
    probe, run = found.probe, _run(found)
    first = probe.initial_delay_seconds + probe.period_seconds * probe.failure_threshold + probe.timeout_seconds
    if probe_of(found.container, "startup") is not None:
        return False
    if run is None:  # a table: a probe that gives up within seconds leaves no program the time to start
        return probe_of(found.container, "liveness") is not None and first - probe.timeout_seconds < _IMPATIENT
    return run <= first + _CLOSE.total_seconds()


def _run(found: Failing) -> int | None:
    """How many seconds the killed run had lasted when the kubelet decided to kill it."""
    status = found.container.status
    ended = next((state.terminated for state in (status.state, status.last_state) if state and state.terminated), None)
    start = parse_time(ended.started_at) if ended is not None else None
    end = parse_time(ended.finished_at) if ended is not None else None
    killed = parse_time(found.killing.view.last_seen) if found.killing is not None else None
    if start and killed and killed >= start:
        return round((killed - start).total_seconds())
    return round((end - start).total_seconds()) if start and end else None  # the clock of an Event's age is rough


def _silent_needs(pod: Object, world: Lens) -> list[Resource]:
    """The Services that the workload needs and behind which no pod is ready: it may be unwell for want of them."""
    workload = world.owner(pod) or pod
    found: dict[Resource, None] = {}
    for need in world.needs(workload):
        selector = need.service.view.spec.selector
        if selector and not any(_is_ready(other) for other in world.pods_matching(need.service.namespace, selector)):
            found[need.service.resource] = None
    return list(found)


def _is_ready(pod: Object) -> bool:
    return any(condition.type == "Ready" and condition.status == "True" for condition in pod.view.status.conditions)


def _is_long_not_ready(pod: Object, container: Running, world: Lens) -> bool:
    state = container.status.state
    if container.init or container.status.ready or state is None or state.running is None:
        return False
    if crash_of(pod, container, world) is not None:
        return False
    known = (state.running.started_at, condition_since(pod, "Ready"))
    latest = max((time for time in known if time and parse_time(time)), default=None)
    return world.elapsed(latest, _NOT_READY_FOR)


def _not_ready(pod: Object, container: Running, world: Lens) -> Finding:
    code, name = probe_codes.NOT_READY, container.spec.name
    since = condition_since(pod, "Ready")
    condition = next((found for found in pod.view.status.conditions if found.type == "Ready"), None)
    said = f": {clean(condition.message, 150)}" if condition is not None and condition.message else ""
    proof = [of_object(pod, ".status.conditions[Ready]", condition)] if condition is not None else []
    proof.append(of_object(pod, f"{container.path}.ready", "false"))
    return code.finding(
        pod,
        world,
        f"{title(world, pod)}: container {name} runs but is not ready, and no Event says why{said}",
        proof,
        remedies=[Remedy(text=code.fix, command=f"kubectl -n {pod.namespace} logs {pod.name} -c {name}")],
        blames=_silent_needs(pod, world),
        since=since,
        key=name,
    )
