"""ConfigMaps, Secrets, keys and ServiceAccounts that a workload refers to and that are not there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar

from helmward.core.nouns import Evidence, Finding, Severity
from helmward.explain.analyzer import analyzer
from helmward.explain.clues import suspects
from helmward.explain.clues.pods import condition_since, containers, healthy
from helmward.explain.clues.references import Reference, references
from helmward.explain.codes import Code
from helmward.explain.configuration import codes as config_codes
from helmward.explain.configuration import findings, missing
from helmward.explain.configuration.missing import Complaint
from helmward.explain.evidence import of_object
from helmward.explain.workloads import creation
from helmward.world.lens import Lens
from helmward.world.objects import Object

# The kubelet says what lacks within a second or two; a manifest applied before its ConfigMap is mended as fast.
_POD_MAY_WAIT = timedelta(seconds=10)
_TEMPLATE_MAY_WAIT = timedelta(seconds=30)
_TEMPLATES = ("Deployment", "StatefulSet", "DaemonSet", "CronJob")
_PULL_FAILS = frozenset({"ErrImagePull", "ImagePullBackOff"})


@analyzer
class Configuration:
    """Reads the kubelet's words, and the spec before the kubelet says any."""

    watches: ClassVar[tuple[str, ...]] = ("Pod", *_TEMPLATES, "ReplicaSet", "Job")
    reads: ClassVar[tuple[str, ...]] = ("Pod", "Event", "ServiceAccount", *creation.READS, *suspects.READS)
    codes: ClassVar[tuple[Code, ...]] = config_codes.CODES

    def examine(self, item: Object, world: Lens) -> Iterator[Finding]:
        """One finding for each thing that lacks."""
        if item.kind.name == "Pod":
            if not healthy(item) and not item.meta.deletion_timestamp and item.view.status.phase != "Failed":
                yield from _of_pod(item, world)
            return
        if item.kind.name in _TEMPLATES:
            yield from _of_template(item, world)
        if item.kind.name not in ("Deployment", "CronJob"):
            yield from findings.account(item, world)


def _of_pod(pod: Object, world: Lens) -> Iterator[Finding]:
    since = condition_since(pod, "ContainersReady")
    told = False
    for complaint in missing.complaints(pod, world):
        told = True
        reference = complaint.reference
        if reference is None:
            unnamed = _unnamed(pod, complaint, world)
            for lacking in unnamed:
                yield findings.absent(pod, lacking, [complaint.evidence, _spec_says(pod, lacking)], since, world)
            if not unnamed:
                yield findings.other(pod, complaint, since, world)
        elif not missing.is_there(reference, pod.namespace, world):  # else it was mended, and the kubelet will see
            yield findings.absent(pod, reference, [complaint.evidence], since, world)
    if not told and _has_not_started(pod):
        for reference in missing.absent(pod, world):
            change = missing.cause(reference, pod, since, world)
            if world.elapsed(missing.since_when(pod, change), _POD_MAY_WAIT):
                yield findings.absent(pod, reference, [_spec_says(pod, reference)], since, world)
    if any(container.waiting and container.waiting.reason in _PULL_FAILS for container in containers(pod)):
        yield from findings.pull_secrets(pod, Severity.MEDIUM, world)


def _unnamed(pod: Object, complaint: Complaint, world: Lens) -> list[Reference]:
    """What a container lacks where the kubelet's message is not here."""
    if complaint.message:
        return []
    found = [lacking for lacking in missing.absent(pod, world) if lacking.container == complaint.container]
    if found:
        return found
    # Every object is there; a key of the only one whose keys nobody knows lacks, or nothing can be told.
    mine = [each for each in references(pod.view.spec) if each.container == complaint.container and each.key]
    unsure = [each for each in mine if missing.is_there(each, pod.namespace, world) is None]
    held = all(world.get(each.kind, pod.namespace, each.name) is not None for each in unsure)
    return unsure if len(unsure) == 1 and held else []


def _has_not_started(pod: Object) -> bool:
    """It waits for its node's kubelet to make its containers."""
    waiting = [container.waiting for container in containers(pod)]
    return pod.view.status.phase == "Pending" and all(
        state is not None and state.reason in ("ContainerCreating", "PodInitializing") for state in waiting
    )


def _of_template(workload: Object, world: Lens) -> Iterator[Finding]:
    """What the next pod of a workload will lack, as long as none of its pods says so itself."""
    lacking = missing.absent(workload, world)
    if lacking and not any(not healthy(pod) for pod in _pods(workload, world)):
        for reference in lacking:
            change = missing.cause(reference, workload, None, world)
            if world.elapsed(missing.since_when(workload, change), _TEMPLATE_MAY_WAIT):
                since = change.time if change else None
                yield findings.absent(workload, reference, [_spec_says(workload, reference)], since, world)
    yield from findings.pull_secrets(workload, Severity.INFO, world)


def _pods(workload: Object, world: Lens) -> Iterator[Object]:
    makers = [workload]
    for kind in {"Deployment": ("ReplicaSet",), "CronJob": ("Job",)}.get(workload.kind.name, ()):
        makers = world.owned(workload, kind)
    for maker in makers:
        yield from world.owned(maker, "Pod")


def _spec_says(item: Object, reference: Reference) -> Evidence:
    template = "" if item.kind.name == "Pod" else ".spec.template"
    return of_object(item, f"{template}.spec.{reference.place}", reference.what)
