"""What depends on what: chains of a small shop with faults on them, and what holds for any graph."""

from __future__ import annotations

import time
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.explain.shop import NAMESPACE, NOW, Shop

from helmward.core.errors import UsageError
from helmward.explain.analyzers.service import Service as ServiceAnalyzer
from helmward.explain.causes.incidents import incidents
from helmward.explain.engine import Engine
from helmward.house.map import Asked, NotOnMap, draw
from helmward.house.map_layers import layers
from helmward.world.book import Book, Tracked
from helmward.world.kinds import KINDS

PAYMENT, FRONTEND = "Deployment/production/payment", "Deployment/production/frontend"


def tracked(shop: Shop) -> list[Tracked]:
    book = Book()
    book.update(incidents(shop.findings, shop.world, NOW), {found.id: found for found in shop.findings}, NOW)
    return book.all()


def seen(shop: Shop, hidden: str = "", **asked: Any) -> dict[str, Any]:
    return draw(shop.world, tracked(shop), NOW, Asked(**asked), lambda namespace: namespace != hidden)


def nodes(found: dict[str, Any], key: str) -> dict[str, Any]:
    return {node["id"]: node[key] for node in found["nodes"]}


def edges(found: dict[str, Any]) -> dict[tuple[str, str], str]:
    return {(edge["from"], edge["to"]): edge["how"] for edge in found["edges"]}


def broken(found: dict[str, Any]) -> set[tuple[str, str]]:
    assert all(edge["broken"] == (edge["incident"] is not None) for edge in found["edges"])
    return {(edge["from"], edge["to"]) for edge in found["edges"] if edge["broken"]}


@pytest.fixture
def shop() -> Shop:
    """An Ingress before a frontend, which calls payment and users, each behind a Service; and a world beside it."""
    built = Shop()
    built.workload("payment")
    built.workload("users")
    built.workload("frontend", calls=("payment", "users"))
    built.put("Deployment", "alone", namespace="else", spec={"replicas": 0})
    path = {"path": "/shop", "backend": {"service": {"name": "frontend"}}}
    built.put("Ingress", "shop", spec={"rules": [{"host": "shop.example.com", "http": {"paths": [path]}}]})
    return built


def test_what_leads_where_and_in_which_column(shop: Shop) -> None:
    found = seen(shop)
    assert edges(found) == {
        ("Ingress/production/shop", "Service/production/frontend"): "path shop.example.com/shop",
        ("Service/production/frontend", FRONTEND): "selector app=frontend",
        (FRONTEND, "Service/production/payment"): "env URL_0",
        (FRONTEND, "Service/production/users"): "env URL_1",
        ("Service/production/payment", PAYMENT): "selector app=payment",
        ("Service/production/users", "Deployment/production/users"): "selector app=users",
    }
    assert nodes(found, "layer") == {
        "Ingress/production/shop": 0,
        "Deployment/else/alone": 0,
        "Service/production/frontend": 1,
        FRONTEND: 2,
        "Service/production/payment": 3,
        "Service/production/users": 3,
        PAYMENT: 4,
        "Deployment/production/users": 4,
    }
    assert list(nodes(found, "layer").values()) == sorted(nodes(found, "layer").values())
    assert (found["total"], found["namespaces"]) == (8, ["else", "production"])
    assert not broken(found)


def test_what_configuration_names_and_what_is_used(shop: Shop) -> None:
    shop.put("ConfigMap", "addresses", data={"USERS_URL": "http://users.production.svc:8080", "other": "x"})
    shop.put("Service", "old-users", spec={"externalName": "users.production.svc.cluster.local"})
    key = {"secretKeyRef": {"name": "token", "key": "a"}}
    container = {
        "name": "app",
        "envFrom": [{"configMapRef": {"name": "addresses"}}],
        "env": [{"name": "T", "valueFrom": key}],
    }
    shop.put("Pod", "bare", metadata={"labels": {"app": "frontend"}}, spec={"containers": [container]})
    found = seen(shop)
    assert edges(found)["Pod/production/bare", "Service/production/users"] == "key USERS_URL of ConfigMap addresses"
    assert edges(found)["Service/production/frontend", "Pod/production/bare"] == "selector app=frontend"
    assert edges(found)["Service/production/old-users", "Service/production/users"].startswith("externalName users.")
    assert nodes(found, "uses")["Pod/production/bare"] == {"configMaps": 1, "secrets": 1, "claims": 0}
    assert nodes(found, "uses")["Service/production/users"] is None


def test_a_fault_lies_on_the_edges_along_which_it_travels(shop: Shop) -> None:
    shop.find("image", "Pod", "payment-0", owner="payment")
    shop.find("crash", "Pod", "frontend-0", owner="frontend", blames=["Service/payment"])
    (entry,) = tracked(shop)
    found = seen(shop)
    assert broken(found) == {
        (FRONTEND, "Service/production/payment"),
        ("Service/production/payment", PAYMENT),
        ("Service/production/frontend", FRONTEND),  # nothing is ready behind it
        ("Ingress/production/shop", "Service/production/frontend"),  # nor can it lead anywhere
    }
    assert {edge["incident"] for edge in found["edges"] if edge["broken"]} == {entry.id}
    assert nodes(found, "incidents")[PAYMENT] == nodes(found, "incidents")[FRONTEND] == [entry.id]
    assert nodes(found, "severity")["Deployment/production/users"] is None
    assert (nodes(found, "health")[PAYMENT], nodes(found, "health")["Deployment/production/users"]) == (
        "broken",
        "progressing",
    )


def test_a_workload_that_still_serves_is_degraded(shop: Shop) -> None:
    template = {"metadata": {"labels": {"app": "payment"}}, "spec": {}}
    shop.put("Deployment", "payment", spec={"replicas": 3, "template": template}, status={"readyReplicas": 2})
    shop.find("image", "Pod", "payment-0", owner="payment")
    found = seen(shop)
    assert nodes(found, "health")[PAYMENT] == "degraded"
    assert (nodes(found, "ready")[PAYMENT], nodes(found, "wanted")[PAYMENT]) == (2, 3)
    assert not broken(found)
    assert nodes(found, "health")["Deployment/else/alone"] == "suspended"  # scaled to none


def test_who_needs_a_service_that_is_wrong_itself(shop: Shop) -> None:
    shop.find("target-port", "Service", "payment")
    found = seen(shop)
    assert nodes(found, "health")["Service/production/payment"] == "broken"
    assert broken(found) == {(FRONTEND, "Service/production/payment")}


def test_who_needs_a_service_whose_selector_matches_nothing(shop: Shop) -> None:
    """What the analyzer makes of it: no edge leads from the Service to any workload."""
    shop.put("Service", "users", spec={"selector": {"app": "userz"}, "ports": [{"port": 8080}]})
    for kind in ("Pod", "Service", "Deployment"):
        shop.world.replace(KINDS[kind], [item.raw for item in shop.world.all(kind)])
    engine = Engine(shop.world, [ServiceAnalyzer()])
    engine.full(NOW)
    shop.findings += [found for found in engine.findings if found.slug == "service-selector-mismatch"]
    found = seen(shop)
    assert nodes(found, "health")["Service/production/users"] == "broken"
    assert broken(found) == {(FRONTEND, "Service/production/users")}


def test_scaled_to_zero_is_broken_where_somebody_needs_it(shop: Shop) -> None:
    template = {"metadata": {"labels": {"app": "payment"}}, "spec": {}}
    shop.put("Deployment", "payment", spec={"replicas": 0, "template": template})
    assert not broken(seen(shop)) and nodes(seen(shop), "health")[PAYMENT] == "suspended"  # somebody may have meant it
    shop.find("scaled-to-zero", "Deployment", "payment")
    found = seen(shop)
    assert nodes(found, "health")[PAYMENT] == "broken"
    assert broken(found) == {(FRONTEND, "Service/production/payment"), ("Service/production/payment", PAYMENT)}


def test_a_service_that_is_not_there_is_on_the_map(shop: Shop) -> None:
    shop.workload("orders", calls=("paymnt",))
    shop.find("address", "Deployment", "orders", blames=["Service/paymnt"])
    assert "Service/production/paymnt" not in nodes(seen(shop), "absent")  # nobody looked for Services
    shop.world.coverage.read("Service", 4)
    found = seen(shop)
    absent = "Service/production/paymnt"
    assert (nodes(found, "absent")[absent], nodes(found, "health")[absent]) == (True, "broken")
    assert edges(found)["Deployment/production/orders", absent] == "env URL_0"


def test_an_entry_that_leads_to_nothing(shop: Shop) -> None:
    backend = {"service": {"name": "gone"}}
    shop.put("Ingress", "old", spec={"defaultBackend": backend})
    shop.world.coverage.read("Service", 3)
    found = seen(shop)
    assert nodes(found, "absent")["Service/production/gone"]
    assert edges(found)["Ingress/production/old", "Service/production/gone"] == "default backend"


def test_around_something_and_within_a_namespace(shop: Shop) -> None:
    shop.put("ConfigMap", "settings", data={})
    container = {"name": "app", "envFrom": [{"configMapRef": {"name": "settings"}}]}
    shop.put("Pod", "user-of-it", spec={"containers": [container]})
    near = seen(shop, around=PAYMENT, hops=2)
    assert set(nodes(near, "id")) == {PAYMENT, "Service/production/payment", FRONTEND}
    assert set(nodes(seen(shop, around="Pod/production/payment-0", hops=1), "id")) == {
        PAYMENT,
        "Service/production/payment",
    }
    assert set(nodes(seen(shop, around="ConfigMap/production/settings"), "id")) == {"Pod/production/user-of-it"}
    only = seen(shop, namespace="else")
    assert set(nodes(only, "id")) == {"Deployment/else/alone"}
    assert only["namespaces"] == ["else", "production"]
    with pytest.raises(NotOnMap, match="Deployment/production/nothing"):
        seen(shop, around="Deployment/production/nothing")
    with pytest.raises(UsageError, match="kind/namespace/name"):
        seen(shop, around="payment")


def test_the_worst_and_their_neighbours_come_first(shop: Shop) -> None:
    shop.find("image", "Pod", "users-0", owner="users")
    found = seen(shop, limit=3)
    assert (len(found["nodes"]), found["total"]) == (3, 8)
    assert {"Deployment/production/users", "Service/production/users"} <= set(nodes(found, "id"))
    assert all(edge["from"] in nodes(found, "id") and edge["to"] in nodes(found, "id") for edge in found["edges"])


def test_what_lies_outside_of_the_scope_is_not_there(shop: Shop) -> None:
    shop.find("image", "Pod", "payment-0", owner="payment")
    found = seen(shop, hidden=NAMESPACE)
    assert (set(nodes(found, "id")), found["edges"], found["total"]) == ({"Deployment/else/alone"}, [], 1)
    assert found["namespaces"] == ["else"]
    with pytest.raises(NotOnMap):
        seen(shop, hidden=NAMESPACE, around=PAYMENT)
    assert "payment" not in msgspec.json.encode(found).decode()


def test_a_drawing_does_not_jump(shop: Shop) -> None:
    whole = seen(shop)
    other = Shop()
    for item in reversed(
        [item for kind in ("Deployment", "Pod", "Service", "Ingress") for item in shop.world.all(kind)]
    ):
        other.world.put(item)
    assert seen(other) == whole
    shop.find("image", "Pod", "payment-0", owner="payment")
    assert nodes(seen(shop), "layer") == nodes(whole, "layer")
    assert list(nodes(seen(shop), "id")) == list(nodes(whole, "id"))


@given(st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=30))
def test_columns_of_any_graph(pairs: set[tuple[int, int]]) -> None:
    """Every edge leads to the right but those that close a circle; without a circle all do, and no column is skipped."""
    places = {("Pod", "", str(number)) for number in range(8)}
    leads: dict[Any, set[Any]] = {}
    for begin, end in pairs:
        leads.setdefault(("Pod", "", str(begin)), set()).add(("Pod", "", str(end)))
    column = layers(places, leads)
    acyclic = {begin: {end for end in ends if begin < end} for begin, ends in leads.items()}
    straight = layers(places, acyclic)
    assert set(column) == places
    assert set(straight.values()) == set(range(max(straight.values()) + 1))
    assert all(straight[begin] < straight[end] for begin, ends in acyclic.items() for end in ends)
    entered = {end for begin, ends in leads.items() for end in ends}
    assert all(column[place] == 0 for place in places - entered)


def test_a_circle_and_a_chain_longer_than_the_stack() -> None:
    chain = [("Pod", "", f"{number:05}") for number in range(3000)]
    leads = {begin: {end} for begin, end in zip(chain, [*chain[1:], chain[0]], strict=True)}
    assert layers(chain, leads) == {place: number for number, place in enumerate(chain)}


def test_five_hundred_workloads_are_quick() -> None:
    shop = Shop()
    for number in range(500):
        shop.workload(
            f"service-{number}", calls=tuple(f"service-{n}" for n in (number * 2 + 1, number * 2 + 2) if n < 500)
        )
    shop.find("image", "Pod", "service-7-0", owner="service-7")
    seen(shop)
    took = []
    entries = tracked(shop)
    for _ in range(7):
        start = time.thread_time()
        found = draw(shop.world, entries, NOW, Asked(), lambda _: True)
        took.append(time.thread_time() - start)
    assert (found["total"], len(found["nodes"])) == (1000, 150)
    assert min(took) < 0.06, took  # 10 ms where nothing else runs; the rest is for slow machines


def test_the_worst_has_the_first_rank(shop: Shop) -> None:
    shop.find("target-port", "Service", "payment")
    found = nodes(seen(shop), "rank")
    assert min(found, key=found.__getitem__) == "Service/production/payment"
    assert sorted(found.values()) == list(range(len(found)))
