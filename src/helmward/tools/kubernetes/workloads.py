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
    """Every replica is replaced; what counts is how many may be away at once (spec.strategy, spec.updateStrategy)."""
    count = wanted(document)
    away = min(count, away_at_once(document, count))
    share = away / count if count else 0.0
    return Blast(
        objects=1,
        replicas_share=share,
        namespaces=1,
        text=f"replaces {count} pods, at most {away} of them away at once",
    )


def away_at_once(document: Document, count: int) -> int:
    """How many pods a rollout may take away at once. maxUnavailable: a number, or a percentage rounded down (at least 1
    where nothing may surge); the default is 25 % for a Deployment and 1 for the others (Kubernetes API, apps/v1)."""
    spec: dict[str, Any] = document.get("spec") or {}
    strategy = spec.get("strategy") or spec.get("updateStrategy") or {}
    if strategy.get("type") in ("Recreate", "OnDelete"):
        return count
    rolling = strategy.get("rollingUpdate") or {}
    default = "25%" if "strategy" in spec or document.get("kind") == "Deployment" else 1
    most = _of(rolling.get("maxUnavailable", default), count)
    surges = _of(rolling.get("maxSurge", default if default == "25%" else 0), count, up=True)
    return max(most, 0 if surges else 1)


def _of(value: Any, count: int, up: bool = False) -> int:
    text = str(value)
    if not text.endswith("%"):
        return int(text) if text.isdecimal() else 0
    share = int(text[:-1]) if text[:-1].isdecimal() else 0
    return -(-count * share // 100) if up else count * share // 100
