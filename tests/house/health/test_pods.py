"""STATUS, READY and RESTARTS of a pod are those that kubectl prints (printPod, kubernetes v1.34)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from helmward.house.health.pods import health_of, read_pod
from helmward.world.kinds import KINDS
from helmward.world.objects import Object, read_object

RUNNING = {"state": {"running": {}}, "ready": True}
WAITING = {"state": {"waiting": {"reason": "CrashLoopBackOff"}}, "restartCount": 3}
ENDED = {"state": {"terminated": {"exitCode": 0, "reason": "Completed"}}}


def pod(status: dict[str, Any], spec: dict[str, Any] | None = None, **meta: Any) -> Object:
    body = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", "namespace": "default", **meta},
        "spec": {"containers": [{"name": "app"}, {"name": "proxy"}], **(spec or {})},
        "status": status,
    }
    return read_object(KINDS["Pod"], json.dumps(body).encode())


def containers(*states: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"name": f"c{number}", **state} for number, state in enumerate(states)]


@pytest.mark.parametrize(
    ("status", "row", "health"),
    [
        ({"phase": "Pending"}, ("Pending", 0, 2, 0), "progressing"),
        ({"phase": "Running", "containerStatuses": containers(RUNNING, RUNNING)}, ("Running", 2, 2, 0), "healthy"),
        ({"phase": "Running", "containerStatuses": containers(WAITING, RUNNING)}, ("CrashLoopBackOff", 1, 2, 3), "broken"),
        ({"phase": "Running", "containerStatuses": containers(ENDED, RUNNING)}, ("NotReady", 1, 2, 0), "progressing"),
        ({"phase": "Succeeded", "containerStatuses": containers(ENDED, ENDED)}, ("Completed", 0, 2, 0), "healthy"),
        ({"phase": "Failed", "reason": "Evicted"}, ("Evicted", 0, 2, 0), "broken"),
        (
            {"phase": "Pending", "conditions": [{"type": "PodScheduled", "reason": "SchedulingGated"}]},
            ("SchedulingGated", 0, 2, 0),
            "progressing",
        ),
        (
            {"phase": "Failed", "containerStatuses": containers({"state": {"terminated": {"exitCode": 9, "signal": 9}}})},
            ("Signal:9", 0, 2, 0),
            "broken",
        ),
    ],
)  # fmt: skip
def test_rows(status: dict[str, Any], row: tuple[str, int, int, int], health: str) -> None:
    assert tuple(read_pod(pod(status))) == row
    assert health_of(read_pod(pod(status)), ()) == health


@pytest.mark.parametrize(
    ("state", "word", "health"),
    [
        ({"state": {"running": {}}}, "Init:0/2", "progressing"),
        ({"state": {"waiting": {"reason": "PodInitializing"}}}, "Init:0/2", "progressing"),
        ({"state": {"waiting": {"reason": "ErrImagePull"}}}, "Init:ErrImagePull", "broken"),
        ({"state": {"terminated": {"exitCode": 3}}}, "Init:ExitCode:3", "broken"),
        ({"state": {"terminated": {"exitCode": 0}}}, "PodInitializing", "progressing"),
    ],
)
def test_init_containers(state: dict[str, Any], word: str, health: str) -> None:
    waiting = {"state": {"waiting": {"reason": "PodInitializing"}}}
    status = {
        "phase": "Pending",
        "initContainerStatuses": [{"name": "first", **state}],
        "containerStatuses": containers(waiting, waiting),
    }
    found = read_pod(pod(status, {"initContainers": [{"name": "first"}, {"name": "second"}]}))
    assert (found.status, health_of(found, ())) == (word, health)


def test_a_sidecar_counts_as_a_container() -> None:
    spec = {"initContainers": [{"name": "mesh", "restartPolicy": "Always"}]}
    status = {
        "phase": "Running",
        "initContainerStatuses": [{"name": "mesh", "started": True, "restartCount": 2, **RUNNING}],
        "containerStatuses": containers(RUNNING, RUNNING),
    }
    assert tuple(read_pod(pod(status, spec))) == ("Running", 3, 3, 2)


def test_a_pod_that_leaves() -> None:
    gone = {"deletionTimestamp": "2026-01-01T00:00:00Z"}
    assert read_pod(pod({"phase": "Running"}, **gone)).status == "Terminating"
    assert read_pod(pod({"phase": "Running", "reason": "NodeLost"}, **gone)).status == "Unknown"
    assert read_pod(pod({"phase": "Succeeded"}, **gone)).status == "Succeeded"


def test_incidents_about_a_pod_make_it_worse() -> None:
    ready = read_pod(pod({"phase": "Running", "containerStatuses": containers(RUNNING, RUNNING)}))
    assert health_of(ready, ["inc-a"]) == "degraded"
    assert health_of(read_pod(pod({"phase": "Pending"})), ["inc-a"]) == "broken"
