"""The tree: what stands at its top and below, how healthy it is, and in which order."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from helmward.core.nouns import Actor
from helmward.house import House
from helmward.house.cluster import Wanted, listing
from helmward.world.kinds import KINDS
from helmward.world.store import World

ACTOR = Actor(name="dana", kind="user")
RUNNING = {"phase": "Running", "containerStatuses": [{"name": "a", "ready": True, "state": {"running": {}}}]}
CRASHING = {
    "phase": "Running",
    "containerStatuses": [{"name": "a", "restartCount": 4, "state": {"waiting": {"reason": "CrashLoopBackOff"}}}],
}
SPEC = {"containers": [{"name": "a"}], "nodeName": "n1"}


@dataclass
class Quiet:
    """A house in which nothing is wrong; who has no scope needs no more of it."""

    world: World = field(default_factory=World)

    def incidents(self) -> list[Any]:
        return []

    def put(self, kind: str, name: str, owner: str = "", spec: Any = None, status: Any = None, **meta: Any) -> None:
        meta = {"name": name, "namespace": "shop", "uid": f"{kind}/{name}", **meta}
        if owner:
            above, _, of = owner.partition("/")
            meta["ownerReferences"] = [{"kind": above, "name": of, "uid": owner, "controller": True}]
        body = {
            "apiVersion": KINDS[kind].api,
            "kind": kind,
            "metadata": meta,
            "spec": spec or {},
            "status": status or {},
        }
        self.world.apply(KINDS[kind], json.dumps(body).encode())

    def deployment(self, name: str, ready: int, wanted: int = 1, pod: Any = None) -> None:
        status = {"readyReplicas": ready, "updatedReplicas": wanted}
        self.put("Deployment", name, spec={"replicas": wanted}, status=status)
        for revision in (1, 2, 10):
            annotations = {"deployment.kubernetes.io/revision": str(revision)}
            self.put("ReplicaSet", f"{name}-{revision}", f"Deployment/{name}", annotations=annotations)
        for number in range(wanted):
            self.put("Pod", f"{name}-10-{number}", f"ReplicaSet/{name}-10", SPEC, pod or RUNNING)

    def listed(self, *given: Any, **wanted: Any) -> dict[str, Any]:
        return listing(cast(House, self), ACTOR, Wanted(*given, **wanted))

    def row(self, name: str) -> dict[str, Any]:
        return next(row for row in self.listed()["workloads"] if row["name"] == name)


@pytest.fixture
def house() -> Quiet:
    return Quiet()


def test_from_deployment_to_pod(house: Quiet) -> None:
    house.deployment("web", 1)
    row = house.row("web")
    (current,) = row["children"]
    (pod,) = current["children"]
    assert (row["health"], row["text"], row["ready"], row["wanted"]) == ("healthy", "1 of 1 ready", 1, 1)
    assert (current["kind"], current["name"], current["current"]) == ("ReplicaSet", "web-10", True)
    assert {key: pod[key] for key in ("kind", "text", "ready", "restarts", "node")} == {
        "kind": "Pod", "text": "Running", "ready": "1/1", "restarts": 0, "node": "n1",
    }  # fmt: skip


def test_older_replica_sets_are_shown_while_they_have_pods(house: Quiet) -> None:
    house.deployment("web", 1)
    house.put("Pod", "web-2-x", "ReplicaSet/web-2", SPEC, RUNNING)
    assert [(row["name"], row["current"]) for row in house.row("web")["children"]] == [
        ("web-10", True),
        ("web-2", False),
    ]


def test_the_worst_come_first(house: Quiet) -> None:
    house.deployment("fine", 1)
    house.deployment("down", 0, 2, CRASHING)
    house.deployment("half", 1, 2, CRASHING)
    house.deployment("starting", 0, 1, {"phase": "Pending"})
    house.deployment("off", 0, 0)
    rows = [(row["name"], row["health"], row["text"]) for row in house.listed()["workloads"]]
    assert rows == [
        ("down", "broken", "0 of 2 ready (CrashLoopBackOff)"),
        ("half", "degraded", "1 of 2 ready (CrashLoopBackOff)"),
        ("starting", "progressing", "0 of 1 ready (Pending)"),
        ("off", "suspended", "scaled to 0"),
        ("fine", "healthy", "1 of 1 ready"),
    ]
    assert [row["name"] for row in house.listed(broken=True)["workloads"]] == ["down", "half", "starting"]
    page = house.listed(limit=2, offset=1)
    assert ([row["name"] for row in page["workloads"]], page["total"]) == (["half", "starting"], 5)


def test_cron_jobs_hold_jobs_hold_pods(house: Quiet) -> None:
    house.put("CronJob", "nightly", spec={"schedule": "0 3 * * *"})
    house.put("Job", "nightly-1", "CronJob/nightly", status={"succeeded": 1, "conditions": [_true("Complete")]})
    house.put("Job", "nightly-2", "CronJob/nightly", status={"failed": 6, "conditions": [_true("Failed")]})
    house.put("Pod", "nightly-2-x", "Job/nightly-2", SPEC, CRASHING)
    row = house.row("nightly")
    assert (row["text"], row["ready"], row["wanted"]) == ("schedule 0 3 * * *", None, None)
    assert [(job["name"], job["health"]) for job in row["children"]] == [
        ("nightly-2", "broken"),
        ("nightly-1", "healthy"),
    ]
    assert row["children"][0]["children"][0]["name"] == "nightly-2-x"


def test_what_nothing_here_owns_stands_at_the_top(house: Quiet) -> None:
    house.put("Pod", "bare", spec=SPEC, status=RUNNING)
    house.put("Pod", "of-a-custom-resource", "Rollout/x", SPEC, RUNNING)
    house.put("Pod", "of-one-that-lived-before", "Job/again", SPEC, RUNNING)
    house.put("Job", "again", uid="another")
    assert {row["name"] for row in house.listed()["workloads"]} == {
        "bare", "of-a-custom-resource", "of-one-that-lived-before", "again",
    }  # fmt: skip
    assert house.row("bare")["pod"] == {"ready": "1/1", "restarts": 0, "node": "n1", "created": None}


def test_a_search_finds_the_workload_of_a_pod(house: Quiet) -> None:
    house.deployment("web", 1)
    house.deployment("api", 1)
    assert [row["name"] for row in house.listed(q="WEB-10-0")["workloads"]] == ["web"]
    assert house.listed(q="nothing") == {"workloads": [], "total": 0, "services": 0, "namespaces": ["shop"]}
    assert house.listed("elsewhere")["total"] == 0


def test_the_services_that_lead_to_a_workload(house: Quiet) -> None:
    labels = {"app": "web"}
    template = {"metadata": {"labels": labels}, "spec": SPEC}
    house.put("Deployment", "web", spec={"replicas": 2, "template": template}, status={"readyReplicas": 1})
    for number, status in enumerate(({"status": "True"}, {"status": "False"})):
        state = {**RUNNING, "conditions": [{"type": "Ready", **status}]}
        house.put("Pod", f"web-{number}", "Deployment/web", SPEC, state, labels=labels)
    house.put("Pod", "web-old", "Deployment/web", SPEC, {"phase": "Failed"}, labels=labels)
    house.put("Service", "web", spec={"selector": labels})
    house.put("Service", "lost", spec={"selector": {"app": "nothing"}})
    house.put("Service", "elsewhere", spec={"externalName": "db.example.com", "type": "ExternalName"})
    (row,) = house.row("web")["services"]
    assert (row["health"], row["text"]) == ("progressing", "1 of 2 endpoints ready")
    assert (row["ready"], row["wanted"], row["incidents"]) == (1, 2, [])
    assert [(row["kind"], row["name"]) for row in house.listed()["workloads"]] == [
        ("Deployment", "web"),
        ("Service", "lost"),
    ]
    assert [row["name"] for row in house.listed(q="lost")["workloads"]] == ["lost"]
    assert (house.listed()["total"], house.listed()["services"], house.listed(q="web")["services"]) == (2, 1, 0)


def test_a_service_whose_pods_are_not_seen_counts_its_endpoints(house: Quiet) -> None:
    """Of two families of addresses each target is in two slices; what is being deleted is none."""
    house.put("Service", "db", spec={"selector": {"app": "db"}})
    targets = [
        ("a", {"ready": True}),
        ("b", {"ready": False}),
        ("c", {"ready": False, "terminating": True}),
        ("d", None),
    ]
    points = [
        {"targetRef": {"kind": "Pod", "name": name}, **({"conditions": told} if told else {})} for name, told in targets
    ]
    owner = {"kind": "Service", "name": "db", "uid": "Service/db", "controller": True}
    for name in ("db-4", "db-6"):
        meta = {"name": name, "namespace": "shop", "ownerReferences": [owner]}
        body = {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": meta, "endpoints": points}
        house.world.apply(KINDS["EndpointSlice"], json.dumps(body).encode())
    assert (house.row("db")["ready"], house.row("db")["wanted"]) == (2, 3)


def test_owners_in_a_circle_end(house: Quiet) -> None:
    house.put("Deployment", "web", spec={"replicas": 1})
    house.put("ReplicaSet", "loop", "ReplicaSet/loop")
    body = {"kind": "Deployment", "name": "web"}, {"kind": "ReplicaSet", "name": "loop"}
    house.put("ReplicaSet", "loop", ownerReferences=list(body))
    assert house.row("web")["children"][0]["name"] == "loop"
    assert house.listed(q="nothing")["total"] == 0


def test_many_children_are_counted(house: Quiet) -> None:
    house.deployment("web", 250, 250)
    (current,) = house.row("web")["children"]
    assert (len(current["children"]), current["hidden"]) == (200, 50)


def test_two_thousand_pods_are_quick(house: Quiet) -> None:
    """20 ms where nothing else runs; here is room for a machine that is busy."""
    for number in range(200):
        house.deployment(f"web{number}", 10, 10)
    times = []
    for _ in range(5):
        begun = time.process_time()
        house.listed()
        times.append(time.process_time() - begun)
    assert min(times) < 0.1


def _true(kind: str) -> dict[str, str]:
    return {"type": kind, "status": "True"}
