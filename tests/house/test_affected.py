"""What a first cause touches: chains of a small shop, and what holds for every fixture of the analyzers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.explain.casefile import FILES, read_case
from tests.explain.shop import NOW, Shop, small_shop
from tests.explain.test_cases import examine

from helmward.core.nouns import Evidence, Finding
from helmward.explain.causes.incidents import incidents
from helmward.explain.causes.places import home
from helmward.explain.codes import SUFFERS
from helmward.house.affected import MOST, affected
from helmward.house.health import Incidents, stands
from helmward.world.book import Book, Tracked
from helmward.world.store import World

BOTH = [path for path in FILES if path.stem.startswith("both-")]


def tracked(world: World, findings: list[Finding], now: Any = NOW) -> list[Tracked]:
    book = Book()
    book.update(incidents(findings, world, now), {finding.id: finding for finding in findings}, now)
    return book.all()


def graph(shop: Shop, hidden: str | None = None) -> dict[str, Any]:
    (entry,) = tracked(shop.world, shop.findings)
    return affected(shop.world, entry, NOW, lambda namespace: namespace != hidden)


def roles(found: dict[str, Any]) -> list[tuple[str, str]]:
    return [(node["id"].replace("/production/", "/"), node["role"]) for node in found["nodes"]]


def edges(found: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    def short(edge: dict[str, str]) -> tuple[str, str, str, str]:
        begin, end = (edge[key].replace("/production/", "/") for key in ("from", "to"))
        return begin, end, edge["how"], "from" if edge["by"] == edge["from"] else "to"

    return [short(edge) for edge in found["edges"]]


@pytest.fixture
def shop() -> Shop:
    return small_shop()


def test_from_a_bad_image_to_the_address_that_people_open(shop: Shop) -> None:
    backend = {"path": "/shop", "backend": {"service": {"name": "frontend"}}}
    shop.put("Ingress", "shop", spec={"rules": [{"host": "shop.example.com", "http": {"paths": [backend]}}]})
    shop.find("image", "Pod", "payment-0", owner="payment")
    shop.find("empty", "Service", "payment")
    shop.find("crash", "Pod", "frontend-0", owner="frontend", blames=["Service/payment"])
    found = graph(shop)
    assert roles(found) == [
        ("Deployment/payment", "cause"),
        ("Service/payment", "affected"),
        ("Pod/payment-0", "affected"),
        ("Deployment/frontend", "affected"),
        ("Service/frontend", "between"),
        ("Pod/frontend-0", "affected"),
        ("Ingress/shop", "affected"),
    ]
    assert edges(found) == [
        ("Deployment/payment", "Service/payment", "selects", "to"),
        ("Deployment/payment", "Pod/payment-0", "owns", "from"),
        ("Service/payment", "Deployment/frontend", "calls (env URL_0 of container app)", "to"),
        ("Deployment/frontend", "Service/frontend", "selects", "to"),
        ("Deployment/frontend", "Pod/frontend-0", "owns", "from"),
        ("Service/frontend", "Ingress/shop", "routes to (shop.example.com/shop)", "to"),
    ]
    assert found["more"] == 0
    texts = {node["id"].rpartition("/")[0]: (node["text"], node["severity"]) for node in found["nodes"]}
    assert texts["Deployment/production"] == ("frontend-0: crash", "high")


def test_what_is_missing_comes_first_and_says_how_it_is_used(shop: Shop) -> None:
    env = [{"name": "MODE", "valueFrom": {"configMapKeyRef": {"name": "modes", "key": "mode"}}}]
    template = {"metadata": {"labels": {"app": "batch"}}, "spec": {"containers": [{"name": "app", "env": env}]}}
    shop.put("Deployment", "batch", spec={"replicas": 2, "template": template})
    shop.world.coverage.read("ConfigMap", 0)
    shop.find("missing", "Pod", "batch-0", owner="batch", blames=["ConfigMap/modes"])
    found = graph(shop)
    assert roles(found)[:2] == [("ConfigMap/modes", "cause"), ("Deployment/batch", "cause")]
    assert (found["nodes"][0]["text"], found["nodes"][0]["severity"]) == ("does not exist", None)
    assert edges(found)[0] == ("ConfigMap/modes", "Deployment/batch", "reads (env MODE of container app)", "to")


def test_what_was_changed_just_before_comes_first(shop: Shop) -> None:
    env = [{"configMapRef": {"name": "limits"}}]
    template = {"metadata": {"labels": {"app": "batch"}}, "spec": {"containers": [{"name": "app", "envFrom": env}]}}
    shop.put("Deployment", "batch", spec={"replicas": 2, "template": template})
    ref, said = "ConfigMap/production/limits .data.LIMIT", "data.LIMIT 30 → abc by kubectl-edit"
    crash = shop.find("crash", "Pod", "batch-0", owner="batch")
    proof = Evidence(id="ev-1", source="change", ref=ref, excerpt=said)
    own = Evidence(id="ev-2", source="change", ref="Deployment/production/batch .spec.replicas", excerpt="1 → 2")
    shop.findings = [msgspec.structs.replace(crash, evidence=(proof, own))]
    found = graph(shop)
    assert roles(found)[:2] == [("ConfigMap/limits", "cause"), ("Deployment/batch", "cause")]
    assert found["nodes"][0]["text"] == said
    assert edges(found)[0] == ("ConfigMap/limits", "Deployment/batch", "reads (envFrom of container app)", "to")


def test_who_else_uses_what_is_named_is_not_said_to_suffer(shop: Shop) -> None:
    shop.find("crash", "Pod", "payment-0", owner="payment", blames=["Service/user"])
    found = graph(shop)
    assert ("Service/user", "Deployment/payment", "names it in its evidence", "to") in edges(found)
    assert ("Service/user", "Deployment/frontend") not in [edge[:2] for edge in edges(found)]


def test_a_node_reaches_the_workloads_that_suffer_and_no_others(shop: Shop) -> None:
    shop.workload("idle", node="node-1")
    shop.find("node", "Node", "node-1", since="2026-01-01T11:50:00Z")
    shop.find("probe", "Pod", "payment-0", owner="payment", since="2026-01-01T11:51:00Z")
    found = graph(shop)
    assert ("Node/node-1", "Deployment/payment", "runs payment-0", "from") in edges(found)
    assert "idle" not in str(found)


def test_where_the_configuration_shows_no_way_the_join_says_why(shop: Shop) -> None:
    shop.find("node", "Node", "node-1", since="2026-01-01T11:50:00Z")
    shop.find("empty", "Service", "payment", depth=SUFFERS, since="2026-01-01T11:51:00Z")
    reason = "its pod payment-0 runs on the node node-1"
    assert ("Node/node-1", "Service/payment", reason, "to") in edges(graph(shop))


def test_what_lies_outside_of_a_scope_is_not_there(shop: Shop) -> None:
    shop.put("Service", "payment-far", "elsewhere", spec={"selector": {"app": "x"}})
    env = [{"name": "URL", "value": "http://payment.production:8080"}]
    template = {"metadata": {"labels": {"app": "x"}}, "spec": {"containers": [{"name": "app", "env": env}]}}
    shop.put("Deployment", "far", "elsewhere", spec={"template": template})
    shop.find("image", "Pod", "payment-0", owner="payment")
    assert "elsewhere" in str(graph(shop))
    bounded = graph(shop, hidden="elsewhere")
    assert "elsewhere" not in str(bounded) and bounded["more"] == 0


def test_it_is_bounded_and_counts_the_rest() -> None:
    shop = Shop()
    shop.workload("payment", pods=9)
    for number in range(60):
        shop.workload(f"caller-{number}", calls=("payment",), pods=0)
    for number in range(9):
        shop.find("image", "Pod", f"payment-{number}", owner="payment")
    found = graph(shop)
    shown = [node["id"] for node in found["nodes"]]
    pods = [node for node in shown if node.startswith("Pod/")]
    callers = [node for node in shown if node.startswith("Deployment/production/caller")]
    assert (len(shown), len(pods)) == (MOST, 3)
    assert found["more"] == (9 - 3) + (60 - len(callers)) + len(callers)  # the last: the Services of those shown


def test_how_each_stands_is_what_the_map_says(shop: Shop) -> None:
    shop.put("ConfigMap", "settings", data={"a": "b"})
    shop.find("image", "Pod", "payment-0", owner="payment", blames=["ConfigMap/settings"])
    shop.find("empty", "Service", "payment")
    (entry,) = tracked(shop.world, shop.findings)
    live = Incidents([entry])
    found = affected(shop.world, entry, NOW, lambda _namespace: True, live)
    told = {node["id"]: node["health"] for node in found["nodes"]}
    assert told.pop("ConfigMap/production/settings", None) is None
    assert told and told == {
        where: stands(shop.world, item, live).health
        for where in told
        if (item := shop.world.get(*where.split("/"))) is not None
    }
    assert told["Deployment/production/payment"] == "broken"


@pytest.mark.parametrize("path", BOTH, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_of_every_fixture(path: Path) -> None:
    case = read_case(path)
    world, findings = examine(case)
    for entry in tracked(world, findings, case.now):
        found = affected(world, entry, case.now, lambda _namespace: True)
        places = [node["id"] for node in found["nodes"]]
        assert len(set(places)) == len(places) <= MOST
        assert found["nodes"][0]["role"] == "cause"
        assert {"/".join(filter(None, home(finding))) for finding in entry.findings} <= set(places)
        assert all(places.index(edge["from"]) < places.index(edge["to"]) for edge in found["edges"]), "a way back"
        assert all(edge["how"] and edge["by"] in (edge["from"], edge["to"]) for edge in found["edges"])
        reached = {edge["to"] for edge in found["edges"]}
        assert all(node["role"] == "cause" or node["id"] in reached for node in found["nodes"])
