"""Descriptions beyond what the recorded cluster shows: repeated Events, several objects in a file, odd text."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.watch.files.helpers import names, read_files

from helmward.watch.files.ages import delta_of, repeated
from helmward.watch.files.describe.podspec import toleration
from helmward.watch.files.describe.probes import probe
from helmward.watch.files.shapes import selector_of

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
# The kubelet's words for an image that cannot be pulled (pkg/kubelet/images/image_manager.go, v1.34).
PULL = """\
Name:             web-5b9c7d8f4-abcde
Namespace:        shop
Priority:         0
Service Account:  default
Node:             node-a/10.0.0.4
Start Time:       Mon, 05 Jan 2026 11:50:00 +0000
Labels:           app=web
                  pod-template-hash=5b9c7d8f4
Annotations:      note: has: colons
Status:           Pending
IP:               10.1.0.10
Controlled By:    ReplicaSet/web-5b9c7d8f4
Containers:
  web:
    Container ID:
    Image:          registry.test/web:nope
    Image ID:
    Port:           <none>
    Host Port:      <none>
    State:          Waiting
      Reason:       ImagePullBackOff
    Ready:          False
    Restart Count:  0
    Environment:
      API:   http://pay:80
      LATE:  Terminating (lasts 5m)
    Mounts:  <none>
Conditions:
  Type              Status
  Initialized       True
  Ready             False
Volumes:            <none>
QoS Class:          BestEffort
Node-Selectors:     <none>
Tolerations:        node.kubernetes.io/not-ready:NoExecute op=Exists for 300s
Events:
  Type     Reason     Age                  From               Message
  ----     ------     ----                 ----               -------
  Normal   Scheduled  10m                  default-scheduler  Successfully assigned shop/web-5b9c7d8f4-abcde to node-a
  Warning  Failed     8m30s (x4 over 10m)  kubelet            Failed to pull image "registry.test/web:nope": not found
  Normal   BackOff    2s (x42 over 9m58s)  kubelet            Back-off pulling image "registry.test/web:nope"
"""


def line_of(text: str) -> int:
    """The 1-based line of PULL with that text."""
    return 1 + next(index for index, line in enumerate(PULL.splitlines()) if f"{text} " in line and "Age" not in line)


def test_a_pod_that_cannot_pull(tmp_path: Path) -> None:
    world = read_files(
        tmp_path, {"describe/shop/pods/all.txt": PULL + "\n\n" + PULL.replace("abcde", "fghij")}, NOW
    ).world
    assert [name for kind, _, name in names(world) if kind == "Pod"] == ["web-5b9c7d8f4-abcde", "web-5b9c7d8f4-fghij"]
    pod = world.get("Pod", "shop", "web-5b9c7d8f4-abcde")
    assert pod is not None
    (status,) = pod.view.status.container_statuses
    assert (status.state.waiting.reason, status.container_id) == ("ImagePullBackOff", "")
    assert pod.meta.labels == {"app": "web", "pod-template-hash": "5b9c7d8f4"}
    assert pod.meta.annotations == {"note": "has: colons"}
    assert pod.view.spec.tolerations[0].operator == "Exists"
    told = {
        event.view.reason: (event.view.count, event.view.first_timestamp, event.view.last_timestamp, event.line)
        for event in world.all("Event")
        if event.view.involved_object.name == "web-5b9c7d8f4-abcde"
    }
    assert told == {
        "Scheduled": (1, "2026-01-05T11:50:00Z", "2026-01-05T11:50:00Z", line_of(" Scheduled")),
        "Failed": (4, "2026-01-05T11:50:00Z", "2026-01-05T11:51:30Z", line_of(" Failed")),
        "BackOff": (42, "2026-01-05T11:50:02Z", "2026-01-05T11:59:58Z", line_of(" BackOff")),
    }
    assert not world.coverage.knows("Pod")  # somebody chose which pods to describe


def test_a_pod_that_is_being_deleted(tmp_path: Path) -> None:
    text = PULL.replace("Status:           Pending", "Status:           Terminating (lasts 5m)")
    pod = read_files(tmp_path, {"describe/shop/pod/a.txt": text}, NOW).world.get("Pod", "shop", "web-5b9c7d8f4-abcde")
    assert pod is not None
    assert (pod.meta.deletion_timestamp, pod.view.status.phase) == ("2026-01-05T11:55:00Z", "Running")


def test_what_is_no_description_is_unread(tmp_path: Path) -> None:
    files = {
        "describe/shop/pod/a.txt": 'Error from server (NotFound): pods "a" not found\n',
        "describe/shop/widget/b.txt": PULL,
    }
    files["describe/shop/pod/c.txt"] = PULL
    reasons = read_files(tmp_path, files).world.coverage.reasons
    assert "no output of `kubectl describe`" in reasons[str(tmp_path / "describe/shop/pod/a.txt")]
    assert "of which kind" in reasons[str(tmp_path / "describe/shop/widget/b.txt")]


def test_a_custom_resource_names_its_kind(tmp_path: Path) -> None:
    head = "Name:         w\nNamespace:    shop\nAPI Version:  shop.test/v1\nKind:         Widget\n"
    text = f"{head}Spec:\n  A:  1\nEvents:  <none>\n"
    assert names(read_files(tmp_path, {"describe/shop/widgets/w.txt": text}).world) == [("Widget", "shop", "w")]


@pytest.mark.parametrize(
    ("age", "seconds"),
    [
        ("45s", 45),
        ("5m10s", 310),
        ("3h", 10800),
        ("3d4h", 273600),
        ("2y30d", 760 * 86400),
        ("<unknown>", None),
        ("", None),
    ],
)
def test_ages(age: str, seconds: int | None) -> None:
    delta = delta_of(age)
    assert (delta.total_seconds() if delta is not None else None) == seconds


def test_ages_beyond_the_calendar_are_unknown() -> None:
    assert repeated("9999y", NOW) == (None, None, 1)
    assert repeated("9" * 30 + "d", NOW) == (None, None, 1)


@pytest.mark.parametrize(
    ("text", "handler"),
    [
        ("http-get http://:8080/healthz", {"httpGet": {"scheme": "HTTP", "path": "/healthz", "port": 8080}}),
        ("http-get https://h:web/a%20b", {"httpGet": {"scheme": "HTTPS", "path": "/a b", "host": "h", "port": "web"}}),
        ("tcp-socket :5432", {"tcpSocket": {"port": 5432}}),
        ("exec [cat /ready]", {"exec": {"command": ["cat", "/ready"]}}),
        ("grpc <pod>:9000 health", {"grpc": {"port": 9000, "service": "health"}}),
    ],
)
def test_probes(text: str, handler: dict[str, object]) -> None:
    found = probe(f"{text} delay=3s timeout=1s period=10s #success=1 #failure=4")
    assert found is not None
    assert handler.items() <= found.items()
    assert (found["initialDelaySeconds"], found["failureThreshold"]) == (3, 4)


def test_selectors_and_tolerations() -> None:
    assert selector_of("app=pay,tier in (back,middle),!old,new,x!=y") == {
        "matchLabels": {"app": "pay"},
        "matchExpressions": [
            {"key": "tier", "operator": "In", "values": ["back", "middle"]},
            {"key": "old", "operator": "DoesNotExist"},
            {"key": "new", "operator": "Exists"},
            {"key": "x", "operator": "NotIn", "values": ["y"]},
        ],
    }
    assert toleration("op=Exists") == {"operator": "Exists"}
    assert toleration("a=b:NoSchedule") == {"key": "a", "value": "b", "effect": "NoSchedule"}
