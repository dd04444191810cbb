"""Revisions of a Deployment: the hash of a template, and the annotations its ReplicaSets carry."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from helmward.lab.embedded.bodies import ALPHABET, Body, at, meta

REVISION = "deployment.kubernetes.io/revision"
HISTORY = "deployment.kubernetes.io/revision-history"
DESIRED = "deployment.kubernetes.io/desired-replicas"
MAXIMUM = "deployment.kubernetes.io/max-replicas"
HASH = "pod-template-hash"
# What a ReplicaSet does not take over from its Deployment (deployment_util.go: annotationsToSkip).
_OWN = (
    "kubectl.kubernetes.io/last-applied-configuration",
    REVISION,
    HISTORY,
    DESIRED,
    MAXIMUM,
    "deprecated.deployment.rollback.to",
)
_SORTED = msgspec.json.Encoder(order="deterministic")


def template_hash(template: Body, collisions: int) -> str:
    """A name for a pod template, of the form of Kubernetes' own (FNV-1a, 32 bit, safely encoded)."""
    value = 0x811C9DC5
    for byte in _SORTED.encode(template) + (str(collisions).encode() if collisions else b""):
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return "".join(ALPHABET[ord(digit) % len(ALPHABET)] for digit in str(value))


def same_template(one: Body, other: Body) -> bool:
    """Equality but for the hash label (EqualIgnoreHash)."""
    return _without_hash(one) == _without_hash(other)


def _without_hash(template: Body) -> Body:
    metadata = dict(template.get("metadata") or {})
    labels = {key: value for key, value in (metadata.pop("labels", None) or {}).items() if key != HASH}
    metadata = {key: value for key, value in metadata.items() if value}
    return {"metadata": metadata, "labels": labels, "spec": template.get("spec")}


def revision(body: Body) -> int:
    """The revision an object carries, 0 for none."""
    text = (meta(body).get("annotations") or {}).get(REVISION, "0")
    return int(text) if text.isdecimal() else 0


def highest(sets: Sequence[Body]) -> int:
    """The highest revision among the sets."""
    return max(map(revision, sets), default=0)


def annotated(deployment: Body, replica_set: Body, number: int, surge: int) -> dict[str, str]:
    """The annotations the new ReplicaSet is to carry at revision `number` (SetNewReplicaSetAnnotations)."""
    kept: dict[str, str] = dict(meta(replica_set).get("annotations") or {})
    theirs = meta(deployment).get("annotations") or {}
    kept |= {key: value for key, value in theirs.items() if key not in _OWN}
    before = revision(replica_set)
    if before < number:
        if before:
            kept[HISTORY] = ",".join(part for part in (kept.get(HISTORY), str(before)) if part)
        kept[REVISION] = str(number)
    replicas = at(deployment, "spec", "replicas")
    return kept | {DESIRED: str(replicas), MAXIMUM: str(replicas + surge)}
