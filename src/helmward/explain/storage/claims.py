"""Why a PersistentVolumeClaim stays Pending, told apart by its StorageClass, its Events and the volumes there are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from helmward.core.nouns import Evidence
from helmward.explain.clues.phrases import names
from helmward.explain.codes import Code
from helmward.explain.evidence import of_event, of_object
from helmward.explain.storage.codes import FAILED, NO_CLASS, NO_DEFAULT, NO_VOLUME, SILENT
from helmward.explain.storage.volumes import nearest, of_class
from helmward.world.lens import Lens
from helmward.world.objects import Object

_SOON = timedelta(seconds=3)
_RETRIES = timedelta(seconds=15)
_PROVISIONS = timedelta(minutes=1)
_NO_PROVISIONER = "kubernetes.io/no-provisioner"
_DEFAULT = ("storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class")
_SELECTED_NODE = "volume.kubernetes.io/selected-node"


class Trouble(NamedTuple):
    """Why a claim waits: a code, a sentence and the proof beside the claim itself."""

    code: Code
    sentence: str
    proof: tuple[Evidence, ...] = ()


def trouble(claim: Object, world: Lens) -> Trouble | None:
    """Why a Pending claim is not bound; None while that is as it should be."""
    age = claim.meta.creation_timestamp
    failed = _last(claim, world, "ProvisioningFailed")
    wanted = class_name(claim)
    if wanted is None:
        return _no_default(claim, world) if world.elapsed(age, _SOON) else None
    found = world.get("StorageClass", "", wanted) if wanted else None
    by_hand = found is None and of_class(wanted, world.all("PersistentVolume"))
    if wanted and found is None and not by_hand and (world.knows("StorageClass") or _says_absent(failed, wanted)):
        return _no_class(wanted, failed, world) if world.elapsed(age, _SOON) else None
    if failed is not None and world.elapsed(age, _RETRIES) and not _says_absent(failed, wanted):
        return Trouble(FAILED, f"the provisioner fails: {failed.view.message}", (of_event(failed),))
    static = wanted == "" or by_hand or (found is not None and found.view.provisioner == _NO_PROVISIONER)
    if static:
        return _no_volume(claim, found, world) if world.elapsed(age, _RETRIES) else None
    return _silent(claim, found, world) if world.elapsed(age, _PROVISIONS) else None


def class_name(claim: Object) -> str | None:
    """The claim's class; None if it names none ("" asks for a volume without class)."""
    old = (claim.meta.annotations or {}).get("volume.beta.kubernetes.io/storage-class")
    name: str | None = claim.view.spec.storage_class_name
    return name if name is not None else old


def _no_class(wanted: str, failed: Object | None, world: Lens) -> Trouble:
    there = sorted(item.name for item in world.all("StorageClass"))
    exist = f" (there are {names(there, 5)})" if there else " (there is none)" if world.knows("StorageClass") else ""
    return Trouble(NO_CLASS, f"its StorageClass {wanted} does not exist{exist}", (of_event(failed),) if failed else ())


def _no_default(claim: Object, world: Lens) -> Trouble | None:
    classes = list(world.all("StorageClass"))
    if any((item.meta.annotations or {}).get(mark) == "true" for item in classes for mark in _DEFAULT):
        return None  # the controller gives the claim the default class in a moment
    said = _last(claim, world, "FailedBinding")
    if not world.knows("StorageClass") and (said is None or "no storage class is set" not in said.view.message):
        return None
    there = f" (there are {names((item.name for item in classes), 5)})" if classes else ""
    sentence = f"it names no StorageClass and none is the default{there}"
    return Trouble(NO_DEFAULT, sentence, (of_event(said),) if said else ())


def _no_volume(claim: Object, found: Object | None, world: Lens) -> Trouble | None:
    if found is not None and found.view.volume_binding_mode == "WaitForFirstConsumer" and not _used(claim, world):
        return None
    said = _last(claim, world, "FailedBinding")
    by_hand = of_class(class_name(claim) or "", world.all("PersistentVolume"))
    if not world.knows("PersistentVolume") and said is None and not by_hand:
        return None
    size = (claim.view.spec.resources.requests or {}).get("storage") if claim.view.spec.resources else None
    volumes = list(world.all("PersistentVolume"))
    if any(_fits(claim, volume) for volume in volumes):
        return None
    near = nearest(claim, class_name(claim) or "", volumes)
    proof = (of_event(said),) if said else ()
    if near is not None:
        spec = of_object(near.volume, ".spec", near.volume.view.spec)
        labels = of_object(near.volume, ".metadata.labels", near.volume.meta.labels or {})
        return Trouble(near.code, "; ".join(misfit.says for misfit in near.misfits), (*proof, spec, labels))
    wish = f"class '{class_name(claim)}', {size or 'any size'}, {','.join(claim.view.spec.access_modes) or 'any mode'}"
    return Trouble(NO_VOLUME, f"no free PersistentVolume matches it ({wish})", proof)


def _fits(claim: Object, volume: Object) -> bool:
    """The controller binds the two in a moment; a printed claim does not say enough to tell."""
    printed = not claim.uid and claim.view.spec.resources is None
    same_class = (volume.view.spec.storage_class_name or "") == class_name(claim)
    return not printed and same_class and nearest(claim, class_name(claim) or "", [volume]) is None


def _silent(claim: Object, found: Object | None, world: Lens) -> Trouble | None:
    """Nothing but `waiting for a volume to be created …` for a minute (pv_controller.go, ExternalProvisioning)."""
    waits = found is not None and found.view.volume_binding_mode == "WaitForFirstConsumer"
    if waits and _SELECTED_NODE not in (claim.meta.annotations or {}):
        return None
    said = _last(claim, world, "ExternalProvisioning") or _last(claim, world, "Provisioning")
    if said is None and found is None:
        return None
    provisioner = found.view.provisioner if found else "its provisioner"
    proof = [of_event(said)] if said else []
    proof += [of_object(found, ".provisioner", provisioner)] if found else []
    return Trouble(SILENT, f"the provisioner {provisioner} has not made a volume for it", tuple(proof))


def _used(claim: Object, world: Lens) -> bool:
    return bool(world.users("PersistentVolumeClaim", claim.namespace, claim.name))


def _last(claim: Object, world: Lens, reason: str) -> Object | None:
    return next(iter(reversed(world.events(claim, reason))), None)


def _says_absent(failed: Object | None, wanted: str | None) -> bool:
    return failed is not None and f'storageclass.storage.k8s.io "{wanted}" not found' in failed.view.message


def claim_names(pod: Object) -> Iterator[str]:
    """The claims a pod's volumes name."""
    for volume in pod.view.spec.volumes:
        if volume.persistent_volume_claim is not None:
            yield volume.persistent_volume_claim.claim_name
