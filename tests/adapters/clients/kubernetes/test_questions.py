"""Everything but lists and watches: one object, logs, who we are, what we may do, what is served."""

from __future__ import annotations

import json

import pytest

from helmward.adapters.clients.kubernetes.discovery import ServedResource
from helmward.core.cluster import Forbidden, KubernetesError, NotFound, Unauthorized

from .server import Api, pod, refuses, says, says_text


async def test_get_one_object(api: Api, connect) -> None:
    api.then(says(pod("a")), refuses(404, 'pods "b" not found'))
    client = await connect(api.url)
    assert json.loads(await client.get("/api/v1/namespaces/default/pods/a"))["metadata"]["name"] == "a"
    with pytest.raises(NotFound, match='pods "b" not found'):
        await client.get("/api/v1/namespaces/default/pods/b")


async def test_get_of_what_is_no_object(api: Api, connect) -> None:
    api.then(says_text("[1]"))
    with pytest.raises(KubernetesError, match="cannot be read"):
        await (await connect(api.url)).get("/api/v1/namespaces/default/pods/a")


async def test_a_log_and_its_parameters(api: Api, connect) -> None:
    api.then(says_text(b"line\n\xff\xfe bad\n", content_type="text/plain"))
    client = await connect(api.url)
    text = await client.log("default", "a b/../c", "main", previous=True, tail_lines=5, limit_bytes=100)
    assert text == "line\n\ufffd\ufffd bad\n"
    seen = api.seen[0]
    assert seen.path == "/api/v1/namespaces/default/pods/a b/../c/log"
    assert seen.query == {"container": "main", "previous": "true", "tailLines": "5", "limitBytes": "100"}


async def test_a_log_is_cut_even_if_the_server_does_not(api: Api, connect) -> None:
    api.then(says_text("x" * 5000))
    client = await connect(api.url)
    assert len(await client.log("default", "a", "main", limit_bytes=1000)) == 1000
    assert len(await client.log("default", "a", "main")) == 5000


async def test_a_log_that_is_not_there_says_why(api: Api, connect) -> None:
    api.then(refuses(400, 'container "main" is waiting to start: trying and failing to pull image', "BadRequest"))
    with pytest.raises(KubernetesError, match="waiting to start") as caught:
        await (await connect(api.url)).log("default", "a", "main")
    assert (caught.value.status, caught.value.reason) == (400, "BadRequest")


async def test_version(api: Api, connect) -> None:
    api.then(says({"major": "1", "minor": "34", "gitVersion": "v1.34.3"}))
    assert await (await connect(api.url)).version() == "v1.34.3"


async def test_a_web_page_in_place_of_the_version(api: Api, connect) -> None:
    api.then(says_text("<html>Welcome to nginx</html>", content_type="text/html"))
    with pytest.raises(KubernetesError, match=r"no Kubernetes .*check `server` in kubeconfig /test/config"):
        await (await connect(api.url)).version()


async def test_whoami_and_where_it_is_missing(api: Api, connect) -> None:
    api.then(says({"status": {"userInfo": {"username": "jane", "groups": ["g"]}}}, 201))
    api.then(refuses(404), refuses(403), refuses(401))
    client = await connect(api.url)
    assert [await client.whoami() for _ in range(3)] == ["jane", "", ""]
    with pytest.raises(Unauthorized):
        await client.whoami()
    seen = api.seen[0]
    assert (seen.method, seen.path) == ("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews")
    assert json.loads(seen.body) == {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}


async def test_can(api: Api, connect) -> None:
    api.then(says({"status": {"allowed": True}}, 201), says({"status": {"allowed": False}}, 201))
    client = await connect(api.url)
    assert await client.can("get", "", "pods/log", "default")
    assert not await client.can("list", "apps", "deployments")
    attributes = [json.loads(seen.body)["spec"]["resourceAttributes"] for seen in api.seen]
    assert attributes == [
        {"verb": "get", "group": "", "resource": "pods", "subresource": "log", "namespace": "default"},
        {"verb": "list", "group": "apps", "resource": "deployments"},
    ]


async def test_rules(api: Api, connect) -> None:
    rule = {"verbs": ["get"], "apiGroups": [""], "resources": ["pods"], "resourceNames": ["a"]}
    api.then(says({"status": {"resourceRules": [rule], "nonResourceRules": [], "incomplete": True}}, 201))
    rules = await (await connect(api.url)).rules("default")
    assert rules.incomplete
    assert (rules.resource_rules[0].resources, rules.resource_rules[0].resource_names) == (("pods",), ("a",))


async def test_aggregated_discovery(api: Api, connect, reports: list[str]) -> None:
    pods = {"resource": "pods", "responseKind": {"kind": "Pod"}, "scope": "Namespaced", "verbs": ["get", "list"]}
    core = {"metadata": {}, "versions": [{"version": "v1", "resources": [pods], "freshness": "Current"}]}
    node = {"resource": "nodes", "responseKind": {"kind": "NodeMetrics"}, "scope": "Cluster", "verbs": ["get"]}
    stale = {"version": "v1beta1", "freshness": "Stale", "resources": [node]}
    metrics = {"metadata": {"name": "metrics.k8s.io"}, "versions": [stale]}
    api.by_path["/api"] = says({"kind": "APIGroupDiscoveryList", "items": [core]})
    api.by_path["/apis"] = says({"kind": "APIGroupDiscoveryList", "items": [metrics]})
    assert await (await connect(api.url)).discover() == [
        ServedResource("", "v1", "pods", "Pod", True, ("get", "list")),
        ServedResource("metrics.k8s.io", "v1beta1", "nodes", "NodeMetrics", False, ("get",)),
    ]
    assert "metrics.k8s.io/v1beta1 does not answer" in reports[0]
    assert "as=APIGroupDiscoveryList" in (api.seen[0].header("Accept") or "")


async def test_discovery_group_by_group(api: Api, connect, reports: list[str]) -> None:
    pods = [
        {"name": "pods", "kind": "Pod", "namespaced": True, "verbs": ["list"]},
        {"name": "pods/log", "verbs": ["get"]},
    ]
    groups = [{"name": "apps", "versions": [{"version": "v1"}]}, {"name": "broken", "versions": [{"version": "v1"}]}]
    api.by_path["/api"] = says({"kind": "APIVersions", "versions": ["v1"]})
    api.by_path["/apis"] = says({"kind": "APIGroupList", "groups": groups})
    api.by_path["/api/v1"] = says({"kind": "APIResourceList", "resources": pods})
    api.by_path["/apis/apps/v1"] = says(
        {"resources": [{"name": "deployments", "kind": "Deployment", "namespaced": True}]}
    )
    api.by_path["/apis/broken/v1"] = refuses(500, "no endpoints")
    found = await (await connect(api.url)).discover()
    assert [resource.path for resource in found] == ["/api/v1/pods", "/apis/apps/v1/deployments"]
    assert len(reports) == 1
    assert "broken/v1" in reports[0]


async def test_forbidden_discovery_is_an_error(api: Api, connect) -> None:
    api.then(refuses(403))
    with pytest.raises(Forbidden):
        await (await connect(api.url)).discover()
