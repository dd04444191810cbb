"""Workloads, as the tools that roll them out and scale them see them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from helmward.core.plans import Blast
from helmward.door.tool import NAME, Namespaced, Settled
from helmward.tools.kubernetes.objects import Document
from helmward.world.kinds import KINDS, Kind

ROLLED = ("Deployment", "StatefulSet", "DaemonSet")
"""Kinds that roll a template out (kubectl rollout)."""


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


def rolled_out(document: Document) -> Settled:
    """Is the latest template everywhere, and available? As `kubectl rollout status` decides
    (k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go)."""
    status: dict[str, Any] = document.get("status") or {}
    if status.get("observedGeneration", 0) < document.get("metadata", {}).get("generation", 0):
        return Settled(state="pending", text="the controller has not seen it yet")
    for condition in status.get("conditions") or ():
        if condition.get("type") == "Progressing" and condition.get("reason") == "ProgressDeadlineExceeded":
            return Settled(state="no", text="the rollout exceeded its progress deadline")
    count = wanted(document)
    updated = status.get("updatedReplicas", status.get("updatedNumberScheduled", 0)) or 0
    available = status.get("availableReplicas", status.get("numberAvailable", 0)) or 0
    total = status.get("replicas", updated) or 0
    if updated < count or available < count or total > updated:
        return Settled(state="pending", text=f"{updated} of {count} replicas updated, {available} available")
    return Settled(state="yes", text=f"all {count} replicas run it and are available")


def rollout_blast(document: Document) -> Blast:
    """Every replica is replaced, one after the other."""
    count = wanted(document)
    return Blast(objects=1, replicas_share=1.0 if count else 0.0, namespaces=1, text=f"replaces {count} pods in turn")
