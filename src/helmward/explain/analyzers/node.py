"""Nodes that are not ready, under pressure, cut off or gone: one finding a node, not one a pod."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar

from helmward.core.nouns import Finding, Remedy
from helmward.core.times import parse_time
from helmward.explain.analyzer import analyzer
from helmward.explain.clues import suspects
from helmward.explain.clues.phrases import look, names, newest, resource
from helmward.explain.clues.pods import title
from helmward.explain.codes import Code
from helmward.explain.evidence import of_change, of_object
from helmward.explain.nodes.codes import (
    CODES,
    CORDONED,
    DISK,
    GONE,
    KUBELET,
    MEMORY,
    NETWORK,
    NETWORK_PLUGIN,
    NOT_READY,
    PID,
    RUNTIME,
    UNREACHABLE,
)  # fmt: skip
from helmward.explain.nodes.services import Stopped, stopped
from helmward.world.lens import Lens
from helmward.world.objects import Object
from helmward.world.views import Condition

_STARTS = timedelta(minutes=1)  # a new node waits for its network plugin
_SETTLES = timedelta(seconds=5)  # a kubelet that restarts is not ready for a moment
_COLLECTED = timedelta(minutes=2)  # the pod garbage collector deletes the pods of a deleted node in less
# pkg/kubelet/nodestatus/setters.go; the runtime's words by pkg/kubelet/runtime.go and the CRI status of containerd.
_PRESSURES = {"MemoryPressure": MEMORY, "DiskPressure": DISK, "PIDPressure": PID, "NetworkUnavailable": NETWORK}
_PLUGIN = re.compile(
    r"NetworkPluginNotReady|cni plugin not initialized|cni config uninitialized|NetworkReady=false", re.I
)
_RUNTIME = re.compile(r"container runtime (?:is down|not ready)|PLEG is not healthy|runtime is not ready", re.I)


@analyzer
class Node:
    """Reads the conditions of nodes, and what is known of their services."""

    watches: ClassVar[tuple[str, ...]] = ("Node", "Pod")
    reads: ClassVar[tuple[str, ...]] = ("Node", "Pod", *suspects.READS)
    codes: ClassVar[tuple[Code, ...]] = CODES

    def examine(self, item: Object, world: Lens) -> Iterator[Finding]:
        """What is wrong with a node; and a pod bound to a node that is not there."""
        if item.kind.name == "Pod":
            if item.view.spec.node_name and world.get("Node", "", item.view.spec.node_name) is None:
                yield from _orphan(item, world)
            return
        dead = stopped(world, item.name)
        told = {service.code: service for service in dead}
        yield from _readiness(item, told, world)
        yield from _pressures(item, world)
        for service in told.values():
            yield _stopped(item, service, world)
        if item.view.spec.unschedulable:
            yield _cordoned(item, world)


def _readiness(node: Object, told: dict[Code, Stopped], world: Lens) -> Iterator[Finding]:
    """Ready other than True. A service known to be dead tells it better and takes the condition as its proof."""
    for number, condition in enumerate(node.view.status.conditions):
        if condition.type != "Ready" or condition.status == "True" or not _lasts(node, condition, world):
            continue
        proof = of_object(node, f".status.conditions[{number}]", condition)
        for code in (RUNTIME, KUBELET):
            if code in told:
                told[code] = told[code]._replace(proof=(*told[code].proof, proof))
                return
        said = condition.message or condition.reason or "it is not ready"
        code = _code(condition)
        message = f"{node.name}: {_WORDS[code]}{_since(condition)}: {said.rstrip('.')}{_carries(node, world)}"
        yield code.finding(
            node, world, message, [proof], remedies=[look(node, code.fix)], since=condition.last_transition_time
        )


def _code(condition: Condition) -> Code:
    text = condition.message or ""
    if condition.status == "Unknown":
        return UNREACHABLE
    return NETWORK_PLUGIN if _PLUGIN.search(text) else RUNTIME if _RUNTIME.search(text) else NOT_READY


_WORDS = {
    UNREACHABLE: "unreachable",
    NETWORK_PLUGIN: "its network plugin is not ready",
    RUNTIME: "its container runtime is down",
    NOT_READY: "not ready",
}


def _pressures(node: Object, world: Lens) -> Iterator[Finding]:
    for number, condition in enumerate(node.view.status.conditions):
        code = _PRESSURES.get(condition.type)
        if code is not None and condition.status == "True" and _lasts(node, condition, world):
            proof = of_object(node, f".status.conditions[{number}]", condition)
            said = condition.message or condition.reason or condition.type
            message = f"{node.name}: {condition.type}{_since(condition)}: {said.rstrip('.')}{_carries(node, world)}"
            yield code.finding(
                node, world, message, [proof], remedies=[look(node, code.fix)], since=condition.last_transition_time
            )


def _stopped(node: Object, service: Stopped, world: Lens) -> Finding:
    message = f"{node.name}: {service.service} does not run: {service.state}{_carries(node, world)}"
    remedy = Remedy(text=service.code.fix, command=f"kubectl describe node {node.name}")
    return service.code.finding(node, world, message, service.proof, remedies=[remedy])


def _cordoned(node: Object, world: Lens) -> Finding:
    changes = suspects.of_workload(world, node, None, r"^spec\.unschedulable$")
    message = f"{node.name}: cordoned, so no new pod is scheduled on it"
    proof = [of_object(node, ".spec.unschedulable", "true"), *map(of_change, changes[:1])]
    remedy = Remedy(text=CORDONED.fix, command=f"kubectl uncordon {node.name}")
    return CORDONED.finding(node, world, message, proof, changed=newest(changes), remedies=[remedy])


def _orphan(pod: Object, world: Lens) -> Iterator[Finding]:
    gone = pod.view.spec.node_name
    done = pod.view.status.phase in ("Succeeded", "Failed") or pod.meta.deletion_timestamp
    if done or not world.knows("Node") or not world.elapsed(pod.meta.creation_timestamp, _COLLECTED):
        return
    message = f"{title(world, pod)}: the pod is bound to the node {gone}, which does not exist"
    command = f"kubectl -n {pod.namespace} delete pod {pod.name}"
    remedy = Remedy(
        text=GONE.fix, command=command, tool="pods_delete",
        arguments={"kind": "Pod", "namespace": pod.namespace, "name": pod.name},
    )  # fmt: skip
    blamed = resource("Node", "", gone)
    yield GONE.finding(
        pod, world, message, [of_object(pod, ".spec.nodeName", gone)], remedies=[remedy], blames=[blamed]
    )


def _lasts(node: Object, condition: Condition, world: Lens) -> bool:
    """No kubelet's restart, and no node that has not been ready yet and is still coming up."""
    if not world.elapsed(condition.last_transition_time, _SETTLES):
        return False
    created, changed = parse_time(node.meta.creation_timestamp), parse_time(condition.last_transition_time)
    never_ready = created is not None and changed is not None and changed - created < _STARTS
    if condition.status != "False" or not never_ready:
        return True
    return world.elapsed(node.meta.creation_timestamp, _STARTS)


def _carries(node: Object, world: Lens) -> str:
    pods = [pod for pod in world.pods_on(node.name) if pod.view.status.phase in ("Running", "Pending")]
    return f"; it carries {len(pods)} pod{'s' * (len(pods) != 1)}: {names(pod.name for pod in pods)}" if pods else ""


def _since(condition: Condition) -> str:
    return f" since {condition.last_transition_time}" if condition.last_transition_time else ""
