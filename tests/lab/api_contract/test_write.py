"""Writes on both engines: conflicts, dry runs, the patches, generation, subresources."""

from __future__ import annotations

import pytest
from tests.lab.api import Api, ApiError, config_map, deployment, path_of


async def test_a_name_is_taken_once(api: Api, namespace: str, maps: str) -> None:
    await api.create(config_map(namespace, "once"))
    status = await api.refusal("POST", maps, config_map(namespace, "once"))
    assert (status["code"], status["reason"]) == (409, "AlreadyExists")
    assert status["message"] == 'configmaps "once" already exists'


async def test_generated_names(api: Api, namespace: str, maps: str) -> None:
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "made-"}}
    one, two = await api.ask("POST", maps, body), await api.ask("POST", maps, body)
    assert one["metadata"]["name"] != two["metadata"]["name"]
    assert len(one["metadata"]["name"]) == len("made-") + 5


async def test_what_is_not_there_is_not_found(api: Api, namespace: str, maps: str) -> None:
    for method in ("GET", "DELETE"):
        status = await api.refusal(method, f"{maps}/none")
        assert status["message"] == 'configmaps "none" not found'
        assert status["details"] == {"name": "none", "kind": "configmaps"}
    status = await api.refusal("GET", f"{path_of('Deployment', namespace)}/none")
    assert status["message"] == 'deployments.apps "none" not found'
    assert status["details"] == {"name": "none", "group": "apps", "kind": "deployments"}


async def test_an_old_version_conflicts(api: Api, namespace: str, maps: str) -> None:
    old = await api.create(config_map(namespace, "raced"))
    await api.patch(f"{maps}/raced", {"data": {"a": "1"}})
    status = await api.refusal("PUT", f"{maps}/raced", old | {"data": {"a": "2"}})
    assert (status["code"], status["reason"]) == (409, "Conflict")
    assert status["message"] == (
        'Operation cannot be fulfilled on configmaps "raced": the object has been modified; '
        "please apply your changes to the latest version and try again"
    )
    unconditional = {**old, "metadata": {"name": "raced", "namespace": namespace}, "data": {"a": "3"}}
    assert (await api.ask("PUT", f"{maps}/raced", unconditional))["data"] == {"a": "3"}


async def test_a_change_that_changes_nothing_is_no_write(api: Api, namespace: str, maps: str) -> None:
    created = await api.create(config_map(namespace, "still", a="b"))
    same = await api.patch(f"{maps}/still", {"data": {"a": "b"}})
    assert same["metadata"]["resourceVersion"] == created["metadata"]["resourceVersion"]


async def test_dry_run_stores_nothing(api: Api, namespace: str, maps: str) -> None:
    shown = await api.ask("POST", f"{maps}?dryRun=All", config_map(namespace, "ghost", a="1"))
    assert shown["metadata"]["uid"]
    assert await api.find(f"{maps}/ghost") is None
    await api.create(config_map(namespace, "solid", a="1"))
    path = f"{maps}/solid?dryRun=All"
    shown = await api.ask("PATCH", path, {"data": {"a": "2"}}, Content_Type="application/merge-patch+json")
    assert shown["data"] == {"a": "2"}
    await api.ask("DELETE", path)
    assert (await api.get(f"{maps}/solid"))["data"] == {"a": "1"}


async def test_json_patch_is_atomic_and_tests(api: Api, namespace: str, maps: str) -> None:
    await api.create(config_map(namespace, "tested", a="1"))
    good = [{"op": "test", "path": "/data/a", "value": "1"}, {"op": "replace", "path": "/data/a", "value": "2"}]
    assert (await api.patch(f"{maps}/tested", good, "json"))["data"] == {"a": "2"}
    bad = [{"op": "add", "path": "/data/b", "value": "x"}, {"op": "test", "path": "/data/a", "value": "1"}]
    with pytest.raises(ApiError) as refused:
        await api.patch(f"{maps}/tested", bad, "json")
    assert refused.value.status == 422
    assert (await api.get(f"{maps}/tested"))["data"] == {"a": "2"}


async def test_strategic_merge_knows_list_keys(api: Api, namespace: str) -> None:
    await api.create(deployment(namespace, "web"))
    path = path_of("Deployment", namespace, "web")
    env = [{"name": "MODE", "value": "fast"}]
    patch = {"spec": {"template": {"spec": {"containers": [{"name": "web", "env": env}]}}}}
    changed = await api.patch(path, patch, "strategic")
    (container,) = changed["spec"]["template"]["spec"]["containers"]
    assert (container["image"], container["env"]) == ("nginx:1.27", env)
    patch["spec"]["template"]["spec"]["containers"][0]["env"] = [{"name": "MODE", "$patch": "delete"}]
    changed = await api.patch(path, patch, "strategic")
    assert "env" not in changed["spec"]["template"]["spec"]["containers"][0]


async def test_generation_follows_the_spec_alone(api: Api, namespace: str) -> None:
    path = path_of("Deployment", namespace, "web")
    assert (await api.create(deployment(namespace, "web")))["metadata"]["generation"] == 1
    assert (await api.patch(path, {"spec": {"paused": True}}))["metadata"]["generation"] == 2
    labelled = await api.patch(path, {"metadata": {"labels": {"a": "b"}}})
    assert labelled["metadata"]["generation"] == 2


async def test_status_and_spec_are_written_apart(api: Api, namespace: str) -> None:
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": f"node-{namespace}"}}
    path = path_of("Node", name=f"node-{namespace}")
    await api.ask("POST", path_of("Node"), node)
    both = {"spec": {"unschedulable": True}, "status": {"nodeInfo": _NODE_INFO}}
    told = await api.patch(f"{path}/status", both)
    assert told["status"]["nodeInfo"]["kubeletVersion"] == "v1.34.3"
    assert "unschedulable" not in told["spec"]
    await api.delete(path)


async def test_scale(api: Api, namespace: str) -> None:
    await api.create(deployment(namespace, "web"))
    path = path_of("Deployment", namespace, "web")
    scale = await api.patch(f"{path}/scale", {"spec": {"replicas": 3}})
    assert (scale["kind"], scale["spec"]) == ("Scale", {"replicas": 3})
    assert (await api.get(path))["spec"]["replicas"] == 3


_NODE_INFO = dict.fromkeys(
    (
        "machineID",
        "systemUUID",
        "bootID",
        "kernelVersion",
        "osImage",
        "containerRuntimeVersion",
        "kubeProxyVersion",
        "operatingSystem",
        "architecture",
    ),
    "",
) | {"kubeletVersion": "v1.34.3"}
