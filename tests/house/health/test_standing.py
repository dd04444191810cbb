"""What the five words mean, by what is counted and what is said."""

from __future__ import annotations

from typing import Any

import pytest
from tests.explain.shop import NAMESPACE, NOW, Shop
from tests.house.test_affected import tracked

from helmward.core.nouns import Severity
from helmward.house.health import Incidents, stands, worst
from helmward.house.namespaces import namespaces
from helmward.world.book import Book, Tracked

READY = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
HIGH, LOW = Severity.HIGH, Severity.LOW


def shop(wanted: int, ready: int, *found: tuple[str, str, Severity]) -> Shop:
    """A workload behind its Service; so many pods of it are ready, and what was found of which kind and name."""
    built = Shop()
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "a"}]}}
    status = {"readyReplicas": ready, "updatedReplicas": wanted}
    built.put(
        "Deployment", "web", metadata={"uid": "1"}, spec={"replicas": wanted, "template": template}, status=status
    )
    built.put("Service", "web", spec={"selector": {"app": "web"}})
    owner = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "uid": "1"}
    for number in range(wanted):
        meta = {"labels": {"app": "web"}, "ownerReferences": [owner]}
        status = READY if number < ready else {"phase": "Pending"}
        built.put("Pod", f"web-{number}", metadata=meta, spec={"containers": [{"name": "a"}]}, status=status)
    built.world.coverage.read("Pod", wanted)
    for slug, where, severity in found:
        kind, _, name = where.partition("/")
        built.find(slug, kind, name, owner="web" if kind == "Pod" else None, severity=severity)
    return built


def entries(built: Shop) -> list[Tracked]:
    return tracked(built.world, built.findings)


def told(built: Shop, kind: str) -> tuple[str, str]:
    item = built.world.get(kind, NAMESPACE, "web")
    assert item is not None
    found = stands(built.world, item, Incidents(entries(built)))
    return found.health, found.text


IMAGE = ("image", "Pod/web-0", HIGH)
ZERO = ("scaled-to-zero", "Deployment/web", HIGH)
PORT = ("target-port", "Service/web", HIGH)


@pytest.mark.parametrize(
    ("built", "workload", "service"),
    [
        (shop(2, 2), ("healthy", "2 of 2 ready"), ("healthy", "2 of 2 endpoints ready")),
        (shop(2, 1), ("progressing", "1 of 2 ready (Pending)"), ("progressing", "1 of 2 endpoints ready (Pending)")),
        (shop(2, 1, IMAGE), ("degraded", "1 of 2 ready (Pending)"), ("degraded", "1 of 2 endpoints ready (Pending)")),
        (shop(2, 0, IMAGE), ("broken", "0 of 2 ready (Pending)"), ("broken", "0 of 2 endpoints ready (Pending)")),
        (shop(2, 2, IMAGE), ("degraded", "web: image"), ("healthy", "2 of 2 endpoints ready")),
        (shop(2, 2, PORT), ("healthy", "2 of 2 ready"), ("broken", "web: target port")),
        (
            shop(3, 2, PORT, IMAGE),
            ("degraded", "2 of 3 ready (Pending)"),
            ("broken", "web: target port; 2 of 3 endpoints ready"),
        ),
        (shop(0, 0), ("suspended", "scaled to 0"), ("suspended", "what it leads to is scaled to 0")),
        (shop(0, 0, ZERO), ("broken", "web: scaled to zero"), ("broken", "no endpoint: web: scaled to zero")),
        (shop(0, 0, PORT), ("broken", "web: target port"), ("broken", "no endpoint: web: target port")),
        (
            shop(0, 0, ("scaled-to-zero", "Deployment/web", LOW)),
            ("degraded", "web: scaled to zero"),
            ("degraded", "no endpoint: web: scaled to zero"),
        ),
    ],
)
def test_a_workload_and_the_service_before_it(built: Shop, workload: tuple[str, str], service: tuple[str, str]) -> None:
    assert told(built, "Deployment") == workload
    assert told(built, "Service") == service


@pytest.mark.parametrize(
    ("built", "health", "text"),
    [
        (shop(2, 2), "healthy", "1 of 1 workload ready"),
        (shop(2, 2, PORT), "broken", "1 high incident; 1 of 1 workload ready"),
        (shop(2, 1), "progressing", "Deployment web: 1 of 2 ready (Pending); 0 of 1 workload ready"),
        (shop(2, 2, IMAGE), "degraded", "1 high incident; 1 of 1 workload ready, but not well"),
        (shop(0, 0), "suspended", "all of it is scaled to 0 or suspended"),
        (shop(0, 0, ZERO), "broken", "1 critical incident; 0 of 1 workload ready"),
    ],
)
def test_a_namespace_says_why(built: Shop, health: str, text: str) -> None:
    (row,) = namespaces(built.world, Incidents(entries(built)), lambda _: True)
    assert (row["health"], row["text"]) == (health, text)


def test_what_is_suppressed_is_mild_and_hides_nothing() -> None:
    def quiet(built: Shop) -> dict[str, Any]:
        book = Book(entries(built))
        (entry,) = book.all()
        silent = book.suppress(entry.id, "dana", NOW, NOW.replace(year=2030), "known")
        (row,) = namespaces(built.world, Incidents([silent]), lambda _: True)
        return row

    scaled = quiet(shop(0, 0, ZERO))
    assert (scaled["health"], scaled["text"]) == ("degraded", "1 critical incident, kept quiet; 0 of 1 workload ready")
    assert quiet(shop(1, 0, IMAGE))["health"] == "broken"


def test_what_is_kept_quiet_is_counted_apart() -> None:
    built = shop(2, 2, IMAGE, PORT, ("low", "Service/other", LOW))
    book = Book(entries(built))
    loud, *others = book.all()
    for entry in others[:1]:
        book.suppress(entry.id, "dana", NOW, NOW.replace(year=2030), "known")
    (row,) = namespaces(built.world, Incidents(book.all()), lambda _: True)
    assert (row["incidents"], row["suppressed"], row["severity"]) == (len(others) + 1, 1, str(loud.incident.severity))
    assert " and 1 kept quiet; " in row["text"]


def test_a_pod_that_runs_and_is_not_ready_agrees_with_its_replica_set() -> None:
    built = shop(0, 0)
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {}}
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-1", "controller": True}
    built.put("ReplicaSet", "web-1", spec={"replicas": 1, "template": template}, status={"readyReplicas": 0})
    running = {"name": "a", "ready": False, "state": {"running": {}}}
    built.put(
        "Pod", "web-1-a", metadata={"ownerReferences": [owner]}, spec={"containers": [{"name": "a"}]},
        status={"phase": "Running", "containerStatuses": [running]},
    )  # fmt: skip

    def told() -> list[tuple[str, str]]:
        items = [
            built.world.get(*where) for where in (("Pod", NAMESPACE, "web-1-a"), ("ReplicaSet", NAMESPACE, "web-1"))
        ]
        about = Incidents(entries(built))
        return [(found.health, found.text) for item in items if item for found in [stands(built.world, item, about)]]

    assert told() == [("progressing", "Not ready"), ("progressing", "0 of 1 ready")]
    built.find("probe", "Pod", "web-1-a", owner="web")
    assert told() == [("broken", "Not ready"), ("broken", "0 of 1 ready")]


def test_what_is_suspended_counts_only_where_all_is() -> None:
    assert worst(["suspended", "healthy"]) == "healthy"
    assert worst(["suspended", "suspended"]) == "suspended"
    assert worst(["healthy", "degraded", "progressing"]) == "degraded"
    assert worst([]) == "healthy"
