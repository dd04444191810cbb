"""Workloads, as the tools that roll them out and scale them see them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from helmward.core.errors import DeniedError, UsageError
from helmward.core.plans import Blast
from helmward.core.times import parse_time
from helmward.door.tool import NAME, Namespaced, Planning, Settled
from helmward.tools.kubernetes.dependents import dependents, pod_labels
from helmward.tools.kubernetes.objects import Document, resource_of
from helmward.world.kinds import KINDS, Kind

ROLLED = ("Deployment", "StatefulSet", "DaemonSet")
"""Kinds that roll a template out (kubectl rollout)."""


_MARK = "f:helmward.dev/action"
"""How managedFields name the annotation that each of our writes leaves."""

SOON = 120.0
"""Seconds that anything may take."""

_EACH, _LONGEST = 30.0, 3600.0  # seconds for one more replica: to be scheduled, pull its image and become ready


class WorkloadArguments(Namespaced):
    """Names a workload."""

    kind: Literal["Deployment", "StatefulSet", "DaemonSet"] = Field(
        default="Deployment", description="Deployment, StatefulSet or DaemonSet."
    )
    name: str = Field(pattern=NAME, max_length=253, description="The workload's name.")

    @property
    def known_kind(self) -> Kind:
        """The kind with its API."""
        return KINDS[self.kind]


def wanted(document: Document) -> int:
    """How many replicas are wanted. Kubernetes takes 1 where `spec.replicas` is absent."""
    if document.get("kind") == "DaemonSet" or "desiredNumberScheduled" in (document.get("status") or {}):
        return int((document.get("status") or {}).get("desiredNumberScheduled", 0))
    replicas = (document.get("spec") or {}).get("replicas")
    return 1 if replicas is None else int(replicas)


def patience(count: int) -> float:
    """Seconds that so many replicas may take to start, one after the other."""
    return min(_LONGEST, SOON + _EACH * count)


def rolled_out(document: Document) -> Settled:
    """Is the latest template everywhere, and available? As `kubectl rollout status` decides
    (k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go)."""
    status: dict[str, Any] = document.get("status") or {}
    if _unseen(document):
        return Settled(state="pending", text="the controller has not seen it yet")
    if _exceeded(document):
        return Settled(state="no", text="the rollout exceeded its progress deadline")
    count = wanted(document)
    updated = status.get("updatedReplicas", status.get("updatedNumberScheduled", 0)) or 0
    available = status.get("availableReplicas", status.get("numberAvailable", 0)) or 0
    total = status.get("replicas", updated) or 0
    held = _partition(document)
    if updated < count - held or available < count or (total > updated and not held):
        return Settled(state="pending", text=f"{updated} of {count} replicas updated, {available} available")
    # A StatefulSet names both revisions; its counts alone are of whichever template it saw last.
    if not held and count and status.get("updateRevision") != status.get("currentRevision"):
        return Settled(state="pending", text=f"the StatefulSet still moves to {status.get('updateRevision')}")
    return Settled(state="yes", text=f"all {count} replicas run it and are available")


def scaled(document: Document) -> Settled:
    """Are as many replicas there and ready as are wanted?"""
    status: dict[str, Any] = document.get("status") or {}
    if _unseen(document):
        return Settled(state="pending", text="the controller has not seen it yet")
    count = wanted(document)
    there, ready = status.get("replicas") or 0, status.get("readyReplicas") or 0
    if there != count or ready != count:
        return Settled(state="pending", text=f"{count} replicas wanted, {there} there, {ready} ready")
    return Settled(state="yes", text=f"{count} replicas are wanted and ready")


def is_ready(pod: Document) -> bool:
    """Is the pod ready, and to stay?"""
    conditions = (pod.get("status") or {}).get("conditions") or ()
    ready = any(item.get("type") == "Ready" and item.get("status") == "True" for item in conditions)
    return ready and not pod.get("metadata", {}).get("deletionTimestamp")


def must_roll(document: Document) -> None:
    """Raises UsageError where a new template would not be rolled out."""
    spec, name = document.get("spec") or {}, document.get("metadata", {}).get("name", "")
    kind = document.get("kind", "workload")
    if spec.get("paused"):
        raise UsageError(
            f"The rollout of {kind} {name} is paused, so nothing would happen; "
            "resume it first (kubectl rollout resume)."
        )
    if (spec.get("updateStrategy") or {}).get("type") == "OnDelete":
        raise UsageError(
            f"{kind} {name} replaces a pod only when that is deleted (updateStrategy OnDelete); delete its pods instead."
        )


def keep_volumes(document: Document, replicas: int) -> None:
    """Raises DeniedError where fewer replicas would delete volumes: nobody brings back what was on them."""
    policy = (document.get("spec") or {}).get("persistentVolumeClaimRetentionPolicy") or {}
    if policy.get("whenScaled") == "Delete" and replicas < wanted(document):
        name = document.get("metadata", {}).get("name", "")
        raise DeniedError(
            f"StatefulSet {name} deletes the volumes of replicas that are scaled away "
            "(persistentVolumeClaimRetentionPolicy), which could not be undone; set whenScaled to Retain first."
        )


def rollout_blast(document: Document, given: Planning) -> Blast:
    """Every replica is replaced; what counts is how many of the ready ones are away at once."""
    kind = KINDS[document.get("kind", "Deployment")]
    meta = document["metadata"]
    whom = dependents(given.world, meta["namespace"], pod_labels(document), str(resource_of(kind, document)))
    share, text = rollout_share(document)
    return Blast(replicas_share=share, text=f"{text}; {whom}" if whom else text)


def rollout_share(document: Document) -> tuple[float, str]:
    """The share (0..1) of the ready pods that a rollout takes away at once, and how it goes, in words."""
    status: dict[str, Any] = document.get("status") or {}
    count, ready = wanted(document), status.get("readyReplicas", status.get("numberReady", 0)) or 0
    if _strategy(document).get("type") == "Recreate":
        return (1.0 if ready else 0.0), f"stops all {count} pods at once, and then starts new ones"
    away = min(ready, _away_at_once(document, count))
    if not ready:
        return 0.0, f"replaces {count} pods, of which none is ready"
    if not away:
        return 0.0, f"replaces {count} pods in turn, each once another one is ready"
    return away / ready, f"replaces {count} pods, at most {away} of {ready} ready ones away at once"


def _away_at_once(document: Document, count: int) -> int:
    """How many pods a rollout may take away at once. maxUnavailable: a number, or a percentage rounded down (at least 1
    where nothing may surge); the default is 25 % for a Deployment and 1 for the others (Kubernetes API, apps/v1)."""
    rolling, deploys = _strategy(document).get("rollingUpdate") or {}, document.get("kind") == "Deployment"
    most = _share(rolling.get("maxUnavailable", "25%" if deploys else 1), count)
    surges = _share(rolling.get("maxSurge", "25%" if deploys else 0), count, up=True)
    return max(most, 0 if surges else 1)


def _strategy(document: Document) -> dict[str, Any]:
    spec = document.get("spec") or {}
    return spec.get("strategy") or spec.get("updateStrategy") or {}


def _share(value: Any, count: int, up: bool = False) -> int:
    """An IntOrString of `count`: percentages are rounded down, or up for a surge."""
    text = str(value)
    if not text.endswith("%"):
        return int(text) if text.isdecimal() else 0
    percent = int(text[:-1]) if text[:-1].isdecimal() else 0
    return -(-count * percent // 100) if up else count * percent // 100


def _unseen(document: Document) -> bool:
    seen = (document.get("status") or {}).get("observedGeneration", 0) or 0
    return bool(seen < document.get("metadata", {}).get("generation", 0))


def _exceeded(document: Document) -> bool:
    """Has the rollout exceeded its deadline since we wrote? The condition of the one before stays until pods progress."""
    conditions = (document.get("status") or {}).get("conditions") or ()
    found = [one for one in conditions if one.get("type") == "Progressing"]
    if not found or found[0].get("reason") != "ProgressDeadlineExceeded":
        return False
    since, written = parse_time(found[0].get("lastUpdateTime")), _written(document)
    return since is None or written is None or since > written


def _written(document: Document) -> datetime | None:
    """When the writer of our mark last wrote the object, by its managedFields."""
    entries = document.get("metadata", {}).get("managedFields") or ()
    ours = [entry for entry in entries if _MARK in str(entry.get("fieldsV1"))]
    return max(filter(None, (parse_time(entry.get("time")) for entry in ours)), default=None)


def _partition(document: Document) -> int:
    """How many replicas of a StatefulSet keep the template from before (updateStrategy.rollingUpdate.partition)."""
    strategy = (document.get("spec") or {}).get("updateStrategy") or {}
    return int((strategy.get("rollingUpdate") or {}).get("partition") or 0)
