"""Described workloads: Deployment, ReplicaSet, StatefulSet, DaemonSet, Job, CronJob."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from helmward.core.times import format_time
from helmward.watch.files.clock import described_time
from helmward.watch.files.describe.podspec import pod_spec
from helmward.watch.files.describe.tree import Node
from helmward.watch.files.shapes import integer, labels_of, selector_of

_COUNT = re.compile(r"(\d+) (\w+)")
_GAP = re.compile(r"\s{2,}")
Document = dict[str, Any]


def deployment(root: Node, now: datetime) -> Document:
    """`Replicas:  3 desired | 3 updated | 3 total | 1 available | 2 unavailable`."""
    counts = _counts(root.get("Replicas"))
    status: Document = {
        "replicas": counts.get("total", 0),
        "updatedReplicas": counts.get("updated", 0),
        "availableReplicas": counts.get("available", 0),
        "unavailableReplicas": counts.get("unavailable", 0),
        "conditions": conditions(root),
    }
    spec = {"replicas": counts.get("desired"), "minReadySeconds": integer(root.get("MinReadySeconds"))}
    return {"spec": {**spec, **_made_of(root)}, "status": status}


def replica_set(root: Node, now: datetime) -> Document:
    """`Replicas:  3 current / 3 desired`."""
    counts = _counts(root.get("Replicas"))
    status = {"replicas": counts.get("current", 0), "conditions": conditions(root)}
    return {"spec": {"replicas": counts.get("desired"), **_made_of(root)}, "status": status}


def stateful_set(root: Node, now: datetime) -> Document:
    """`Replicas:  3 desired | 3 total`, and the claims it makes."""
    counts = _counts(root.get("Replicas"))
    claims = [{"metadata": {"name": node.value}} for node in root.under("Volume Claims") if node.key == "Name"]
    spec = {"replicas": counts.get("desired"), **_made_of(root), **({"volumeClaimTemplates": claims} if claims else {})}
    return {"spec": spec, "status": {"replicas": counts.get("total", 0)}}


def daemon_set(root: Node, now: datetime) -> Document:
    """`Desired Number of Nodes Scheduled: 3` and its likes."""
    desired = integer(root.get("Desired Number of Nodes Scheduled"))
    available = integer(root.get("Number of Nodes Scheduled with Available Pods"))
    status = {
        "desiredNumberScheduled": desired,
        "currentNumberScheduled": integer(root.get("Current Number of Nodes Scheduled")),
        "updatedNumberScheduled": integer(root.get("Number of Nodes Scheduled with Up-to-date Pods")),
        "numberAvailable": available,
        "numberUnavailable": max(0, desired - available),
        "numberMisscheduled": integer(root.get("Number of Nodes Misscheduled")),
    }
    return {"spec": _made_of(root), "status": status}


def job(root: Node, now: datetime) -> Document:
    """`Pods Statuses:  1 Active (0 Ready) / 0 Succeeded / 3 Failed`."""
    counts = _counts(root.get("Pods Statuses"))
    status: Document = {field: counts.get(field, 0) for field in ("active", "succeeded", "failed")}
    for title, field in (("Start Time", "startTime"), ("Completed At", "completionTime")):
        if (moment := described_time(root.get(title))) is not None:
            status[field] = format_time(moment)
    if "completionTime" in status:
        # The job controller sets completionTime when, and only when, it sets this condition.
        status["conditions"] = [{"type": "Complete", "status": "True"}]
    spec = {
        "completions": _optional(root.get("Completions")),
        "parallelism": _optional(root.get("Parallelism")),
        "backoffLimit": _optional(root.get("Backoff Limit")),
        "suspend": root.get("Suspend") == "true",
    }
    return {"spec": {**spec, **_made_of(root)}, "status": status}


def cron_job(root: Node, now: datetime) -> Document:
    """The schedule and the Job's template."""
    spec = {"schedule": root.get("Schedule"), "suspend": root.get("Suspend") == "True"}
    status: Document = {}
    if (last := described_time(root.get("Last Schedule Time"))) is not None:
        status["lastScheduleTime"] = format_time(last)
    return {"spec": {**spec, "jobTemplate": {"spec": {"template": _template(root)}}}, "status": status}


def guessed(kind: str, root: Node) -> Document | None:
    """What a workload's running pods suggest of how many are ready, for want of a better source; None if nothing."""
    counts = _counts(root.get("Pods Status"))
    running = counts.get("running", 0)
    match kind:
        case "Deployment":
            return {"status": {"readyReplicas": _counts(root.get("Replicas")).get("available", 0)}}
        case "ReplicaSet" | "StatefulSet":
            return {"status": {"readyReplicas": running, "availableReplicas": running}}
        case "DaemonSet":
            return {"status": {"numberReady": running}}
    return None


def conditions(root: Node) -> list[dict[str, str]]:
    """The rows of a `Type  Status  Reason` table."""
    rows = (_GAP.split(node.text.strip()) for node in root.under("Conditions"))
    found = (row for row in rows if len(row) >= 2 and row[0] not in ("Type", "----"))
    return [dict(zip(("type", "status", "reason"), row, strict=False)) for row in found]


def _made_of(root: Node) -> Document:
    selector = root.get("Selector")
    return {"template": _template(root), **({"selector": selector_of(selector)} if selector else {})}


def _template(root: Node) -> Document:
    node = root.child("Pod Template")
    if node is None:
        return {}
    labels = labels_of(",".join(node.pairs("Labels")))
    return {"metadata": {"labels": labels}, "spec": pod_spec(node)}


def _counts(text: str) -> dict[str, int]:
    return {word.lower(): integer(number) for number, word in _COUNT.findall(text)}


def _optional(text: str) -> int | None:
    return integer(text) if text.isdecimal() else None
