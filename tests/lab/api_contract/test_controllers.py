"""What the controllers of both engines make of the same wish."""

from __future__ import annotations

from tests.lab.api import Api, Json, deployment, path_of

from helmward.lab.kube.waiting import eventually


async def test_a_refused_pod_is_told_at_every_level(api: Api, namespace: str) -> None:
    """ReplicaSet Event and condition, Deployment condition: the same words on both engines."""
    body = deployment(namespace, "web", 1)
    body["spec"]["template"]["spec"]["serviceAccountName"] = "nobody"
    await api.create(body)

    async def failure(kind: str) -> Json | None:
        found = [
            c for item in await api.list_all(path_of(kind, namespace)) for c in item["status"].get("conditions", [])
        ]
        return next((each for each in found if each["type"] == "ReplicaFailure"), None)

    told = await eventually(lambda: failure("Deployment"), "the Deployment's condition")
    name = (await api.list_all(path_of("ReplicaSet", namespace)))[0]["metadata"]["name"]
    words = f'pods "{name}-" is forbidden: error looking up service account {namespace}/nobody: serviceaccount "nobody" not found'
    assert told is not None and (told["reason"], told["message"]) == ("FailedCreate", words)
    assert (await failure("ReplicaSet") or {})["message"] == words
    events = await api.list_all(path_of("Event", namespace))
    assert f"Error creating: {words}" in [event["message"] for event in events if event["reason"] == "FailedCreate"]


async def test_slices_follow_named_ports(api: Api, namespace: str) -> None:
    """A pod without the Service's named port is in a slice without ports; with it, in one with them."""
    await eventually(lambda: api.find(path_of("ServiceAccount", namespace, "default")), "the ServiceAccount")
    spec = {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": "http"}]}
    metadata = {"name": "web", "namespace": namespace}
    await api.create({"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec})
    slices = path_of("EndpointSlice", namespace)
    (empty,) = await eventually(lambda: api.list_all(slices), "the empty slice")
    assert (empty["endpoints"], empty["ports"]) == (None, None)
    node = f"node-{namespace}"
    await api.ask("POST", path_of("Node"), {"apiVersion": "v1", "kind": "Node", "metadata": {"name": node}})
    for name, port in (("named", "http"), ("unnamed", "web")):
        container = {"name": "a", "image": "a:1", "ports": [{"containerPort": 8080, "name": port}]}
        pod = {"nodeName": node, "containers": [container]}
        metadata = {"name": name, "namespace": namespace, "labels": {"app": "web"}}
        await api.create({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": pod})
        status = {"phase": "Running", "podIP": "10.9.9.9", "podIPs": [{"ip": "10.9.9.9"}], "conditions": _READY}
        await api.patch(f"{path_of('Pod', namespace, name)}/status", {"status": status})

    async def ports() -> dict[str, list[int]] | None:
        found = {
            endpoint["targetRef"]["name"]: [port["port"] for port in item["ports"] or []]
            for item in await api.list_all(slices)
            for endpoint in item["endpoints"] or []
        }
        return found if len(found) == 2 else None

    assert await eventually(ports, "both pods in slices") == {"named": [8080], "unnamed": []}
    for name in ("named", "unnamed"):
        await api.delete(path_of("Pod", namespace, name), {"gracePeriodSeconds": 0})
    await api.delete(path_of("Node", name=node))


_READY = [{"type": "Ready", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"}]
