"""An evidence bundle, place by place, and what happens when several sources tell of the same object."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.watch.files.helpers import names, plain, read_files, write

from helmward.watch.files import read
from helmward.world.lens import Lens
from helmward.world.logs import LogRef

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
PODS = """\
NAME                   READY   STATUS             RESTARTS      AGE     IP           NODE     NOMINATED NODE   READINESS GATES
pay-6d4cf56db6-x2x4z   0/1     CrashLoopBackOff   5 (2m ago)    3d4h    10.1.0.9     node-a   <none>           <none>
web-5b9c7d8f4-abcde    1/1     Running            0             10m     10.1.0.10    node-a   <none>           <none>
job-k8s2x              0/1     Completed          0             10m     10.1.0.11    node-a   <none>           <none>
oom-0                  0/1     OOMKilled          1 (5s ago)    10m     10.1.0.12    node-b   <none>           <none>
code-0                 0/1     ExitCode:3         0             10m     10.1.0.12    node-b   <none>           <none>
pull-0                 0/2     ImagePullBackOff   0             10m     <none>       node-b   <none>           <none>
wait-0                 0/1     Pending            0             10m     <none>       <none>   <none>           <none>
init-0                 0/1     Init:1/3           0             10m     <none>       node-b   <none>           <none>
dead-0                 0/1     Init:CrashLoopBackOff   4 (1m ago)   10m   <none>   node-b   <none>   <none>
gone-0                 1/1     Terminating        0             10m     10.1.0.13    node-b   <none>           <none>
evicted-0              0/1     Evicted            0             <unknown>   <none>   node-b   <none>   <none>
"""


@pytest.fixture
def pods(tmp_path: Path) -> dict[str, object]:
    world = read_files(tmp_path, {"get/shop/pods.wide.txt": PODS}, NOW).world
    assert world.coverage.problems == []
    return {item.name.partition("-")[0]: item.view for item in world.all("Pod")}


def one(pods: dict[str, object], name: str) -> tuple[object, ...]:
    """(phase, ready, restarts, waiting reason, (terminated reason, exit code)) of a pod with one status."""
    status = pods[name].status  # type: ignore[attr-defined]
    (container,) = status.container_statuses or status.init_container_statuses
    state = container.state
    ended = state.terminated and (state.terminated.reason, state.terminated.exit_code)
    return status.phase, container.ready, container.restart_count, state.waiting and state.waiting.reason, ended


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("pay", ("Running", False, 5, "CrashLoopBackOff", None)),
        ("web", ("Running", True, 0, None, None)),
        ("job", ("Succeeded", False, 0, None, ("Completed", 0))),
        ("oom", ("Running", False, 1, None, ("OOMKilled", 137))),
        ("code", ("Running", False, 0, None, ("Error", 3))),
        ("dead", ("Pending", False, 4, "CrashLoopBackOff", None)),
    ],
)
def test_the_status_column_is_led_back(pods: dict[str, object], name: str, told: tuple[object, ...]) -> None:
    assert one(pods, name) == told


def test_the_other_columns_of_a_pod(pods: dict[str, object]) -> None:
    pay, wait, pull = (pods[name] for name in ("pay", "wait", "pull"))
    assert pay.metadata.creation_timestamp == "2026-01-02T08:00:00Z"  # type: ignore[attr-defined]
    assert (pay.spec.node_name, pay.status.pod_ip) == ("node-a", "10.1.0.9")  # type: ignore[attr-defined]
    assert (wait.spec.node_name, wait.status.phase) == ("", "Pending")  # type: ignore[attr-defined]
    conditions = {condition.type: condition.status for condition in wait.status.conditions}  # type: ignore[attr-defined]
    assert conditions == {"Ready": "False", "PodScheduled": "False"}
    assert pull.status.phase == "Pending"  # type: ignore[attr-defined]
    assert [status.state.waiting.reason for status in pull.status.container_statuses] == ["ImagePullBackOff"] * 2  # type: ignore[attr-defined]
    assert len(pods["init"].status.init_container_statuses) == 2  # type: ignore[attr-defined]
    assert pods["gone"].metadata.deletion_timestamp  # type: ignore[attr-defined]
    assert pods["evicted"].status.reason == "Evicted"  # type: ignore[attr-defined]
    assert pods["evicted"].metadata.creation_timestamp is None  # type: ignore[attr-defined]


def test_unlabelled_pods_are_no_ground_for_conclusions(tmp_path: Path) -> None:
    coverage = read_files(tmp_path, {"get/shop/pods.txt": PODS}).world.coverage
    assert coverage.counts == {"Pod": 11}
    assert not coverage.knows("Pod")
    labelled = (
        "NAME    READY   STATUS    RESTARTS   AGE   LABELS\na       1/1     Running   0          1m    app=a,x=\n"
    )
    world = read_files(tmp_path / "b", {"get/shop/po.labels.txt": labelled}).world
    assert world.coverage.knows("Pod")
    assert world.get("Pod", "shop", "a").meta.labels == {"app": "a", "x": ""}  # type: ignore[union-attr]


def test_tables_of_all_namespaces_several_kinds_and_squeezed_space(tmp_path: Path) -> None:
    files = {
        "get/all/everything.txt": (
            "NAMESPACE   NAME        READY   STATUS    RESTARTS   AGE\n"
            "shop        pod/a       1/1     Running   0          1m\n\n"
            "NAMESPACE   NAME              TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE\n"
            "shop        service/b         ClusterIP   10.0.0.1     <none>        80/TCP    1m\n"
        ),
        "get/shop/deploy.txt": "NAME READY UP-TO-DATE AVAILABLE AGE\nc 1/3 3 1 2d\n",
        "get/_cluster/no.txt": (
            "NAME   STATUS                        ROLES    AGE   VERSION\n"
            "n      NotReady,SchedulingDisabled   <none>   1y    v1.34.3\n"
        ),
        "get/shop/secrets.txt": "No resources found in shop namespace.\n",
    }
    found = read_files(tmp_path, files, NOW)
    assert names(found.world) == [
        ("Deployment", "shop", "c"),
        ("Node", "", "n"),
        ("Pod", "shop", "a"),
        ("Service", "shop", "b"),
    ]
    status = found.world.get("Deployment", "shop", "c").view.status  # type: ignore[union-attr]
    assert (status.ready_replicas, status.unavailable_replicas) == (1, 2)
    node = found.world.get("Node", "", "n").view  # type: ignore[union-attr]
    assert node.spec.unschedulable is True
    assert [condition.status for condition in node.status.conditions] == ["False"]
    assert found.world.coverage.knows("Secret")
    assert found.world.coverage.counts["Secret"] == 0


def test_owners_and_container_names_are_inferred(tmp_path: Path) -> None:
    files = {
        "get/shop/pods.txt": PODS,
        "get/shop/deployments.txt": "NAME   READY   UP-TO-DATE   AVAILABLE   AGE\npay    0/1     1            0           3d\n",
        "logs/shop/pay-6d4cf56db6-x2x4z/app.log": "hello\n",
    }
    world = read_files(tmp_path, files, NOW).world
    pod = world.get("Pod", "shop", "pay-6d4cf56db6-x2x4z")
    assert pod is not None
    owner = Lens(world, NOW).workload(pod)
    assert owner is not None
    assert (owner.kind, owner.name) == ("Deployment", "pay")
    assert pod.view.status.container_statuses[0].name == "app"


def test_a_target_port_comes_from_the_endpoints_or_is_unknown(tmp_path: Path) -> None:
    services = "NAME   TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)          AGE   SELECTOR\n" + "\n".join(
        f"{name}    ClusterIP   10.0.0.1     <none>        80/TCP           1m    app={name}" for name in ("one", "two")
    )
    endpoints = (
        "NAME   ENDPOINTS                       AGE\none    10.1.0.1:8080,10.1.0.2:8080     1m\ntwo    <none>   1m\n"
    )
    world = read_files(tmp_path, {"get/shop/svc.wide.txt": services, "get/shop/ep.txt": endpoints}).world
    one, two = (world.get("Service", "shop", name) for name in ("one", "two"))
    assert one is not None
    assert two is not None
    assert [(port.port, port.target_port) for port in one.view.spec.ports] == [(80, 8080)]
    assert [(port.port, port.target_port) for port in two.view.spec.ports] == [(80, 0)], "0: no table says which"
    slices = {
        item.name: [endpoint.addresses for endpoint in item.view.endpoints] for item in world.all("EndpointSlice")
    }
    assert slices == {"one": [("10.1.0.1",), ("10.1.0.2",)], "two": []}


def test_the_better_source_wins_and_lacks_are_filled(tmp_path: Path) -> None:
    written = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "oom-0", "namespace": "shop"},
        "status": {"phase": "Failed"},
    }
    described = (
        "Name:             oom-0\nNamespace:        shop\nNode:             node-z/10.0.0.9\nLabels:           app=oom\n"
        "Status:           Running\nContainers:\n  main:\n    Image:          x:1\n    State:          Running\n"
        "      Started:      Mon, 05 Jan 2026 11:00:00 +0000\n"
        "    Ready:          True\n    Restart Count:  1\nEvents:           <none>\n"
    )
    files = {
        "get/pods.json": json.dumps(written),
        "describe/shop/pod/oom-0.txt": described,
        "get/shop/pods.wide.txt": PODS,
    }
    pod = read_files(tmp_path, files, NOW).world.get("Pod", "shop", "oom-0")
    assert pod is not None
    assert pod.view.status.phase == "Failed"  # as written
    assert pod.view.spec.node_name == "node-z"  # as described
    assert [(status.name, status.ready) for status in pod.view.status.container_statuses] == [("main", True)]
    assert pod.view.status.pod_ip == "10.1.0.12"  # as the table says
    assert Path(pod.file or "").name == "pods.json"


def test_manifests_stand_in_only_for_what_was_not_read(tmp_path: Path) -> None:
    def manifest(kind: str, name: str) -> str:
        return f"apiVersion: v1\nkind: {kind}\nmetadata: {{name: {name}, namespace: shop}}\n"

    live = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"here","namespace":"shop","uid":"1"}}'
    files = {
        "get/configmaps.json": live,
        "manifests/a.yaml": manifest("ConfigMap", "gone") + "---\n" + manifest("Service", "s"),
    }
    found = read_files(tmp_path, files)
    assert names(found.world) == [("ConfigMap", "shop", "here"), ("Service", "shop", "s")]
    assert sorted(item.name for item in found.desired) == ["gone", "s"]
    assert found.world.coverage.knows("ConfigMap")
    assert not found.world.coverage.knows("Service")
    alone = read_files(tmp_path / "b", {"manifests/a.yaml": files["manifests/a.yaml"]})
    assert alone.world.coverage.knows("Service")


def test_logs_are_the_last_lines_masked(tmp_path: Path) -> None:
    hidden = "top" + "secret"
    lines = (
        "".join(f"2026-01-05T09:00:00Z line {number}\n" for number in range(3000))
        + f"2026-01-05T10:00:00.5Z {hidden}\r\n"
        + "x" * 9000
    )
    write(tmp_path, {"logs/shop/a/app.log": lines, "logs/shop/a/app.previous.log": "", "logs/shop/a/b.txt": "b\n"})
    found = read([tmp_path], None, mask=lambda text: text.replace(hidden, "***"))
    logs = found.world.logs.of_pod("shop", "a")
    assert set(logs) == {
        LogRef("shop", "a", "app", False),
        LogRef("shop", "a", "app", True),
        LogRef("shop", "a", "b", False),
    }
    log = found.world.logs.get(LogRef("shop", "a", "app", False, "3"))
    assert log is not None
    assert len(log.lines) == 2000
    assert log.lines[-2] == "2026-01-05T10:00:00.5Z ***"
    assert len(log.lines[-1]) < 5000
    assert Path(log.file or "").name == "app.log"
    assert found.now == datetime(2026, 1, 5, 10, 0, 0, 500000, tzinfo=UTC)
    assert found.world.logs.get(LogRef("shop", "a", "none", False)) is None
    assert not found.world.logs.wanted


def test_the_rest_of_a_bundle(tmp_path: Path) -> None:
    alert = {
        "labels": {"alertname": "Down", "pod": "a"},
        "annotations": {"summary": "s"},
        "startsAt": "2026-01-05T10:00:00Z",
        "endsAt": "2030-01-01T00:00:00Z",
        "status": {"state": "active"},
    }
    files = {
        "alerts.json": json.dumps([alert]),
        "metrics/cpu.csv": "time,pay,web\n2026-01-05T09:59:00Z,250m,1.5Gi\n1767607140,,nonsense\n",
        "nodes/node-a/kubelet.txt": "kubelet.service: inactive (dead)\n",
        "checks/dns.txt": "timeout\n",
        "question.txt": "Why is pay slow?\n",
        "notes.md": "# mine\n",
    }
    found = read_files(tmp_path, files)
    assert [(alert.name, alert.state, alert.labels["pod"]) for alert in found.alerts] == [("Down", "active", "a")]
    assert found.metrics["cpu"].series == {"pay": (0.25, None), "web": (1.5 * 2**30, None)}
    assert found.world.node_services("node-a") == {"kubelet": "kubelet.service: inactive (dead)\n"}
    assert (found.checks, found.question) == ({"dns": "timeout\n"}, "Why is pay slow?")
    assert found.now == datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
    assert found.world.coverage.reasons[str(tmp_path / "notes.md")].startswith("not part of an evidence bundle")


@pytest.mark.parametrize("shape", [lambda alerts: {"data": {"alerts": alerts}}, lambda alerts: {"alerts": alerts}])
def test_other_shapes_of_alerts(tmp_path: Path, shape: object) -> None:
    alert = {"labels": {"alertname": "Down"}, "state": "firing", "activeAt": "2026-01-05T10:00:00Z"}
    found = read_files(tmp_path, {"alerts.json": json.dumps(shape([alert]))})  # type: ignore[operator]
    assert [(alert.name, alert.state, alert.starts) for alert in found.alerts] == [
        ("Down", "firing", "2026-01-05T10:00:00Z")
    ]


def test_the_clock_is_the_newest_time_that_has_happened(tmp_path: Path) -> None:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": "a",
            "creationTimestamp": "2026-01-01T00:00:00Z",
            "deletionTimestamp": "2026-03-01T00:00:00Z",
            "annotations": {"until": "2031-01-01T00:00:00Z"},
        },
        "status": {"conditions": [{"type": "Ready", "lastTransitionTime": "2026-01-02T00:00:00Z"}]},
    }
    files = {
        "a.json": json.dumps(pod),
        "c.yaml": 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {x: \'{"time": "2033-01-01T00:00:00Z"}\'}\n',
    }
    assert read_files(tmp_path, files).now == datetime(2026, 1, 2, tzinfo=UTC)
    assert read_files(tmp_path, files, NOW).now == NOW


def test_ages_tell_when_the_tables_were_made(tmp_path: Path) -> None:
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "pay", "namespace": "shop", "uid": "u", "creationTimestamp": "2026-01-01T00:00:00Z"},
    }
    files = {
        "get/deployments.json": json.dumps(deployment),
        "get/shop/deployments.txt": "NAME   READY   UP-TO-DATE   AVAILABLE   AGE\npay    1/1     1            1           4d2h\n",
        "get/shop/events.txt": (
            "LAST SEEN   TYPE      REASON    OBJECT    MESSAGE\n"
            "5m          Warning   BackOff   pod/a     Back-off restarting failed container\n"
        ),
    }
    found = read_files(tmp_path, files)
    assert found.now == datetime(2026, 1, 5, 2, tzinfo=UTC)
    (event,) = found.world.all("Event")
    assert event.view.last_timestamp == "2026-01-05T01:55:00Z"
    assert (event.view.involved_object.kind, event.view.involved_object.name) == ("Pod", "a")


def test_a_bundle_may_begin_anywhere(tmp_path: Path) -> None:
    files = {"case-7/evidence/get/shop/pods.txt": PODS, "case-7/evidence/logs/shop/a/app.log": "x\n"}
    world = read_files(tmp_path, files).world
    assert world.coverage.counts == {"Pod": 11}
    alone = read([tmp_path / "case-7/evidence/logs/shop/a/app.log"], None, mask=plain)
    assert list(alone.world.logs.of_pod("shop", "a")) == [LogRef("shop", "a", "app", False)]


def test_a_pod_finds_its_deployment_without_the_replica_set() -> None:
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "pay-6d4cf56db6", "uid": "r", "controller": True}
    metadata = {
        "name": "pay-6d4cf56db6-x2x4z",
        "labels": {"pod-template-hash": "6d4cf56db6"},
        "ownerReferences": [owner],
    }
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata}
    deployment = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "pay", "uid": "d"}}
    world = read([], json.dumps([pod, deployment]).encode(), mask=plain).world
    item = next(world.all("Pod"))
    found = Lens(world, NOW).workload(item)
    assert found is not None
    assert (found.kind, found.name) == ("Deployment", "pay")
