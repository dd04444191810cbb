"""Volume claims that are not bound, lost or missing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar

from helmward.core.nouns import Change, Evidence, Finding, Remedy
from helmward.explain.analyzer import analyzer
from helmward.explain.clues import suspects
from helmward.explain.clues.phrases import look, names, newest, resource
from helmward.explain.clues.pods import title
from helmward.explain.codes import Code
from helmward.explain.evidence import of_change, of_object
from helmward.explain.scheduling.verdict import verdict
from helmward.explain.storage.claims import claim_names, trouble
from helmward.explain.storage.codes import CODES, DELETED, LOST, MISSING
from helmward.world.lens import Lens
from helmward.world.objects import Object

_SETTLES = timedelta(seconds=3)
_GO_TOO = timedelta(seconds=10)  # a busy controller takes its time to delete the pods that used a deleted claim


@analyzer
class Claim:
    """Reads each claim's phase, class, Events and volumes, and looks for pods that name a claim that is not there."""

    watches: ClassVar[tuple[str, ...]] = ("PersistentVolumeClaim", "Pod")
    reads: ClassVar[tuple[str, ...]] = (
        "PersistentVolumeClaim", "PersistentVolume", "StorageClass", "Pod", "Event", "ServiceAccount", *suspects.READS,
    )  # fmt: skip
    codes: ClassVar[tuple[Code, ...]] = CODES

    def examine(self, item: Object, world: Lens) -> Iterator[Finding]:
        """Why a claim has no volume, or why a waiting pod has no claim."""
        if item.kind.name == "Pod":
            if (
                not item.view.spec.node_name
                and item.view.status.phase == "Pending"
                and not item.meta.deletion_timestamp
            ):
                yield from _of_pod(item, world)
        elif item.view.status.phase == "Lost":
            yield _lost(item, world)
        elif item.view.status.phase == "Pending" and not item.meta.deletion_timestamp:
            yield from _pending(item, world)


def _pending(claim: Object, world: Lens) -> Iterator[Finding]:
    found = trouble(claim, world)
    if found is None:
        return
    users = world.users("PersistentVolumeClaim", claim.namespace, claim.name)
    used = f"; {names(user.name for user in users)} wait{'s' * (len(users) == 1)} for it" if users else ""
    changes = suspects.of_workload(world, claim, None, r"^$|^spec\.")
    proof = [*found.proof, of_object(claim, ".spec", claim.view.spec), of_object(claim, ".status.phase", "Pending")]
    message = f"{claim.name}: Pending: {found.sentence}{used}"
    yield found.code.finding(
        claim, world, message, [*proof, *map(of_change, changes[:1])], changed=newest(changes),
        remedies=[look(claim, found.code.fix)], since=claim.meta.creation_timestamp,
    )  # fmt: skip


def _lost(claim: Object, world: Lens) -> Finding:
    volume = claim.view.spec.volume_name
    message = f"{claim.name}: Lost: its PersistentVolume {volume or '(unnamed)'} does not exist any more"
    proof = [of_object(claim, ".status.phase", "Lost"), of_object(claim, ".spec.volumeName", volume or "")]
    return LOST.finding(claim, world, message, proof, remedies=[look(claim, LOST.fix)])


def _of_pod(pod: Object, world: Lens) -> Iterator[Finding]:
    for name in claim_names(pod):
        claim = world.get("PersistentVolumeClaim", pod.namespace, name)
        said = verdict(pod, world)
        named = f'persistentvolumeclaim "{name}"' in said.message if said else False
        if said is not None and not named:
            continue  # the scheduler still has another reason, or has not looked since the claim went
        if claim is None and (world.knows("PersistentVolumeClaim") or named):
            code, what = MISSING, f"there is no PersistentVolumeClaim {name} in {pod.namespace}"
        elif claim is not None and claim.meta.deletion_timestamp:
            code, what = DELETED, f"its PersistentVolumeClaim {name} is being deleted"
        else:
            continue
        gone = _deletion(world, pod.namespace, name)
        went = claim.meta.deletion_timestamp if claim is not None else gone.time if gone is not None else None
        # A claim that goes with the pods that used it is no fault.
        if world.elapsed(pod.meta.creation_timestamp, _SETTLES) and world.elapsed(went, _GO_TOO):
            yield _finding(code, pod, name, what, said.proof if said else (), gone, world)


def _deletion(world: Lens, namespace: str, name: str) -> Change | None:
    """The change by which the claim went, if we saw it and it has not come again."""
    last = next(iter(reversed(world.changes_of("PersistentVolumeClaim", namespace, name))), None)
    return last if last is not None and not last.path and last.after == '"deleted"' else None


def _finding(
    code: Code, pod: Object, name: str, what: str, said: tuple[Evidence, ...], gone: Change | None, world: Lens
) -> Finding:
    changes = suspects.of_workload(world, pod, pod.meta.creation_timestamp, r"\.volumes")
    changes = [gone, *changes] if gone is not None else changes
    proof = [*said, of_object(pod, ".spec.volumes[*].persistentVolumeClaim.claimName", name)]
    command = f"kubectl -n {pod.namespace} get pvc"
    return code.finding(
        pod, world, f"{title(world, pod)}: {what}", [*proof, *map(of_change, changes[:1])],
        changed=newest(changes),
        remedies=[Remedy(text=code.fix, command=command)],
        blames=[resource("PersistentVolumeClaim", pod.namespace, name)], since=pod.meta.creation_timestamp, key=name,
    )  # fmt: skip
