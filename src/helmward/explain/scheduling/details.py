"""What can be said of each predicate: a sentence with numbers, the proof, whom to blame and what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from helmward.core.nouns import Evidence, Remedy, Resource
from helmward.explain.clues.phrases import look, names, resource
from helmward.explain.clues.quantities import shown
from helmward.explain.codes import Code
from helmward.explain.evidence import of_object
from helmward.explain.scheduling import codes
from helmward.explain.scheduling.capacity import requested, room
from helmward.explain.scheduling.placement import (
    CONTROL_PLANE_TAINTS,
    LIFECYCLE_TAINTS,
    read_whole,
    shown_taint,
    unmet,
    untolerated,
)
from helmward.explain.scheduling.verdict import Rejection
from helmward.world.lens import Lens
from helmward.world.objects import Object


class Predicate(NamedTuple):
    """Why `nodes` nodes do not take the pod; a change of the template at `template_path` can have caused it."""

    code: Code
    nodes: int
    sentence: str
    remedies: tuple[Remedy, ...]
    proof: tuple[Evidence, ...] = ()
    blames: tuple[Resource, ...] = ()
    template_path: str = ""


def resource_short(pod: Object, code: Code, rejection: Rejection, world: Lens) -> Predicate:
    """Too little of a resource: what is asked for, what is free, how large the largest node is."""
    name = "pods" if code is codes.PODS else rejection.reason.removeprefix("Insufficient ").strip()
    wants, there = requested(pod.view.spec, name), room(world, name)
    sentence = f"no node has enough {name}" if name != "pods" else "every node is full: its count of pods is reached"
    if name != "pods" and wants:
        sentence += f": requested {shown(name, wants)}"
    if there is not None and there.free is not None and there.free < wants:
        sentence += f", most free {shown(name, there.free)} on {there.free_node}"
    if there is not None and wants > there.largest:
        sentence += f", the largest node ({there.largest_node}) has {shown(name, there.largest)}"
    fix = code.fix if there is None or wants <= there.largest else _smaller(name, there.largest)
    proof = (of_object(pod, ".spec.containers[*].resources", [item.resources for item in pod.view.spec.containers]),)
    return Predicate(code, rejection.nodes, sentence, (_resize(pod, fix, world),), proof, (), r"\.resources")


def _smaller(name: str, largest: float) -> str:
    return f"Ask for less than the {shown(name, largest)} of {name} that the largest node has, or add a larger node."


def _resize(pod: Object, text: str, world: Lens) -> Remedy:
    owner = world.workload(pod)
    if owner is None:
        return look(pod, text)
    command = f"kubectl -n {owner.namespace} get {owner.kind.lower()} {owner.name} -o yaml"
    return Remedy(text=text, command=command)


def taints(pod: Object, rejection: Rejection, world: Lens) -> Iterator[Predicate]:
    """Since 1.34 the message names no taint: the nodes do. Older messages carry `{key: value}`."""
    nodes = list(world.all("Node"))
    kept = {
        node.name: (node, taint)
        for node in nodes
        if not node.view.spec.unschedulable and (taint := untolerated(node, pod.view.spec)) is not None
    }
    if not kept:
        named = re.search(r"\{([^:}]*): ?([^}]*)\}", rejection.reason)
        key, value = (named.group(1), named.group(2)) if named else ("", "")
        text = f"{key}={value}".rstrip("=") if key else ""
        yield _taint(pod, _taint_code(key), rejection.nodes, [text] if text else [], [])
        return
    for code in (codes.TAINT, codes.NOT_READY, codes.CONTROL_PLANE):
        mine = [(node, taint) for node, taint in kept.values() if _taint_code(taint.key) is code]
        if mine:
            shown_ones = [shown_taint(taint) for _, taint in mine]
            yield _taint(pod, code, min(len(mine), rejection.nodes), shown_ones, [node for node, _ in mine])


def _taint_code(key: str) -> Code:
    if key in LIFECYCLE_TAINTS:
        return codes.NOT_READY
    return codes.CONTROL_PLANE if key in CONTROL_PLANE_TAINTS else codes.TAINT


def _taint(pod: Object, code: Code, count: int, keys: list[str], nodes: list[Object]) -> Predicate:
    on = f" (on {names(node.name for node in nodes)})" if nodes else ""
    which = names(keys) if keys else "a taint that it does not tolerate"
    sentence = f"the pod does not tolerate {which}{on}"
    blames: tuple[Resource, ...] = ()
    remedy = look(pod, code.fix)
    if code is codes.NOT_READY:
        sentence = f"nodes are not ready: {which}{on}"
        blames = tuple(node.resource for node in nodes)
    if nodes:
        taint = keys[0].partition("=")[0].partition(":")[0]
        command = f"kubectl describe node {nodes[0].name}" if blames else f"kubectl taint node {nodes[0].name} {taint}-"
        remedy = Remedy(text=code.fix, command=command)
    proof = tuple(of_object(node, ".spec.taints", node.view.spec.taints) for node in nodes[:2])
    return Predicate(code, count, sentence, (remedy,), proof, blames, r"\.tolerations")


def selector(pod: Object, code: Code, rejection: Rejection, world: Lens) -> Predicate:
    """No node has the wanted labels: which ones, and which node comes nearest."""
    near = [(len(lacks), node.name, node, lacks) for node in world.all("Node") if (lacks := unmet(node, pod.view.spec))]
    wishes = [f"{key}={value}" for key, value in sorted((pod.view.spec.node_selector or {}).items())]
    wants_node = "nodeAffinity" in (pod.view.spec.affinity or {})
    if not wishes and (wants_node or read_whole(pod.view.spec)):  # the plugin says the same of both
        code = codes.NODE_AFFINITY
    sentence = f"no node matches its node selector or affinity{': ' + ', '.join(wishes) if wishes else ''}"
    remedy, proof = look(pod, code.fix), [of_object(pod, ".spec.nodeSelector", pod.view.spec.node_selector or {})]
    if pod.view.spec.affinity:
        proof.append(of_object(pod, ".spec.affinity", pod.view.spec.affinity))
    if near:
        _, _, node, lacks = min(near, key=lambda entry: entry[:2])
        has = ", ".join(f"{lack.key}={lack.has}" if lack.has is not None else f"no label {lack.key}" for lack in lacks)
        sentence = f"no node has {', '.join(lack.wish for lack in lacks)}; nearest is {node.name}, which has {has}"
        proof.append(of_object(node, ".metadata.labels", node.meta.labels or {}))
        plain = [lack.wish for lack in lacks if "=" in lack.wish]
        if plain:
            remedy = Remedy(text=code.fix, command=f"kubectl label node {node.name} {' '.join(plain)} --overwrite")
    return Predicate(code, rejection.nodes, sentence, (remedy,), tuple(proof), (), r"nodeSelector|affinity")


def claims(pod: Object, code: Code, rejection: Rejection, world: Lens) -> Predicate:
    """The pod waits for volume claims: those that the message names, or else those that are not bound."""
    wanted = [
        volume.persistent_volume_claim.claim_name
        for volume in pod.view.spec.volumes
        if volume.persistent_volume_claim is not None
    ]
    named = re.findall(r"persistentvolumeclaim \"([^\"]+)\"", rejection.reason)
    waiting = named or [name for name in wanted if not _bound(world, pod.namespace, name)] or wanted
    if not waiting and not read_whole(pod.view.spec):  # a table does not say which it uses
        claims = world.all("PersistentVolumeClaim", pod.namespace)
        waiting = [claim.name for claim in claims if claim.view.status.phase == "Pending"]
    sentence = f"waits for the volume claim {names(waiting)}" if waiting else "waits for its volume claims"
    blames = tuple(resource("PersistentVolumeClaim", pod.namespace, name) for name in waiting)
    command = f"kubectl -n {pod.namespace} describe pvc {' '.join(waiting)}".rstrip()
    return Predicate(code, rejection.nodes, sentence, (Remedy(text=code.fix, command=command),), (), blames)


def _bound(world: Lens, namespace: str, name: str) -> bool:
    claim = world.get("PersistentVolumeClaim", namespace, name)
    return claim is not None and claim.view.status.phase == "Bound"


def cordoned(pod: Object, code: Code, rejection: Rejection, world: Lens) -> Predicate:
    """Nodes are marked unschedulable."""
    nodes = [node for node in world.all("Node") if node.view.spec.unschedulable]
    listed = names(node.name for node in nodes) if nodes else "nodes"
    sentence = f"{listed} cordoned (unschedulable), so the pod has no room"
    command = f"kubectl uncordon {' '.join(node.name for node in nodes[:3])}" if nodes else "kubectl get nodes"
    proof = tuple(of_object(node, ".spec.unschedulable", "true") for node in nodes[:3])
    blames = tuple(node.resource for node in nodes)
    return Predicate(code, rejection.nodes, sentence, (Remedy(text=code.fix, command=command),), proof, blames)


def plain(sentence: str, field: str = "", path: str = "") -> Callable[[Object, Code, Rejection, Lens], Predicate]:
    """A predicate without numbers: its sentence, the field that causes it, what of the template may have changed."""

    def build(pod: Object, code: Code, rejection: Rejection, world: Lens) -> Predicate:
        proof = (of_object(pod, f".spec.{field}", pod.view.spec.affinity or {}),) if field == "affinity" else ()
        return Predicate(code, rejection.nodes, sentence, (look(pod, code.fix),), proof, (), path)

    return build


def other(pod: Object, rejection: Rejection) -> Predicate:
    """Anything else, in the scheduler's own words."""
    return Predicate(
        codes.OTHER, rejection.nodes, f"no node takes it: {rejection.reason}", (look(pod, codes.OTHER.fix),)
    )
