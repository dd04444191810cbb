"""Deletion on both engines: preconditions, finalizers, dependents, grace."""

from __future__ import annotations

from tests.lab.api import Api, config_map, deployment, names, path_of

from helmward.lab.kube.waiting import eventually


async def test_preconditions(api: Api, namespace: str, maps: str) -> None:
    made = await api.create(config_map(namespace, "kept"))
    uid, version = made["metadata"]["uid"], made["metadata"]["resourceVersion"]
    wrong = {"preconditions": {"uid": "00000000-0000-0000-0000-000000000000"}}
    assert (await api.refusal("DELETE", f"{maps}/kept", wrong))["code"] == 409
    await api.patch(f"{maps}/kept", {"data": {"a": "b"}})
    old = {"preconditions": {"resourceVersion": version}}
    assert (await api.refusal("DELETE", f"{maps}/kept", old))["code"] == 409
    gone = await api.ask("DELETE", f"{maps}/kept", {"preconditions": {"uid": uid}})
    assert gone["status"] == "Success"
    assert gone["details"] == {"name": "kept", "kind": "configmaps", "uid": uid}


async def test_finalizers_hold_an_object(api: Api, namespace: str, maps: str) -> None:
    body = config_map(namespace, "held")
    body["metadata"]["finalizers"] = ["example.com/hold"]
    await api.create(body)
    assert (await api.ask("DELETE", f"{maps}/held"))["metadata"]["deletionTimestamp"]
    await api.patch(f"{maps}/held", {"metadata": {"finalizers": None}})
    assert await api.find(f"{maps}/held") is None


async def test_a_collection(api: Api, namespace: str, maps: str) -> None:
    for name, label in (("a", "x"), ("b", "x"), ("c", "y")):
        await api.create(config_map(namespace, name, {"l": label}))
    await api.ask("DELETE", f"{maps}?labelSelector=l%3Dx")
    assert names(await api.get(maps)) == ["c"]


async def test_dependents_follow_their_owner(api: Api, namespace: str, maps: str) -> None:
    owner = await api.create(config_map(namespace, "owner"))
    body = config_map(namespace, "child")
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": owner["metadata"]["uid"]}
    body["metadata"]["ownerReferences"] = [reference]
    await api.create(body)
    await api.delete(f"{maps}/owner")
    await eventually(lambda: _gone(api, f"{maps}/child"), "the child to be collected")


async def test_orphans_stay(api: Api, namespace: str, maps: str) -> None:
    owner = await api.create(config_map(namespace, "owner"))
    body = config_map(namespace, "child")
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": owner["metadata"]["uid"]}
    body["metadata"]["ownerReferences"] = [reference]
    await api.create(body)
    await api.delete(f"{maps}/owner", {"propagationPolicy": "Orphan"})
    await eventually(lambda: _gone(api, f"{maps}/owner"), "the owner to go")
    assert "ownerReferences" not in (await api.get(f"{maps}/child"))["metadata"]


async def test_foreground_waits_for_the_dependents(api: Api, namespace: str) -> None:
    await api.create(deployment(namespace, "web"))
    path, sets = path_of("Deployment", namespace, "web"), path_of("ReplicaSet", namespace)
    await eventually(lambda: api.list_all(sets), "the ReplicaSet")
    await api.delete(path, {"propagationPolicy": "Foreground"})
    await eventually(lambda: _gone(api, path), "the Deployment to go")
    assert await api.list_all(sets) == []


async def test_a_pod_on_a_node_takes_its_grace(api: Api, namespace: str) -> None:
    await eventually(lambda: api.find(path_of("ServiceAccount", namespace, "default")), "the ServiceAccount")
    spec = {"nodeName": "nowhere", "containers": [{"name": "a", "image": "a:1"}]}
    metadata = {"name": "pod", "namespace": namespace}
    await api.create({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
    path = path_of("Pod", namespace, "pod")
    going = await api.ask("DELETE", path)
    assert going["metadata"]["deletionGracePeriodSeconds"] == 30
    await api.delete(path, {"gracePeriodSeconds": 0})
    assert await api.find(path) is None


async def _gone(api: Api, path: str) -> bool:
    return await api.find(path) is None
