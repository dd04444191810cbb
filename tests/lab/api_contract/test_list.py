"""Lists on both engines: chunks, past versions, selectors."""

from __future__ import annotations

import pytest
from tests.lab.api import Api, config_map, names, path_of

from helmward.lab.kube.waiting import eventually


async def test_chunks_show_one_version(api: Api, namespace: str, maps: str) -> None:
    for number in range(5):
        await api.create(config_map(namespace, f"map-{number}", {"of": "five"}))
    page = await api.get(f"{maps}?limit=2&labelSelector=of%3Dfive")
    await api.delete(f"{maps}/map-4")
    await api.create(config_map(namespace, "map-9", {"of": "five"}))
    found, version = names(page), page["metadata"]["resourceVersion"]
    while page["metadata"].get("continue"):
        page = await api.get(f"{maps}?limit=2&labelSelector=of%3Dfive&continue={page['metadata']['continue']}")
        assert page["metadata"]["resourceVersion"] == version
        found += names(page)
    assert found == [f"map-{number}" for number in range(5)]


async def test_remaining_items_are_counted(api: Api, namespace: str, maps: str) -> None:
    for number in range(3):
        await api.create(config_map(namespace, f"map-{number}"))
    await eventually(lambda: api.find(f"{maps}/kube-root-ca.crt"), "the namespace's own ConfigMap")
    assert (await api.get(f"{maps}?limit=1"))["metadata"]["remainingItemCount"] == 3


async def test_exact_version_shows_the_past_of_any_kind(api: Api, namespace: str, maps: str) -> None:
    await api.create(config_map(namespace, "kept", step="one"))
    await api.create(config_map(namespace, "gone"))
    version = (await api.get(path_of("Service")))["metadata"]["resourceVersion"]
    await api.patch(f"{maps}/kept", {"data": {"step": "two"}})
    await api.delete(f"{maps}/gone")
    await api.create(config_map(namespace, "late"))
    past = await api.get(f"{maps}?resourceVersion={version}&resourceVersionMatch=Exact")
    assert names(past) == ["gone", "kept"]
    assert next(item for item in past["items"] if item["metadata"]["name"] == "kept")["data"] == {"step": "one"}
    assert past["metadata"]["resourceVersion"] == version


async def test_items_carry_no_kind(api: Api, namespace: str, maps: str) -> None:
    await api.create(config_map(namespace, "plain"))
    answer = await api.get(maps)
    assert answer["kind"] == "ConfigMapList"
    assert not any("kind" in item or "apiVersion" in item for item in answer["items"])


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        ("tier=web", ["a"]),
        ("tier!=web", ["b", "c"]),
        ("tier in (web, db)", ["a", "b"]),
        ("tier notin (web)", ["b", "c"]),
        ("tier", ["a", "b"]),
        ("!tier", ["c"]),
        ("tier=db,zone=1", ["b"]),
    ],
)
async def test_label_selectors(api: Api, namespace: str, maps: str, selector: str, found: list[str]) -> None:
    for name, labels in (("a", {"tier": "web"}), ("b", {"tier": "db", "zone": "1"}), ("c", {"zone": "2"})):
        await api.create(config_map(namespace, name, labels))
    assert names(await api.get(f"{maps}?labelSelector={selector}")) == found


async def test_field_selectors(api: Api, namespace: str, maps: str) -> None:
    for name in ("a", "b"):
        await api.create(config_map(namespace, name))
    assert names(await api.get(f"{maps}?fieldSelector=metadata.name=b")) == ["b"]
    status = await api.refusal("GET", f"{maps}?fieldSelector=data.x=1")
    assert status["code"] == 400
    assert status["message"] == ('"data.x" is not a known field selector: only "metadata.name", "metadata.namespace"')
    status = await api.refusal("GET", f"{path_of('Pod', namespace)}?fieldSelector=spec.x=1")
    assert status["message"] == "field label not supported: spec.x"


async def test_a_version_of_the_future_times_out(api: Api, maps: str) -> None:
    status = await api.refusal("GET", f"{maps}?resourceVersion=999999999&resourceVersionMatch=NotOlderThan")
    assert (status["code"], status["reason"]) == (504, "Timeout")
    assert status["message"].startswith("Timeout: Too large resource version: 999999999, current:")


@pytest.mark.parametrize("query", ["continue=nonsense", "resourceVersion=abc", "labelSelector=a%3D%3D%3Db"])
async def test_malformed_parameters_are_refused(api: Api, maps: str, query: str) -> None:
    assert (await api.refusal("GET", f"{maps}?{query}"))["code"] in (400, 422)
