"""What a patch may not touch, whoever wrote it: secrets, rights, what servers write, and what could not be undone."""

from __future__ import annotations

from helmward.core.errors import DeniedError
from helmward.core.plans import FieldChange
from helmward.core.pointers import steps_of
from helmward.tools.kubernetes.change import ACTION
from helmward.tools.kubernetes.objects import Document
from helmward.tools.kubernetes.workloads import keep_volumes
from helmward.world.kinds import Kind

_CLOSED_GROUPS = {
    "rbac.authorization.k8s.io": "who may do what",
    "authorization.k8s.io": "who may do what",
    "authentication.k8s.io": "who is who",
    "certificates.k8s.io": "who is who",
    "admissionregistration.k8s.io": "what may be written",
    "apiextensions.k8s.io": "which kinds there are",
    "apiregistration.k8s.io": "which kinds there are",
}
_ONE_WAY = (
    ("PersistentVolumeClaim", "/spec/resources", "a volume that has grown does not shrink again"),
    ("Job", "/spec", "what a Job has done stays done"),
    ("StatefulSet", "/spec/persistentVolumeClaimRetentionPolicy", "it decides which volumes are deleted"),
    ("Pod", "/spec", "most of a pod's specification cannot be set back"),
)
"""Kind, path, and why a change there cannot be undone."""


def refuse_kind(kind: Kind) -> None:
    """Raises DeniedError for a kind that is not patched."""
    if kind.group == "" and kind.name == "Secret":
        raise DeniedError("Secrets are not patched: no plan may hold what is in them.")
    if kind.group == "" and kind.name == "Namespace":
        raise DeniedError("A Namespace is not patched: its labels decide what may run and who may act there.")
    if why := _CLOSED_GROUPS.get(kind.group):
        raise DeniedError(f"A {kind.name} is not patched: it decides {why}; change it by hand.")


def refuse_change(kind: Kind, document: Document, change: FieldChange) -> None:
    """Raises DeniedError, naming the path, for a change that is not made by a patch."""
    steps = steps_of(change.path)
    if steps[0] in ("apiVersion", "kind", "status"):
        raise DeniedError(f"{change.path}: {steps[0]} is not patched; controllers and servers write it.")
    if steps[0] == "metadata" and (len(steps) < 2 or steps[1] not in ("labels", "annotations")):
        raise DeniedError(f"{change.path}: of metadata only labels and annotations are patched.")
    if steps[0] == "metadata" and steps[-1] == ACTION:
        raise DeniedError(f"{change.path}: this mark is Helmward's own.")
    for name, path, why in _ONE_WAY:
        if kind.name == name and (change.path + "/").startswith(path + "/"):
            raise DeniedError(f"{change.path} of a {name} is not patched, since that could not be undone: {why}.")
    if kind.name == "StatefulSet" and change.path == "/spec/replicas":
        keep_volumes(document, change.after if isinstance(change.after, int) else 1)
