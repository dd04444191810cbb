"""Field managers and server-side apply on both engines."""

from __future__ import annotations

from tests.lab.api import Api, config_map, deployment, path_of


async def test_every_write_names_its_manager(api: Api, namespace: str, maps: str) -> None:
    await api.create(config_map(namespace, "owned", a="1", b="1"))
    other = f"{maps}/owned?fieldManager=other"
    changed = await api.ask("PATCH", other, {"data": {"b": "2"}}, Content_Type="application/merge-patch+json")
    owners = {entry["manager"]: entry for entry in changed["metadata"]["managedFields"]}
    assert "f:a" in owners["helmward-lab"]["fieldsV1"]["f:data"]
    assert "f:b" in owners["other"]["fieldsV1"]["f:data"]
    assert "f:b" not in owners["helmward-lab"]["fieldsV1"]["f:data"]
    assert {entry["operation"] for entry in owners.values()} == {"Update"}


async def test_user_agent_is_the_manager_of_last_resort(api: Api, namespace: str, maps: str) -> None:
    made = await api.ask("POST", maps, config_map(namespace, "agent", a="b"), User_Agent="curl/8.5 (linux)")
    assert made["metadata"]["managedFields"][0]["manager"] == "curl"


async def test_apply_makes_merges_and_takes_back(api: Api, namespace: str, maps: str) -> None:
    path, body = f"{maps}/applied", config_map(namespace, "applied", a="1", b="1")
    made = await api.apply(path, body, "one")
    assert made["metadata"]["managedFields"][0]["operation"] == "Apply"
    await api.apply(path, config_map(namespace, "applied", c="1"), "two")
    left = await api.apply(path, config_map(namespace, "applied", a="1"), "one")
    assert left["data"] == {"a": "1", "c": "1"}


async def test_apply_conflicts_unless_forced(api: Api, namespace: str, maps: str) -> None:
    path = f"{maps}/disputed"
    await api.apply(path, config_map(namespace, "disputed", a="1"), "one")
    query, form = "?fieldManager=two", "application/apply-patch+yaml"
    body = config_map(namespace, "disputed", a="2")
    status = await api.refusal("PATCH", path + query, body, Content_Type=form)
    assert (status["code"], status["reason"]) == (409, "Conflict")
    assert status["message"] == 'Apply failed with 1 conflict: conflict with "one": .data.a'
    (cause,) = status["details"]["causes"]
    assert cause == {"reason": "FieldManagerConflict", "message": 'conflict with "one"', "field": ".data.a"}
    forced = await api.apply(path, body, "two", force=True)
    assert forced["data"] == {"a": "2"}
    assert "f:a" not in str([entry for entry in forced["metadata"]["managedFields"] if entry["manager"] == "one"])


async def test_equal_values_are_shared(api: Api, namespace: str, maps: str) -> None:
    path, body = f"{maps}/shared", config_map(namespace, "shared", a="1")
    await api.apply(path, body, "one")
    both = await api.apply(path, body, "two")
    assert {entry["manager"] for entry in both["metadata"]["managedFields"]} == {"one", "two"}
    left = await api.apply(path, config_map(namespace, "shared"), "one")
    assert left["data"] == {"a": "1"}
    left = await api.apply(path, config_map(namespace, "shared"), "two")
    assert "data" not in left


async def test_apply_merges_lists_by_key(api: Api, namespace: str) -> None:
    path = path_of("Deployment", namespace, "web")
    await api.apply(path, deployment(namespace, "web"), "team")
    labels = {"metadata": {"labels": {"app": "web"}}}
    sidecar = {"name": "proxy", "image": "envoy:1"}
    head = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}}
    template = labels | {"spec": {"containers": [sidecar]}}
    spec = {"selector": {"matchLabels": {"app": "web"}}, "template": template}
    both = await api.apply(path, head | {"spec": spec}, "mesh")
    assert [item["name"] for item in both["spec"]["template"]["spec"]["containers"]] == ["web", "proxy"]
    again = await api.apply(path, deployment(namespace, "web", image="nginx:1.28"), "team")
    images = [item["image"] for item in again["spec"]["template"]["spec"]["containers"]]
    assert images == ["nginx:1.28", "envoy:1"]
    gone = await api.apply(path, head | {"spec": spec | {"template": labels | {"spec": {"containers": []}}}}, "mesh")
    assert [item["name"] for item in gone["spec"]["template"]["spec"]["containers"]] == ["web"]
