"""Pods that no node takes: each predicate of the scheduler's verdict told apart, with its numbers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar

from helmward.core.nouns import Finding, Resource
from helmward.explain.analyzer import analyzer
from helmward.explain.clues import suspects
from helmward.explain.clues.phrases import look, newest, undo
from helmward.explain.clues.pods import title
from helmward.explain.codes import Code
from helmward.explain.evidence import of_change, of_object
from helmward.explain.nodes.codes import SCHEDULER
from helmward.explain.nodes.services import stopped
from helmward.explain.scheduling.codes import CODES, GATED, NO_SCHEDULER, UNBOUND
from helmward.explain.scheduling.details import Predicate
from helmward.explain.scheduling.placement import read_whole
from helmward.explain.scheduling.predicates import predicates
from helmward.explain.scheduling.simulated import simulated
from helmward.explain.scheduling.verdict import Verdict, verdict
from helmward.world.lens import Lens
from helmward.world.objects import Object

_SETTLES = timedelta(seconds=3)  # a rollout's next pod waits this long for the last one's room
_BINDS = timedelta(seconds=30)  # an immediate claim is bound within seconds where its provisioner works
_SCHEDULES = timedelta(minutes=1)


@analyzer
class Unschedulable:
    """Reads the PodScheduled condition and the FailedScheduling Events of pods without a node."""

    watches: ClassVar[tuple[str, ...]] = ("Pod",)
    reads: ClassVar[tuple[str, ...]] = (
        "Pod", "Event", "Node", "PersistentVolumeClaim", "ServiceAccount", *suspects.READS,
    )  # fmt: skip
    codes: ClassVar[tuple[Code, ...]] = CODES

    def examine(self, pod: Object, world: Lens) -> Iterator[Finding]:
        """One finding for each predicate that keeps nodes away from the pod, surest first."""
        if pod.view.spec.node_name or pod.view.status.phase not in ("Pending", "") or pod.meta.deletion_timestamp:
            return
        if pod.view.spec.scheduling_gates:
            yield from _gated(pod, world)
            return
        said = verdict(pod, world)
        if said is not None and not said.message:
            said = simulated(pod, said, world)
        if said is None or (not said.rejections and not said.message and _unheard(pod, world)):
            yield from _silent(pod, world)
            return
        for predicate in predicates(pod, said, world):
            delay = _BINDS if predicate.code is UNBOUND else _SETTLES
            if world.elapsed(said.since, delay):
                yield _finding(pod, predicate, said, world)


def _finding(pod: Object, predicate: Predicate, said: Verdict, world: Lens) -> Finding:
    changes = suspects.of_workload(world, pod, said.since, predicate.template_path) if predicate.template_path else []
    counted = f" ({predicate.nodes} of {said.total} nodes)" if said.total else ""
    message = f"{title(world, pod)}: {predicate.sentence}{counted}"
    proof = [*said.proof, *predicate.proof, *map(of_change, changes[:1])]
    owner = world.workload(pod)
    back = [undo(owner, f"Roll {owner.name} back to the template that found a node.")] if owner and changes else []
    share = predicate.nodes / said.total if said.total else 1.0
    return predicate.code.finding(
        pod, world, message, proof, changed=newest(changes), remedies=[*back, *predicate.remedies],
        blames=predicate.blames, since=said.since,
        certainty=round(predicate.code.certainty * (0.6 + 0.4 * min(1.0, share)), 2),
    )  # fmt: skip


def _gated(pod: Object, world: Lens) -> Iterator[Finding]:
    gates = ", ".join(gate.name for gate in pod.view.spec.scheduling_gates)
    since = pod.meta.creation_timestamp
    if world.elapsed(since, _SCHEDULES):
        message = f"{title(world, pod)}: waits for its scheduling gates to be removed: {gates}"
        proof = [of_object(pod, ".spec.schedulingGates", gates)]
        yield GATED.finding(pod, world, message, proof, remedies=[look(pod, GATED.fix)], since=since)


def _silent(pod: Object, world: Lens) -> Iterator[Finding]:
    """No verdict at all, long after a complete object was created: nobody schedules it."""
    since = pod.meta.creation_timestamp
    if not world.elapsed(since, _SCHEDULES):
        return
    asleep = _asleep(world)
    known = asleep or (since and (pod.uid or read_whole(pod.view.spec) or world.knows("Event")))
    # The API's own object has a condition once it was looked at; of a printed one an Event tells, if they were read.
    looked = any(condition.type == "PodScheduled" and condition.reason for condition in pod.view.status.conditions)
    told = pod.uid or world.knows("Event") or asleep
    if looked or not known or not told or world.events(pod, "FailedScheduling"):
        return
    message = f"{title(world, pod)}: no scheduler has looked at the pod{f' since {since}' if since else ''}"
    proof, remedy = [of_object(pod, ".status.conditions", [])], look(pod, NO_SCHEDULER.fix)
    yield NO_SCHEDULER.finding(pod, world, message, proof, remedies=[remedy], blames=asleep, since=since)


def _unheard(pod: Object, world: Lens) -> bool:
    """A table shows a pod without a node, and no Event that anybody looked for one; or nobody can have."""
    if pod.uid or not world.knows("Event") or not any(world.all("Event", pod.namespace)):
        return bool(_asleep(world))
    return world.elapsed(pod.meta.creation_timestamp, _SCHEDULES) or bool(_asleep(world))


def _asleep(world: Lens) -> list[Resource]:
    """The nodes on which the scheduler is known not to run, or its pods (kubeadm's), none of which is ready."""
    services = ((node, stopped(world, node.name)) for node in world.all("Node"))
    down = [node.resource for node, dead in services if any(each.code is SCHEDULER for each in dead)]
    pods = [pod for pod in world.all("Pod", "kube-system") if pod.name.startswith("kube-scheduler-")]
    return down if down or any(map(_serves, pods)) else [pod.resource for pod in pods]


def _serves(pod: Object) -> bool:
    states = pod.view.status.container_statuses
    return bool(states) and all(state.ready for state in states)
