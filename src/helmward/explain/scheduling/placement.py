"""Which nodes a pod may stand on: taints against tolerations, node labels against selector and affinity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from helmward.explain.clues.quantities import amount
from helmward.world.objects import Object
from helmward.world.views import PodSpec, Taint, Toleration

LIFECYCLE_TAINTS = frozenset(
    f"node.kubernetes.io/{name}"
    for name in ("not-ready", "unreachable", "memory-pressure", "disk-pressure", "pid-pressure", "network-unavailable")
)
"""The taints that the node controller sets by a node's conditions (pkg/controller/nodelifecycle)."""

CONTROL_PLANE_TAINTS = frozenset({"node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"})


class Unmet(NamedTuple):
    """One wish of a pod that a node does not fulfil: `disktype=ssd`, and what the node has instead (or None)."""

    wish: str
    key: str
    has: str | None


def read_whole(spec: PodSpec) -> bool:
    """The API server's own pod, or its description: admission gives each pod tolerations (DefaultTolerationSeconds).

    What a table leaves out of a pod is its template's, which may be another by now.
    """
    return bool(spec.containers and spec.tolerations)


def untolerated(node: Object, spec: PodSpec) -> Taint | None:
    """The first taint that keeps a pod off a node (NoSchedule, NoExecute), as the TaintToleration plugin finds it."""
    for taint in node.view.spec.taints:
        if taint.effect in ("NoSchedule", "NoExecute") and not any(
            _tolerates(wish, taint) for wish in spec.tolerations
        ):
            found: Taint = taint
            return found
    return None


def unmet(node: Object, spec: PodSpec) -> list[Unmet]:
    """The wishes of nodeSelector and of the nearest required node affinity term that a node does not fulfil."""
    labels = node.meta.labels or {}
    missing = [
        Unmet(f"{key}={value}", key, labels.get(key))
        for key, value in sorted((spec.node_selector or {}).items())
        if labels.get(key) != value
    ]
    terms = [list(_unmet_in(term, labels, node.name)) for term in _terms(spec)]
    return [*missing, *(min(terms, key=len) if terms else [])]


def shown_taint(taint: Taint) -> str:
    """`key=value:Effect`, as kubectl taint writes it."""
    return f"{taint.key}{f'={taint.value}' if taint.value else ''}:{taint.effect}"


def _tolerates(toleration: Toleration, taint: Taint) -> bool:
    # k8s.io/api core/v1 toleration.go ToleratesTaint: an empty effect or key means all of them.
    if toleration.effect and toleration.effect != taint.effect:
        return False
    if toleration.key and toleration.key != taint.key:
        return False
    if toleration.operator == "Exists":
        return True
    return bool(toleration.key) and (toleration.value or "") == (taint.value or "")


def _terms(spec: PodSpec) -> list[dict[str, Any]]:
    node: Any = (spec.affinity or {}).get("nodeAffinity")
    required: Any = node.get("requiredDuringSchedulingIgnoredDuringExecution") if isinstance(node, dict) else None
    terms = required.get("nodeSelectorTerms") if isinstance(required, dict) else None
    return [term for term in terms if isinstance(term, dict)] if isinstance(terms, list) else []


def _unmet_in(term: dict[str, Any], labels: Mapping[str, str], name: str) -> Iterator[Unmet]:
    for field, have in (("matchExpressions", labels), ("matchFields", {"metadata.name": name})):
        for wish in term.get(field) or ():
            if isinstance(wish, dict) and not _holds(wish, have):
                key, values = str(wish.get("key", "")), ",".join(map(str, wish.get("values") or ()))
                yield Unmet(f"{key} {wish.get('operator', '')} {values}".strip(), key, have.get(key))


def _holds(wish: dict[str, Any], labels: Mapping[str, str]) -> bool:
    value, values = labels.get(str(wish.get("key"))), wish.get("values") or ()
    match wish.get("operator"):
        case "In":
            return value in values
        case "NotIn":
            return value not in values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
        case "Gt" | "Lt" as operator:
            have, limit = amount(value), amount(str(values[0])) if values else None
            return have is not None and limit is not None and (have > limit if operator == "Gt" else have < limit)
        case _:
            return False
