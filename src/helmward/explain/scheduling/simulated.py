"""Why no node takes a pod, worked out from the pod and the nodes, where the scheduler's own words are not here.

The filters and their order are the scheduler's (pkg/scheduler/framework/plugins), the reasons in its words. What is not
known of a node rejects nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from helmward.explain.scheduling.capacity import free_on, requested
from helmward.explain.scheduling.placement import read_whole, shown_taint, unmet, untolerated
from helmward.explain.scheduling.verdict import Rejection, Verdict
from helmward.world.lens import Lens
from helmward.world.objects import Object
from helmward.world.selectors import matches_labels

_RESOURCES = ("cpu", "memory")
_MOST_NODES = 200


def simulated(pod: Object, said: Verdict, world: Lens) -> Verdict | None:
    """The verdict with the rejections that follow from what is known; None if some node would take the pod."""
    nodes = list(world.all("Node"))
    if not read_whole(pod.view.spec) or not nodes or len(nodes) > _MOST_NODES:
        return said
    claims = Counter(dict.fromkeys(_claims(pod, world), len(nodes)))
    found = claims or Counter(reason for node in nodes if (reason := _reason(pod, node, world)))
    if sum(found.values()) < len(nodes):
        return None if world.knows("Event") else said
    return said._replace(total=len(nodes), rejections=tuple(Rejection(n, text) for text, n in found.most_common()))


def _claims(pod: Object, world: Lens) -> Iterator[str]:
    for volume in pod.view.spec.volumes:
        if volume.persistent_volume_claim is None:
            continue
        name = volume.persistent_volume_claim.claim_name
        claim = world.get("PersistentVolumeClaim", pod.namespace, name)
        if claim is None and world.knows("PersistentVolumeClaim"):
            yield f'persistentvolumeclaim "{name}" not found'
        elif claim is not None and claim.view.status.phase == "Pending":
            yield "pod has unbound immediate PersistentVolumeClaims"


def _reason(pod: Object, node: Object, world: Lens) -> str:
    """The first filter that rejects the node; "" if none does."""
    spec = pod.view.spec
    if node.view.spec.unschedulable:
        return "node(s) were unschedulable"
    if (taint := untolerated(node, spec)) is not None:
        return f"node(s) had untolerated taint {{{shown_taint(taint).rpartition(':')[0]}}}"
    if node.meta.labels and unmet(node, spec):
        return "node(s) didn't match Pod's node affinity/selector"
    for resource in _RESOURCES:
        free = free_on(node, resource, world)
        if free is not None and requested(spec, resource) > free:
            return f"Insufficient {resource}"
    return "node(s) didn't match pod anti-affinity rules" if _apart(pod, node, world) else ""


def _apart(pod: Object, node: Object, world: Lens) -> bool:
    """A pod on the node is one that the pod's required anti-affinity, by host, keeps away from."""
    affinity: Any = (pod.view.spec.affinity or {}).get("podAntiAffinity")
    terms = affinity.get("requiredDuringSchedulingIgnoredDuringExecution") if isinstance(affinity, dict) else None
    for term in terms if isinstance(terms, list) else ():
        wanted = ((term.get("labelSelector") or {}).get("matchLabels") or {}) if isinstance(term, dict) else {}
        if wanted and term.get("topologyKey") == "kubernetes.io/hostname":
            others = (other for other in world.pods_on(node.name) if other.namespace == pod.namespace)
            if any(matches_labels(wanted, other.meta.labels) for other in others):
                return True
    return False
