"""Rows of workloads: Deployment, ReplicaSet, StatefulSet, DaemonSet, Job, CronJob (printers.go of v1.34)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from helmward.watch.files.ages import time_of
from helmward.watch.files.shapes import container, integer, selector_of
from helmward.watch.files.tables.columns import Row

Document = dict[str, Any]
_OF = re.compile(r"(\d+)/(\d+)")


def _template(row: Row) -> Document:
    names, images = row.get("CONTAINERS").split(","), row.get("IMAGES").split(",")
    if not names[0]:
        return {}
    padded = [*images, *[""] * len(names)]
    return {"template": {"spec": {"containers": [container(*pair) for pair in zip(names, padded, strict=False)]}}}


def _selector(row: Row) -> Document:
    return {"selector": selector_of(text)} if (text := row.get("SELECTOR")) else {}


def _of(text: str) -> tuple[int, int]:
    match = _OF.match(text)
    return (int(match.group(1)), int(match.group(2))) if match else (0, 0)


def deployment(row: Row, now: datetime) -> Document:
    """READY is ready/desired."""
    ready, desired = _of(row.get("READY"))
    available = integer(row.get("AVAILABLE"))
    status = {
        "readyReplicas": ready,
        "updatedReplicas": integer(row.get("UP-TO-DATE")),
        "availableReplicas": available,
        "unavailableReplicas": max(0, desired - available),
        "replicas": desired,
    }
    return {"spec": {"replicas": desired, **_selector(row), **_template(row)}, "status": status}


def replica_set(row: Row, now: datetime) -> Document:
    """DESIRED, CURRENT, READY."""
    status = {"replicas": integer(row.get("CURRENT")), "readyReplicas": integer(row.get("READY"))}
    status["availableReplicas"] = status["readyReplicas"]
    return {"spec": {"replicas": integer(row.get("DESIRED")), **_selector(row), **_template(row)}, "status": status}


def stateful_set(row: Row, now: datetime) -> Document:
    """READY is ready/desired."""
    ready, desired = _of(row.get("READY"))
    status = {"readyReplicas": ready, "availableReplicas": ready, "replicas": desired}
    return {"spec": {"replicas": desired, **_template(row)}, "status": status}


def daemon_set(row: Row, now: datetime) -> Document:
    """DESIRED, CURRENT, READY, UP-TO-DATE, AVAILABLE."""
    desired, available = integer(row.get("DESIRED")), integer(row.get("AVAILABLE"))
    status = {
        "desiredNumberScheduled": desired,
        "currentNumberScheduled": integer(row.get("CURRENT")),
        "numberReady": integer(row.get("READY")),
        "updatedNumberScheduled": integer(row.get("UP-TO-DATE")),
        "numberAvailable": available,
        "numberUnavailable": max(0, desired - available),
    }
    return {"spec": {**_selector(row), **_template(row)}, "status": status}


def job(row: Row, now: datetime) -> Document:
    """STATUS (since v1.31) and COMPLETIONS."""
    succeeded, completions = _of(row.get("COMPLETIONS"))
    status: Document = {"succeeded": succeeded}
    word = row.get("STATUS")
    # The STATUS column came with v1.31; before it, a Job that is done says so by its completions alone.
    if word in ("Complete", "Failed", "Suspended") or (not word and completions and succeeded == completions):
        status["conditions"] = [{"type": word or "Complete", "status": "True"}]
    if word == "Failed":
        status["failed"] = 1
    suspended = {"suspend": True} if word == "Suspended" else {}
    return {
        "spec": {"completions": completions or None, **suspended, **_selector(row), **_template(row)},
        "status": status,
    }


def cron_job(row: Row, now: datetime) -> Document:
    """SCHEDULE, SUSPEND, LAST SCHEDULE."""
    template = _template(row)
    job = {"jobTemplate": {"spec": template}} if template else {}
    status = {"lastScheduleTime": time_of(row.get("LAST SCHEDULE"), now)} if row.get("LAST SCHEDULE") else {}
    return {"spec": {"schedule": row.get("SCHEDULE"), "suspend": row.get("SUSPEND") == "True", **job}, "status": status}
