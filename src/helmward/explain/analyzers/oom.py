"""Containers killed for want of memory, by their own limit or by the node's; evicted pods told apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar

from helmward.core.nouns import Change, Evidence, Finding, Remedy, Resource, Severity
from helmward.explain.analyzer import analyzer
from helmward.explain.clues import culprits, suspects
from helmward.explain.clues.pods import condition_since, containers, healthy, title
from helmward.explain.codes import Code
from helmward.explain.crashes.crashes import Crash, crash_of
from helmward.explain.evidence import clean, of_change, of_event, of_object
from helmward.world.lens import Lens
from helmward.world.objects import Object

_WHY = "The kernel kills the container in the middle of its work; requests in flight are lost."
OWN_LIMIT = Code(
    "HW-POD-001",
    "container-oom-killed",
    Severity.HIGH,
    _WHY,
    "Raise the container's memory limit, or mend what uses the memory.",
    certainty=0.95,
)
NO_LIMIT = Code(
    "HW-POD-002",
    "oom-killed-without-limit",
    Severity.HIGH,
    _WHY,
    "The container has no memory limit, so the node ran out: give the pods of the node memory requests and limits.",
    certainty=0.85,
)
EVICTED_MEMORY = Code(
    "HW-POD-003",
    "pod-evicted-memory",
    Severity.MEDIUM,
    "The kubelet ends pods that use more memory than they request when its node runs low.",
    "Request as much memory as the pod uses, or give the node more.",
    certainty=0.85,
)
EVICTED = Code(
    "HW-POD-015",
    "pod-evicted",
    Severity.MEDIUM,
    "The kubelet ended the pod to protect its node (disk, inodes, process ids, or the pod's own storage limit).",
    "Free or enlarge what the message names, or raise the pod's ephemeral-storage limit.",
    certainty=0.85,
)

# A ReplicaSet replaces an evicted pod at once and leaves the failed one for a person to read.
_TOLD_FOR = timedelta(hours=1)
# Kubelet pkg/kubelet/eviction/helpers.go, nodeLowMessageFmt.
_LOW_MEMORY = re.compile(r"low on resource: memory\b|larger consumption of memory\b")
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)([A-Za-z]*)")
_SETTABLE = ("Deployment", "StatefulSet", "DaemonSet")


@analyzer
class Memory:
    """Reads the reasons OOMKilled (of the container's last end) and Evicted (of the pod)."""

    watches: ClassVar[tuple[str, ...]] = ("Pod",)
    reads: ClassVar[tuple[str, ...]] = ("Pod", "Event", *suspects.READS)
    codes: ClassVar[tuple[Code, ...]] = (OWN_LIMIT, NO_LIMIT, EVICTED_MEMORY, EVICTED)

    def examine(self, pod: Object, world: Lens) -> Iterator[Finding]:
        """One finding for each container that memory killed, or for the evicted pod."""
        if healthy(pod) or pod.meta.deletion_timestamp:
            return
        if pod.view.status.reason == "Evicted":
            yield from _evicted(pod, world)
            return
        for container in containers(pod):
            crash = crash_of(pod, container, world)
            if crash is not None and crash.ended is not None and crash.ended.reason == "OOMKilled":
                yield _killed(pod, crash, world)


def _killed(pod: Object, crash: Crash, world: Lens) -> Finding:
    assert crash.ended is not None
    name = crash.container.spec.name
    resources = crash.container.spec.resources
    limit = str((resources.limits or {}).get("memory", "")) if resources else ""
    change = culprits.of_template(
        world, pod, crash.ended.finished_at, rf"ontainers\[{re.escape(name)}\]\.resources"
    ) or culprits.of_container(world, pod, name, crash.ended.finished_at)
    known = bool(limit) or bool(pod.view.spec.containers)
    code = OWN_LIMIT if limit or not known else NO_LIMIT
    what = (
        f"its memory limit of {limit}"
        if limit
        else "its memory limit"
        if not known
        else "what the node had left: it has no memory limit"
    )
    count = crash.container.status.restart_count
    restarts = f" ({count} restart{'s' * (count != 1)})" if count else ""
    proof: list[Evidence] = [of_object(pod, crash.path, crash.ended)]
    proof += [of_object(pod, f".spec.containers[{name}].resources", resources)] if resources else []
    proof += [of_change(change)] if change else []
    return code.finding(
        pod,
        world,
        f"{title(world, pod)}: container {name} was killed for using more than {what}{restarts}",
        proof,
        changed=change,
        remedies=_remedies(pod, crash, limit, change, world),
        since=condition_since(pod, "Ready"),
        certainty=code.certainty + (0.02 if change else 0.0),
        key=name,
    )


def _bound(limit: str, spec_known: bool) -> tuple[Code, str]:
    """What it used more than; of a table, which has no spec, nobody can tell the limit."""
    if limit or not spec_known:
        return OWN_LIMIT, f"its memory limit of {limit}" if limit else "its memory limit"
    return NO_LIMIT, "what the node had left: it has no memory limit"


def _remedies(pod: Object, crash: Crash, limit: str, change: Change | None, world: Lens) -> Iterator[Remedy]:
    owner = world.workload(pod)
    name = crash.container.spec.name
    lowered = change is not None and ".resources" in change.path
    if lowered and (back := culprits.roll_back(owner, "Roll back the change of the container's resources.")):
        yield back
    if owner is not None and owner.kind in _SETTABLE and limit and not crash.container.init:
        more = _more(limit)
        place = f"kubectl -n {owner.namespace} set resources {owner.kind.lower()}/{owner.name}"
        limits = {"name": name, "resources": {"limits": {"memory": more}}}
        yield Remedy(
            text=f"Raise the memory limit of container {name} from {limit} to {more}.",
            command=f"{place} -c {name} --limits=memory={more}",
            tool="resources_patch",
            arguments={
                "kind": owner.kind,
                "namespace": owner.namespace,
                "name": owner.name,
                "patch": {"spec": {"template": {"spec": {"containers": [limits]}}}},
            },
        )
    yield Remedy(
        text="Mend what uses the memory; the log of the killed run shows what it did last.",
        command=f"kubectl -n {pod.namespace} logs {pod.name} -c {name} --previous",
    )


def _more(limit: str) -> str:
    """Twice the limit, in its own unit."""
    found = _AMOUNT.fullmatch(limit)
    return f"{float(found[1]) * 2:g}{found[2]}" if found else limit


def _evicted(pod: Object, world: Lens) -> Iterator[Finding]:
    status = pod.view.status
    since = condition_since(pod, "DisruptionTarget") if status.conditions else status.start_time
    if since is not None and world.elapsed(since, _TOLD_FOR):
        return
    events = world.events(pod, "Evicted")
    message = status.message or (events[-1].view.message if events else "")
    code = EVICTED_MEMORY if _LOW_MEMORY.search(message) else EVICTED
    node = pod.view.spec.node_name
    of_node = "node was low" in message or "node had condition" in message
    blames = [Resource(api_version="v1", kind="Node", namespace="", name=node)] if node and of_node else []
    where = f" from node {node}" if node else ""
    proof = [of_object(pod, ".status", {"reason": status.reason, "message": message}), *map(of_event, events[-1:])]
    yield code.finding(
        pod,
        world,
        f"{title(world, pod)}: pod {pod.name} was evicted{where}: {clean(message, 250) or 'no reason given'}",
        proof,
        remedies=[Remedy(text=code.fix, command=f"kubectl describe node {node}")] if node else (),
        blames=blames,
        since=since,
        certainty=code.certainty if message else 0.5,
    )
