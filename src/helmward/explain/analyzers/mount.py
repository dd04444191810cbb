"""Pods whose containers are not made because a volume cannot be attached or mounted, or the sandbox cannot be made."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar

from helmward.core.nouns import Finding, Resource
from helmward.explain.analyzer import analyzer
from helmward.explain.clues import suspects
from helmward.explain.clues.phrases import look, resource
from helmward.explain.clues.pods import containers, healthy, title
from helmward.explain.codes import Code
from helmward.explain.configuration.missing import complaints
from helmward.explain.evidence import clean, of_event
from helmward.explain.storage.mount_codes import ATTACH, CODES, DENIED, FAILED, SANDBOX
from helmward.world.lens import Lens
from helmward.world.objects import Object

_SETTLES = timedelta(seconds=20)  # a mount is tried again after half a second, then ever later
_STALE = timedelta(minutes=10)
# Kubelet pkg/kubelet/events/event.go; the attach-detach controller writes FailedAttachVolume.
_REASONS: dict[str, Code] = {
    "FailedMount": FAILED,
    "FailedMapVolume": FAILED,
    "FailedAttachVolume": ATTACH,
    "FailedCreatePodSandBox": SANDBOX,
}
_DENIED = re.compile(r"permission denied|access denied|operation not permitted", re.I)
_VOLUME = re.compile(r"for volume \"([^\"]+)\"")
# That it still waits says less than why.
_WAITS = re.compile(r"timed out waiting for the condition|unmounted volumes=")


@analyzer
class Mount:
    """Reads the last complaint about volumes and sandbox of pods that wait for their containers to be made."""

    watches: ClassVar[tuple[str, ...]] = ("Pod",)
    reads: ClassVar[tuple[str, ...]] = ("Pod", "Event", *suspects.READS)
    codes: ClassVar[tuple[Code, ...]] = CODES

    def examine(self, pod: Object, world: Lens) -> Iterator[Finding]:
        """A finding for the last failure; a ConfigMap or Secret that lacks is another analyzer's."""
        if healthy(pod) or pod.meta.deletion_timestamp or not _waits(pod):
            return
        events = [event for event in world.events(pod) if event.view.reason in _REASONS]
        if not events or any(complaint.reference for complaint in complaints(pod, world)):
            return
        telling = [event for event in events if not _WAITS.search(event.view.message)] or events
        event = telling[-1]
        recent = not event.view.last_seen or world.recent(event.view.last_seen, _STALE)
        if recent and world.elapsed(pod.meta.creation_timestamp, _SETTLES):
            yield _finding(pod, event, world)


def _waits(pod: Object) -> bool:
    if pod.view.status.phase != "Pending" or (not pod.view.spec.node_name and pod.view.spec.containers and pod.uid):
        return False
    reasons = {each.waiting.reason for each in containers(pod) if each.waiting is not None}
    return reasons <= {"ContainerCreating", "PodInitializing", ""}


def _finding(pod: Object, event: Object, world: Lens) -> Finding:
    said = event.view.message
    code = _REASONS[event.view.reason]
    if code is FAILED and _DENIED.search(said):
        code = DENIED
    volume = _VOLUME.search(said)
    what = "its sandbox cannot be made" if code is SANDBOX else "a volume cannot be mounted"
    if volume is not None:
        what = f"the volume {volume.group(1)} cannot be {'attached' if code is ATTACH else 'mounted'}"
    message = f'{title(world, pod)}: {what}: "{clean(said, 220)}"'
    return code.finding(
        pod, world, message, [of_event(event)], remedies=[look(pod, code.fix)], blames=_blames(pod, volume, code),
        since=event.view.first_timestamp,
    )  # fmt: skip


def _blames(pod: Object, volume: re.Match[str] | None, code: Code) -> list[Resource]:
    """The node, for a sandbox; the claim of the volume, where the pod's specification names it."""
    node = pod.view.spec.node_name
    if code is SANDBOX:
        return [resource("Node", "", node)] if node else []
    name = volume.group(1) if volume is not None else ""
    return [
        resource("PersistentVolumeClaim", pod.namespace, each.persistent_volume_claim.claim_name)
        for each in pod.view.spec.volumes
        if each.name == name and each.persistent_volume_claim is not None
    ]
