"""The codes of volume claims (HW-PVC)."""

from __future__ import annotations

from helmward.core.nouns import Severity
from helmward.explain.codes import GROUND, Code

_WHY = "The claim has no volume, and a pod that uses it cannot start until it has one."


def _code(number: int, slug: str, fix: str, certainty: float = 0.95) -> Code:
    return Code(f"HW-PVC-{number:03}", slug, Severity.HIGH, _WHY, fix, GROUND, certainty)


NO_CLASS = _code(1, "storage-class-not-found", "Create the StorageClass, or make the claim again with one that exists.")
NO_DEFAULT = _code(
    2, "no-default-storage-class", "Name a storageClassName in the claim, or mark a StorageClass as the default."
)
FAILED = _code(3, "volume-provisioning-failed", "Mend what the provisioner's answer names.", 0.93)
SILENT = _code(4, "volume-provisioner-silent", "Install or restart the provisioner that the StorageClass names.", 0.85)
NO_VOLUME = _code(
    5, "no-matching-volume", "Create a PersistentVolume with the claim's class, size and access modes.", 0.9
)
MISSING = _code(6, "volume-claim-not-found", "Create the PersistentVolumeClaim, or correct its name in the pod.", 0.97)
LOST = _code(
    7, "volume-claim-lost", "Its PersistentVolume is gone: restore the data to a new volume and make the claim again."
)
DELETED = _code(
    8,
    "volume-claim-being-deleted",
    "Stop the pods that still use the old claim; it goes then, and make it again.",
    0.93,
)
SELECTOR = _code(
    9, "volume-claim-selector-mismatch", "Make the claim's selector and the PersistentVolume's labels agree."
)
ACCESS = _code(10, "volume-access-mode-mismatch", "Ask for an access mode that the PersistentVolume offers.")
CAPACITY = _code(
    11, "volume-capacity-mismatch", "Ask for no more than the PersistentVolume holds, or make a larger one."
)
OCCUPIED = _code(
    12,
    "volume-bound-to-another-claim",
    "Make another PersistentVolume; or, if the old claim is done with, clear the volume's claimRef.",
)
CODES = (NO_CLASS, NO_DEFAULT, FAILED, SILENT, NO_VOLUME, MISSING, LOST, DELETED, SELECTOR, ACCESS, CAPACITY, OCCUPIED)
