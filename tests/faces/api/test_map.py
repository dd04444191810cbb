"""The map over the API, from a real cluster: a frontend that names a Service, and a pod behind that which cannot start."""

from __future__ import annotations

from typing import Any

import pytest

from ...house.home import waiting_for_its_image
from ...waiting import until
from ..station import Station
from .test_access import call
from .test_scopes import token

SPACE = "mapped"


async def _made(station: Station) -> None:
    writer = station.home.writer
    await writer.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}})
    service = {"selector": {"app": "payment"}, "ports": [{"port": 80}]}
    await writer.create(_item("v1", "Service", "payment", spec=service))
    container = {"name": "app", "image": "registry.example.com/shop/app:9"}
    pod = _item("v1", "Pod", "payment", spec={"containers": [container]})
    pod["metadata"]["labels"] = {"app": "payment"}
    await writer.create(pod)
    await writer.patch(f"/api/v1/namespaces/{SPACE}/pods/payment/status", waiting_for_its_image())
    container = {"name": "app", "image": "a", "env": [{"name": "PAYMENT_URL", "value": "http://payment:80/v1"}]}
    template = {"metadata": {"labels": {"app": "frontend"}}, "spec": {"containers": [container]}}
    spec = {"replicas": 0, "selector": {"matchLabels": {"app": "frontend"}}, "template": template}
    await writer.create(_item("apps/v1", "Deployment", "frontend", spec=spec))

    def seen() -> bool:
        incident = any(entry.incident.resource.namespace == SPACE for entry in station.house.incidents())
        return incident and station.house.world.get("Deployment", SPACE, "frontend") is not None

    await until(seen, "the incident of the pod and the Deployment")


def _item(api: str, kind: str, name: str, **rest: Any) -> dict[str, Any]:
    return {"apiVersion": api, "kind": kind, "metadata": {"name": name, "namespace": SPACE}, **rest}


@pytest.fixture(scope="module")
def mapped(station: Station) -> Station:
    station.do(_made(station))
    return station


async def look(station: Station, query: str = "", bearer: str | None = None) -> Any:
    status, _, found = await call(station, "GET", f"/api/v1/map{query}", bearer or station.token("viewer"))
    return found if status == 200 else (status, found)


async def test_the_map_shows_what_depends_on_what_and_where_it_is_broken(mapped: Station) -> None:
    found = await look(mapped, f"?namespace={SPACE}")
    (identity,) = {incident for node in found["nodes"] for incident in node["incidents"]}
    deployment, service, pod = (f"{kind}/{SPACE}/{name}" for kind, name in (
        ("Deployment", "frontend"), ("Service", "payment"), ("Pod", "payment")))  # fmt: skip
    shown = {(edge["from"], edge["to"]): edge["how"] for edge in found["edges"]}
    assert shown == {(deployment, service): "env PAYMENT_URL", (service, pod): "selector app=payment"}
    by_id = {node["id"]: node for node in found["nodes"]}
    assert [by_id[one]["layer"] for one in (deployment, service, pod)] == [0, 1, 2]
    assert [by_id[one]["health"] for one in (deployment, service, pod)] == ["suspended", "broken", "broken"]
    assert (by_id[service]["ready"], by_id[service]["wanted"]) == (0, 1)
    assert by_id[pod] | {"severity": None} == {
        "id": pod, "kind": "Pod", "namespace": SPACE, "name": "payment", "health": "broken", "incidents": [identity],
        "text": "ImagePullBackOff", "severity": None, "layer": 2, "absent": False, "ready": None, "wanted": None,
        "uses": {"configMaps": 0, "secrets": 0, "claims": 0}, "rank": 0,
    }  # fmt: skip
    assert SPACE in found["namespaces"]
    assert found["total"] == 3


async def test_a_part_of_it(mapped: Station) -> None:
    around = await look(mapped, f"?around=Pod/{SPACE}/payment&hops=1")
    assert {node["id"] for node in around["nodes"]} == {f"Pod/{SPACE}/payment", f"Service/{SPACE}/payment"}
    few = await look(mapped, f"?namespace={SPACE}&limit=1")
    assert ([node["kind"] for node in few["nodes"]], few["total"]) == (["Pod"], 3)


@pytest.mark.parametrize(
    ("query", "status"),
    [("?around=Pod/mapped/nothing", 404), ("?around=nothing", 400), ("?hops=5", 422), ("?limit=501", 422)],
)
async def test_what_is_not_on_it_or_asked_wrongly(mapped: Station, query: str, status: int) -> None:
    answered, found = await look(mapped, query)
    assert (answered, bool(found["error"])) == (status, True)


async def test_who_is_bounded_sees_what_lies_within(mapped: Station) -> None:
    within = await look(mapped, "", token(mapped, SPACE))
    assert {node["namespace"] for node in within["nodes"]} == set(within["namespaces"]) == {SPACE}
    without = await look(mapped, "", token(mapped, "other"))
    assert without == {"nodes": [], "edges": [], "total": 0, "namespaces": []}
    status, _ = await look(mapped, f"?around=Pod/{SPACE}/payment", token(mapped, "other"))
    assert status == 404
