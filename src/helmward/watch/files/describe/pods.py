"""A described pod."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from helmward.core.times import format_time
from helmward.watch.files.clock import described_time
from helmward.watch.files.describe.containers import statuses
from helmward.watch.files.describe.podspec import pod_spec
from helmward.watch.files.describe.tree import Node


def pod(root: Node, now: datetime) -> dict[str, Any]:
    """Specification and status of a pod."""
    node, _, host = root.get("Node").partition("/")
    spec = pod_spec(root)
    status: dict[str, Any] = {"phase": _phase(root), "conditions": _conditions(root)}
    if node:
        spec["nodeName"] = node
        status["hostIP"] = host
    for title, field in (("Reason", "reason"), ("Message", "message"), ("IP", "podIP"), ("QoS Class", "qosClass")):
        if value := root.get(title):
            status[field] = value
    if (started := described_time(root.get("Start Time"))) is not None:
        status["startTime"] = format_time(started)
    for title, field in (("Containers", "containerStatuses"), ("Init Containers", "initContainerStatuses")):
        if found := statuses(root.under(title)):
            status[field] = found
    return {"spec": spec, "status": status}


def _phase(root: Node) -> str:
    """The phase; of a pod that terminates kubectl prints only that, and it runs until its containers have ended."""
    word = root.get("Status").partition(" ")[0]
    return "Running" if word == "Terminating" else word


def _conditions(root: Node) -> list[dict[str, str]]:
    rows = (node.text.split() for node in root.under("Conditions"))
    return [{"type": row[0], "status": row[1]} for row in rows if len(row) == 2 and row[0] != "Type"]
