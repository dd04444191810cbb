"""A row of `kubectl get pods`: STATUS is what printPod (printers.go of v1.34) derives; it is led back to its fields."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from helmward.watch.files.ages import time_of
from helmward.watch.files.shapes import integer
from helmward.watch.files.tables.columns import Row

_READY = re.compile(r"(\d+)/(\d+)")
_RESTARTS = re.compile(r"(\d+)(?: \((\S+) ago\))?")
_CODE = re.compile(r"(?:ExitCode|Signal):(\d+)")
_PHASES = frozenset({"Pending", "Running", "Succeeded", "Failed", "Unknown"})
_OVER = {"Completed": "Succeeded", "Succeeded": "Succeeded"}
# Reasons with which the kubelet and the controllers end a whole pod (status.reason): its phase is Failed.
_ENDED = frozenset(
    {
        *("Evicted", "NodeLost", "Shutdown", "Terminated", "NodeShutdown", "NodeAffinity", "UnexpectedAdmissionError"),
        *("OutOfcpu", "OutOfmemory", "OutOfpods", "Preempting", "Preempted", "DeadlineExceeded"),
    }
)
# Reasons of a terminated container; the rest of what STATUS shows are reasons of a waiting one.
_TERMINATED = frozenset(
    (
        "Error",
        "OOMKilled",
        "Completed",
        "ContainerCannotRun",
        "DeadlineExceeded",
        "ContainerStatusUnknown",
        "StartError",
    )
)
UNKNOWN_CONTAINER = ""
"""A table does not name containers: a status without a name stands for whichever it is."""


def pod(row: Row, now: datetime) -> dict[str, Any]:
    """The pod's status as far as READY, STATUS and RESTARTS tell, its node and address if the table is wide."""
    word = row.get("STATUS") or row.cells.get("STATUS", "")
    match = _READY.match(row.get("READY"))
    ready, total = (int(match.group(1)), min(int(match.group(2)), 100)) if match else (0, 0)
    status = _status(word, ready, total, row.get("RESTARTS"))
    document: dict[str, Any] = {"spec": {}, "status": status}
    if word == "Terminating":
        document["metadata"] = {"deletionTimestamp": time_of("0s", now)}
    if node := row.get("NODE"):
        document["spec"]["nodeName"] = node
    elif word == "Pending" and "NODE" in row.cells:
        status["conditions"].append({"type": "PodScheduled", "status": "False"})
    if address := row.get("IP"):
        status["podIP"] = address
    return document


def _status(word: str, ready: int, total: int, restarts: str) -> dict[str, Any]:
    whole = ready == total and word == "Running"
    status: dict[str, Any] = {
        "phase": _phase(word),
        "conditions": [{"type": "Ready", "status": "True" if whole else "False"}],
    }
    if word in _ENDED:
        status["reason"] = word
        return status
    if word == "SchedulingGated":
        status["conditions"].append({"type": "PodScheduled", "status": "False", "reason": word})
        return status
    if word.startswith("Init:"):
        status["initContainerStatuses"] = _init(word.removeprefix("Init:"), restarts)
        return status
    if word == "Pending":
        return status
    states = [_state(word, index < ready) for index in range(total)]
    status["containerStatuses"] = [
        {"name": UNKNOWN_CONTAINER, "ready": index < ready, "restartCount": 0, "state": state}
        for index, state in enumerate(states)
    ]
    _restarts(status["containerStatuses"], restarts)
    return status


def _phase(word: str) -> str:
    if word in _PHASES:
        return word
    if word in _OVER:
        return _OVER[word]
    if word in _ENDED:
        return "Failed"
    if word.startswith(("Init:", "PodInitializing", "ContainerCreating", "SchedulingGated")):
        return "Pending"
    # A pod that keeps restarting a container is Running, one whose first image or configuration fails is Pending.
    pending = ("ImagePull", "ErrImage", "InvalidImage", "CreateContainer", "RunContainer", "Pending", "ImageInspect")
    return "Pending" if word.startswith(pending) else "Running"


def _state(word: str, ready: bool) -> dict[str, Any]:
    if ready or word in ("Running", "NotReady", "Terminating", "Unknown", "Failed", "Succeeded"):
        return {"running": {}} if ready or word in ("Running", "NotReady") else {}
    return _ended_or_waiting(word)


def _ended_or_waiting(word: str) -> dict[str, Any]:
    if (match := _CODE.fullmatch(word)) is not None:
        key = "signal" if word.startswith("Signal") else "exitCode"
        return {"terminated": {key: int(match.group(1)), "reason": "Error"}}
    if word in _TERMINATED:
        # Of "Error" only that its code was not 0 is known; 137 is what the out-of-memory killer leaves (128 + SIGKILL).
        code = {"Completed": 0, "OOMKilled": 137}.get(word, 1)
        return {"terminated": {"reason": word, "exitCode": code}}
    return {"waiting": {"reason": word}}


def _init(word: str, restarts: str) -> list[dict[str, Any]]:
    """`1/3`: one of three init containers is done; anything else is what holds up the one that runs."""
    done = {"name": UNKNOWN_CONTAINER, "ready": True, "state": {"terminated": {"exitCode": 0, "reason": "Completed"}}}
    match = _READY.fullmatch(word)
    if match is not None:
        count = min(int(match.group(1)), 100)
        return [*[done] * count, {"name": UNKNOWN_CONTAINER, "ready": False, "state": {}}]
    statuses = [{"name": UNKNOWN_CONTAINER, "ready": False, "restartCount": 0, "state": _ended_or_waiting(word)}]
    _restarts(statuses, restarts)
    return statuses


def _restarts(statuses: list[dict[str, Any]], text: str) -> None:
    """RESTARTS is the sum over containers: it is laid to the first that is not ready, or else to the first.

    When the last one was (`5 (2m ago)`) is not kept: without its exit code it would read as a success.
    """
    match = _RESTARTS.fullmatch(text)
    if match is None or not statuses:
        return
    chosen = next((status for status in statuses if not status["ready"]), statuses[0])
    chosen["restartCount"] = integer(match.group(1))
