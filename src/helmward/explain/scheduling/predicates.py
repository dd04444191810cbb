"""The predicates of the scheduler, told apart and ranked by the share of nodes that they reject."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from helmward.explain.clues.phrases import look
from helmward.explain.codes import Code
from helmward.explain.scheduling import codes
from helmward.explain.scheduling.codes import CODES, UNBOUND
from helmward.explain.scheduling.details import (
    Predicate,
    claims,
    cordoned,
    other,
    plain,
    resource_short,
    selector,
    taints,
)  # fmt: skip
from helmward.explain.scheduling.verdict import Rejection, Verdict
from helmward.world.lens import Lens
from helmward.world.objects import Object

# The plugins' words under pkg/scheduler/framework/plugins; older wordings of the taint plugin are there too.
_WORDS: tuple[tuple[re.Pattern[str], Code], ...] = tuple(
    (re.compile(words), code)
    for words, code in (
        (r"^Insufficient cpu", codes.CPU),
        (r"^Insufficient memory", codes.MEMORY),
        (r"^Insufficient ephemeral-storage", codes.STORAGE),
        (r"^Insufficient ", codes.RESOURCE),
        (r"^Too many pods", codes.PODS),
        (r"node\(s\) had (untolerated )?taint", codes.TAINT),
        (
            r"didn't match Pod's node affinity|didn't match node selector|satisfy plugin\(s\) \[NodeAffinity\]",
            codes.SELECTOR,
        ),
        (r"anti-affinity", codes.ANTI_AFFINITY),
        (r"pod affinity", codes.AFFINITY),
        (r"topology spread", codes.SPREAD),
        (
            r"unbound immediate PersistentVolumeClaims|persistentvolumeclaim \"|find available persistent volumes",
            UNBOUND,
        ),
        (r"PersistentVolume's node affinity|no available volume zone|volume node affinity", codes.VOLUME_NODE),
        (r"free ports", codes.HOST_PORT),
        (r"were unschedulable", codes.CORDONED),
    )
)


def predicates(pod: Object, said: Verdict, world: Lens) -> list[Predicate]:
    """What keeps the pod from the nodes, by share of nodes; control plane taints count only if nothing else does."""
    if "no nodes available to schedule pods" in said.message or (said.total == 0 and "0/0 nodes" in said.message):
        return [Predicate(codes.NO_NODES, 0, "the cluster has no node at all", (look(pod, codes.NO_NODES.fix),))]
    if not said.rejections:
        return [other(pod, Rejection(0, said.message or "the scheduler found no node for it"))]
    found = [predicate for rejection in said.rejections for predicate in _of(pod, rejection, world)]
    wanted = [predicate for predicate in found if predicate.code is not codes.CONTROL_PLANE] or found
    return sorted(wanted, key=lambda predicate: (-predicate.nodes, CODES.index(predicate.code)))


def _of(pod: Object, rejection: Rejection, world: Lens) -> Iterator[Predicate]:
    code = next((code for words, code in _WORDS if words.search(rejection.reason)), None)
    if code in _RESOURCES:
        yield resource_short(pod, code, rejection, world)
    elif code is codes.TAINT:
        yield from taints(pod, rejection, world)
    elif code is None:
        yield other(pod, rejection)
    else:
        yield _BUILD[code](pod, code, rejection, world)


_RESOURCES = frozenset({codes.CPU, codes.MEMORY, codes.STORAGE, codes.RESOURCE, codes.PODS})


_BUILD: dict[Code, Callable[[Object, Code, Rejection, Lens], Predicate]] = {
    codes.SELECTOR: selector,
    codes.AFFINITY: plain("no node runs the pods that its pod affinity wants beside it", "affinity", "affinity"),
    codes.ANTI_AFFINITY: plain("pod anti-affinity keeps it off the nodes", "affinity", "affinity"),
    codes.SPREAD: plain("its topology spread constraints cannot be met", "", "topologySpread"),
    codes.HOST_PORT: plain("its host port is taken on the nodes", "", "ports"),
    codes.VOLUME_NODE: plain("its volume belongs to a node or zone where the pod may not run"),
    codes.CORDONED: cordoned,
    UNBOUND: claims,
}
