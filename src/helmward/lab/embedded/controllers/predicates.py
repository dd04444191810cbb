"""Why a pod does not fit a node, in the scheduler's words (pkg/scheduler/framework/plugins)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from helmward.lab.embedded.bodies import Body, at, is_true, meta
from helmward.lab.embedded.controllers.quantities import quantity, requests

# Reasons that evicting other pods could remove; the others are "unschedulable and unresolvable".
_RESOURCE_WORDS = "Insufficient "
TOO_MANY_PODS = "Too many pods"
NO_FREE_PORTS = "node(s) didn't have free ports for the requested pod ports"
_NOT_READY = {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}


@dataclass(slots=True)
class Room:
    """A node and what is placed on it."""

    node: Body
    pods: list[Body] = field(default_factory=list)

    def used(self) -> dict[str, Decimal]:
        """The sum of its pods' requests."""
        total: dict[str, Decimal] = {}
        for pod in self.pods:
            for name, amount in requests(pod["spec"]).items():
                total[name] = total.get(name, Decimal(0)) + amount
        return total

    def load(self) -> Decimal:
        """The fraction of cpu and memory that is asked for; what LeastAllocated ranks by."""
        used, allocatable = self.used(), at(self.node, "status", "allocatable") or {}
        shares = [used.get(name, Decimal(0)) / (quantity(allocatable.get(name)) or 1) for name in ("cpu", "memory")]
        return sum(shares, Decimal(0))


def resolvable(reason: str) -> bool:
    """Whether preemption is tried at all for this reason."""
    return reason.startswith(_RESOURCE_WORDS) or reason in (TOO_MANY_PODS, NO_FREE_PORTS)


def misfits(pod: Body, room: Room) -> list[str]:
    """The reasons of the first plugin that refuses the node, in the scheduler's order; empty where the pod fits."""
    spec, node = pod["spec"], room.node
    if at(node, "spec", "unschedulable") and not _tolerated(spec, _unschedulable_taint()):
        return ["node(s) were unschedulable"]
    if any(not _tolerated(spec, taint) for taint in _taints(node)):
        return ["node(s) had untolerated taint(s)"]
    if not _selected(spec, node):
        return ["node(s) didn't match Pod's node affinity/selector"]
    if _host_ports(spec) & {port for other in room.pods for port in _host_ports(other["spec"])}:
        return [NO_FREE_PORTS]
    return _resources(spec, room)


def _unschedulable_taint() -> Body:
    return {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}


def _taints(node: Body) -> list[Body]:
    taints = [taint for taint in at(node, "spec", "taints") or [] if taint["effect"] in ("NoSchedule", "NoExecute")]
    # The node lifecycle controller turns a Ready condition that is not True into this taint.
    return taints if is_true(node, "Ready") else [*taints, _NOT_READY]


def _tolerated(spec: Body, taint: Body) -> bool:
    return any(_tolerates(toleration, taint) for toleration in spec.get("tolerations") or [])


def _tolerates(toleration: Body, taint: Body) -> bool:
    if toleration.get("effect") not in (None, "", taint["effect"]):
        return False
    if toleration.get("key") in (None, ""):
        return bool(toleration.get("operator") == "Exists")
    if toleration["key"] != taint["key"]:
        return False
    return toleration.get("operator") == "Exists" or (toleration.get("value") or "") == (taint.get("value") or "")


def _selected(spec: Body, node: Body) -> bool:
    labels = meta(node).get("labels") or {}
    if not (spec.get("nodeSelector") or {}).items() <= labels.items():
        return False
    required = "requiredDuringSchedulingIgnoredDuringExecution"
    terms = at(spec, "affinity", "nodeAffinity", required, "nodeSelectorTerms")
    return terms is None or any(_term(term, labels) for term in terms)


def _term(term: Body, labels: dict[str, str]) -> bool:
    expressions = term.get("matchExpressions") or []
    return bool(expressions) and all(_expression(each, labels) for each in expressions)


def _expression(expression: Body, labels: dict[str, str]) -> bool:
    value, values = labels.get(expression.get("key", "")), expression.get("values") or []
    match expression.get("operator"):
        case "In":
            return value in values
        case "NotIn":
            return value not in values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
        case "Gt" | "Lt" as operator if value and values:
            return quantity(value) > quantity(values[0]) if operator == "Gt" else quantity(value) < quantity(values[0])
        case _:
            return False


def _host_ports(spec: Body) -> set[tuple[Any, Any]]:
    ports = [port for container in spec.get("containers") or [] for port in container.get("ports") or []]
    return {(port.get("protocol", "TCP"), port["hostPort"]) for port in ports if port.get("hostPort")}


def _resources(spec: Body, room: Room) -> list[str]:
    allocatable, used = at(room.node, "status", "allocatable") or {}, room.used()
    reasons = [TOO_MANY_PODS] if len(room.pods) + 1 > quantity(allocatable.get("pods", 110)) else []
    for name, amount in requests(spec).items():
        if amount and amount + used.get(name, Decimal(0)) > quantity(allocatable.get(name)):
            reasons.append(f"{_RESOURCE_WORDS}{name}")
    return reasons


def explanation(reasons: Sequence[Sequence[str]]) -> str:
    """The message of FailedScheduling: `0/2 nodes are available: 2 Insufficient cpu. preemption: …` (FitError)."""
    if not reasons:
        return "no nodes available to schedule pods"
    head = f"0/{len(reasons)} nodes are available:"
    hopeless = sum(not all(map(resolvable, each)) for each in reasons)
    outlook = {
        "No preemption victims found for incoming pod": len(reasons) - hopeless,
        "Preemption is not helpful for scheduling": hopeless,
    }
    return f"{head} {_counted(reasons)}. preemption: {head} {_histogram(outlook)}."


def prevented(message: str, nodes: int) -> str:
    """The message where a check before the nodes fails."""
    head = f"0/{nodes} nodes are available:"
    return f"{head} {message}. preemption: {head} {nodes} Preemption is not helpful for scheduling."


def _counted(reasons: Sequence[Sequence[str]]) -> str:
    counts: dict[str, int] = {}
    for each in reasons:
        for reason in each:
            counts[reason] = counts.get(reason, 0) + 1
    return _histogram(counts)


def _histogram(counts: dict[str, int]) -> str:
    return ", ".join(sorted(f"{count} {reason}" for reason, count in counts.items() if count))
