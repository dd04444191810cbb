"""What Kubernetes promises its clients, held against both engines: read, watch, write, own, delete."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest
from tests.lab.api import Api, ApiError, Json, config_map, deployment, first, open_api, path_of

from helmward.lab.kube.waiting import eventually


@pytest.fixture
async def api(engine: Any) -> AsyncIterator[Api]:
    """The administrator."""
    client = open_api(engine.kubeconfig)
    yield client
    await client.close()


@pytest.fixture
def maps(namespace: str) -> str:
    """The path of the namespace's ConfigMaps."""
    return path_of("ConfigMap", namespace)


def names(answer: Any) -> list[str]:
    """The names of a list's items, without the one every namespace has."""
    return [item["metadata"]["name"] for item in answer["items"] if item["metadata"]["name"] != "kube-root-ca.crt"]


class TestList:
    async def test_chunks_show_one_version(self, api: Api, namespace: str, maps: str) -> None:
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

    async def test_remaining_items_are_counted(self, api: Api, namespace: str, maps: str) -> None:
        for number in range(3):
            await api.create(config_map(namespace, f"map-{number}"))
        await eventually(lambda: api.find(f"{maps}/kube-root-ca.crt"), "the namespace's own ConfigMap")
        assert (await api.get(f"{maps}?limit=1"))["metadata"]["remainingItemCount"] == 3

    async def test_exact_version_shows_the_past_of_any_kind(self, api: Api, namespace: str, maps: str) -> None:
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

    async def test_items_carry_no_kind(self, api: Api, namespace: str, maps: str) -> None:
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
    async def test_label_selectors(self, api: Api, namespace: str, maps: str, selector: str, found: list[str]) -> None:
        for name, labels in (("a", {"tier": "web"}), ("b", {"tier": "db", "zone": "1"}), ("c", {"zone": "2"})):
            await api.create(config_map(namespace, name, labels))
        assert names(await api.get(f"{maps}?labelSelector={selector}")) == found

    async def test_field_selectors(self, api: Api, namespace: str, maps: str) -> None:
        for name in ("a", "b"):
            await api.create(config_map(namespace, name))
        assert names(await api.get(f"{maps}?fieldSelector=metadata.name=b")) == ["b"]
        status = await api.refusal("GET", f"{maps}?fieldSelector=data.x=1")
        assert status["code"] == 400
        assert status["message"] == (
            '"data.x" is not a known field selector: only "metadata.name", "metadata.namespace"'
        )
        status = await api.refusal("GET", f"{path_of('Pod', namespace)}?fieldSelector=spec.x=1")
        assert status["message"] == "field label not supported: spec.x"

    async def test_a_version_of_the_future_times_out(self, api: Api, maps: str) -> None:
        status = await api.refusal("GET", f"{maps}?resourceVersion=999999999&resourceVersionMatch=NotOlderThan")
        assert (status["code"], status["reason"]) == (504, "Timeout")
        assert status["message"].startswith("Timeout: Too large resource version: 999999999, current:")

    @pytest.mark.parametrize("query", ["continue=nonsense", "resourceVersion=abc", "labelSelector=a%3D%3D%3Db"])
    async def test_malformed_parameters_are_refused(self, api: Api, maps: str, query: str) -> None:
        assert (await api.refusal("GET", f"{maps}?{query}"))["code"] in (400, 422)


class TestWatch:
    async def test_resumes_where_a_list_ended(self, api: Api, namespace: str, maps: str) -> None:
        version = (await api.get(maps))["metadata"]["resourceVersion"]
        await api.create(config_map(namespace, "one", {"w": "1"}))
        await api.patch(f"{maps}/one", {"data": {"a": "b"}})
        await api.delete(f"{maps}/one")
        events = await api.watched(maps, f"&labelSelector=w%3D1&resourceVersion={version}")
        assert [kind for kind, _ in events] == ["ADDED", "MODIFIED", "DELETED"]
        versions = [int(item["metadata"]["resourceVersion"]) for _, item in events]
        assert versions == sorted(set(versions))
        assert all(item["kind"] == "ConfigMap" for _, item in events)

    async def test_changes_come_as_they_happen(self, api: Api, namespace: str, maps: str) -> None:
        version = (await api.get(maps))["metadata"]["resourceVersion"]
        events = api.watch(maps, f"&labelSelector=w%3D1&resourceVersion={version}")
        async with aclosing(events):
            await api.create(config_map(namespace, "live", {"w": "1"}))
            ((kind, item),) = await first(events)
            assert (kind, item["metadata"]["name"]) == ("ADDED", "live")
            await api.patch(f"{maps}/live", {"data": {"x": "y"}})
            ((kind, item),) = await first(events)
            assert (kind, item["data"]) == ("MODIFIED", {"x": "y"})

    async def test_leaving_the_selection_is_a_deletion(self, api: Api, namespace: str, maps: str) -> None:
        created = await api.create(config_map(namespace, "moving", {"in": "yes"}))
        version = created["metadata"]["resourceVersion"]
        await api.patch(f"{maps}/moving", {"metadata": {"labels": {"in": "no"}}})
        await api.patch(f"{maps}/moving", {"metadata": {"labels": {"in": "yes"}}})
        events = await api.watched(maps, f"&labelSelector=in%3Dyes&resourceVersion={version}")
        assert [kind for kind, _ in events] == ["DELETED", "ADDED"]

    async def test_without_a_version_begins_with_what_is_there(self, api: Api, namespace: str, maps: str) -> None:
        await api.create(config_map(namespace, "there", {"w": "1"}))
        events = await api.watched(maps, "&labelSelector=w%3D1")
        assert [(kind, item["metadata"]["name"]) for kind, item in events] == [("ADDED", "there")]

    async def test_initial_events_end_with_a_bookmark(self, api: Api, namespace: str, maps: str) -> None:
        await api.create(config_map(namespace, "there", {"w": "1"}))
        query = "&labelSelector=w%3D1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
        events = await api.watched(maps, query)
        assert [kind for kind, _ in events][:2] == ["ADDED", "BOOKMARK"]
        assert events[1][1]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
        assert events[1][1]["kind"] == "ConfigMap"

    async def test_one_object(self, api: Api, namespace: str, maps: str) -> None:
        version = (await api.get(maps))["metadata"]["resourceVersion"]
        for name in ("mine", "other"):
            await api.create(config_map(namespace, name))
        events = await api.watched(maps, f"&fieldSelector=metadata.name%3Dmine&resourceVersion={version}")
        assert [item["metadata"]["name"] for _, item in events] == ["mine"]


class TestWrite:
    async def test_a_name_is_taken_once(self, api: Api, namespace: str, maps: str) -> None:
        await api.create(config_map(namespace, "once"))
        status = await api.refusal("POST", maps, config_map(namespace, "once"))
        assert (status["code"], status["reason"]) == (409, "AlreadyExists")
        assert status["message"] == 'configmaps "once" already exists'

    async def test_generated_names(self, api: Api, namespace: str, maps: str) -> None:
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "made-"}}
        one, two = await api.ask("POST", maps, body), await api.ask("POST", maps, body)
        assert one["metadata"]["name"] != two["metadata"]["name"]
        assert len(one["metadata"]["name"]) == len("made-") + 5

    async def test_what_is_not_there_is_not_found(self, api: Api, namespace: str, maps: str) -> None:
        for method in ("GET", "DELETE"):
            status = await api.refusal(method, f"{maps}/none")
            assert status["message"] == 'configmaps "none" not found'
            assert status["details"] == {"name": "none", "kind": "configmaps"}
        status = await api.refusal("GET", f"{path_of('Deployment', namespace)}/none")
        assert status["message"] == 'deployments.apps "none" not found'
        assert status["details"] == {"name": "none", "group": "apps", "kind": "deployments"}

    async def test_an_old_version_conflicts(self, api: Api, namespace: str, maps: str) -> None:
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

    async def test_a_change_that_changes_nothing_is_no_write(self, api: Api, namespace: str, maps: str) -> None:
        created = await api.create(config_map(namespace, "still", a="b"))
        same = await api.patch(f"{maps}/still", {"data": {"a": "b"}})
        assert same["metadata"]["resourceVersion"] == created["metadata"]["resourceVersion"]

    async def test_dry_run_stores_nothing(self, api: Api, namespace: str, maps: str) -> None:
        shown = await api.ask("POST", f"{maps}?dryRun=All", config_map(namespace, "ghost", a="1"))
        assert shown["metadata"]["uid"]
        assert await api.find(f"{maps}/ghost") is None
        await api.create(config_map(namespace, "solid", a="1"))
        path = f"{maps}/solid?dryRun=All"
        shown = await api.ask("PATCH", path, {"data": {"a": "2"}}, Content_Type="application/merge-patch+json")
        assert shown["data"] == {"a": "2"}
        await api.ask("DELETE", path)
        assert (await api.get(f"{maps}/solid"))["data"] == {"a": "1"}

    async def test_json_patch_is_atomic_and_tests(self, api: Api, namespace: str, maps: str) -> None:
        await api.create(config_map(namespace, "tested", a="1"))
        good = [{"op": "test", "path": "/data/a", "value": "1"}, {"op": "replace", "path": "/data/a", "value": "2"}]
        assert (await api.patch(f"{maps}/tested", good, "json"))["data"] == {"a": "2"}
        bad = [{"op": "add", "path": "/data/b", "value": "x"}, {"op": "test", "path": "/data/a", "value": "1"}]
        with pytest.raises(ApiError) as refused:
            await api.patch(f"{maps}/tested", bad, "json")
        assert refused.value.status == 422
        assert (await api.get(f"{maps}/tested"))["data"] == {"a": "2"}

    async def test_strategic_merge_knows_list_keys(self, api: Api, namespace: str) -> None:
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

    async def test_generation_follows_the_spec_alone(self, api: Api, namespace: str) -> None:
        path = path_of("Deployment", namespace, "web")
        assert (await api.create(deployment(namespace, "web")))["metadata"]["generation"] == 1
        assert (await api.patch(path, {"spec": {"paused": True}}))["metadata"]["generation"] == 2
        labelled = await api.patch(path, {"metadata": {"labels": {"a": "b"}}})
        assert labelled["metadata"]["generation"] == 2

    async def test_status_and_spec_are_written_apart(self, api: Api, namespace: str) -> None:
        node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": f"node-{namespace}"}}
        path = path_of("Node", name=f"node-{namespace}")
        await api.ask("POST", path_of("Node"), node)
        both = {"spec": {"unschedulable": True}, "status": {"nodeInfo": _NODE_INFO}}
        told = await api.patch(f"{path}/status", both)
        assert told["status"]["nodeInfo"]["kubeletVersion"] == "v1.34.3"
        assert "unschedulable" not in told["spec"]
        await api.delete(path)

    async def test_scale(self, api: Api, namespace: str) -> None:
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


class TestOwnership:
    async def test_every_write_names_its_manager(self, api: Api, namespace: str, maps: str) -> None:
        await api.create(config_map(namespace, "owned", a="1", b="1"))
        other = f"{maps}/owned?fieldManager=other"
        changed = await api.ask("PATCH", other, {"data": {"b": "2"}}, Content_Type="application/merge-patch+json")
        owners = {entry["manager"]: entry for entry in changed["metadata"]["managedFields"]}
        assert "f:a" in owners["helmward-lab"]["fieldsV1"]["f:data"]
        assert "f:b" in owners["other"]["fieldsV1"]["f:data"]
        assert "f:b" not in owners["helmward-lab"]["fieldsV1"]["f:data"]
        assert {entry["operation"] for entry in owners.values()} == {"Update"}

    async def test_user_agent_is_the_manager_of_last_resort(self, api: Api, namespace: str, maps: str) -> None:
        made = await api.ask("POST", maps, config_map(namespace, "agent", a="b"), User_Agent="curl/8.5 (linux)")
        assert made["metadata"]["managedFields"][0]["manager"] == "curl"

    async def test_apply_makes_merges_and_takes_back(self, api: Api, namespace: str, maps: str) -> None:
        path, body = f"{maps}/applied", config_map(namespace, "applied", a="1", b="1")
        made = await api.apply(path, body, "one")
        assert made["metadata"]["managedFields"][0]["operation"] == "Apply"
        await api.apply(path, config_map(namespace, "applied", c="1"), "two")
        left = await api.apply(path, config_map(namespace, "applied", a="1"), "one")
        assert left["data"] == {"a": "1", "c": "1"}

    async def test_apply_conflicts_unless_forced(self, api: Api, namespace: str, maps: str) -> None:
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

    async def test_equal_values_are_shared(self, api: Api, namespace: str, maps: str) -> None:
        path, body = f"{maps}/shared", config_map(namespace, "shared", a="1")
        await api.apply(path, body, "one")
        both = await api.apply(path, body, "two")
        assert {entry["manager"] for entry in both["metadata"]["managedFields"]} == {"one", "two"}
        left = await api.apply(path, config_map(namespace, "shared"), "one")
        assert left["data"] == {"a": "1"}
        left = await api.apply(path, config_map(namespace, "shared"), "two")
        assert "data" not in left

    async def test_apply_merges_lists_by_key(self, api: Api, namespace: str) -> None:
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
        gone = await api.apply(
            path, head | {"spec": spec | {"template": labels | {"spec": {"containers": []}}}}, "mesh"
        )
        assert [item["name"] for item in gone["spec"]["template"]["spec"]["containers"]] == ["web"]


class TestDelete:
    async def test_preconditions(self, api: Api, namespace: str, maps: str) -> None:
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

    async def test_finalizers_hold_an_object(self, api: Api, namespace: str, maps: str) -> None:
        body = config_map(namespace, "held")
        body["metadata"]["finalizers"] = ["example.com/hold"]
        await api.create(body)
        assert (await api.ask("DELETE", f"{maps}/held"))["metadata"]["deletionTimestamp"]
        await api.patch(f"{maps}/held", {"metadata": {"finalizers": None}})
        assert await api.find(f"{maps}/held") is None

    async def test_a_collection(self, api: Api, namespace: str, maps: str) -> None:
        for name, label in (("a", "x"), ("b", "x"), ("c", "y")):
            await api.create(config_map(namespace, name, {"l": label}))
        await api.ask("DELETE", f"{maps}?labelSelector=l%3Dx")
        assert names(await api.get(maps)) == ["c"]

    async def test_dependents_follow_their_owner(self, api: Api, namespace: str, maps: str) -> None:
        owner = await api.create(config_map(namespace, "owner"))
        body = config_map(namespace, "child")
        reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": owner["metadata"]["uid"]}
        body["metadata"]["ownerReferences"] = [reference]
        await api.create(body)
        await api.delete(f"{maps}/owner")
        await eventually(lambda: _gone(api, f"{maps}/child"), "the child to be collected")

    async def test_orphans_stay(self, api: Api, namespace: str, maps: str) -> None:
        owner = await api.create(config_map(namespace, "owner"))
        body = config_map(namespace, "child")
        reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": owner["metadata"]["uid"]}
        body["metadata"]["ownerReferences"] = [reference]
        await api.create(body)
        await api.delete(f"{maps}/owner", {"propagationPolicy": "Orphan"})
        await eventually(lambda: _gone(api, f"{maps}/owner"), "the owner to go")
        assert "ownerReferences" not in (await api.get(f"{maps}/child"))["metadata"]

    async def test_foreground_waits_for_the_dependents(self, api: Api, namespace: str) -> None:
        await api.create(deployment(namespace, "web"))
        path, sets = path_of("Deployment", namespace, "web"), path_of("ReplicaSet", namespace)
        await eventually(lambda: api.list_all(sets), "the ReplicaSet")
        await api.delete(path, {"propagationPolicy": "Foreground"})
        await eventually(lambda: _gone(api, path), "the Deployment to go")
        assert await api.list_all(sets) == []

    async def test_a_pod_on_a_node_takes_its_grace(self, api: Api, namespace: str) -> None:
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


class TestValidation:
    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"selector": None}, "spec.selector: Required value"),
            ({"replicas": -1}, "spec.replicas: Invalid value: -1: must be greater than or equal to 0"),
            (
                {"strategy": {"rollingUpdate": {"maxSurge": "a lot%"}}},
                'spec.strategy.rollingUpdate.maxSurge: Invalid value: "a lot%": a valid percent string must be a numeric '
                "string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
            ),
            (
                {"strategy": {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 0}}},
                "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0",
            ),
            ({"selector": {"matchLabels": {"app": "x"}}}, "`selector` does not match template `labels`"),
        ],
    )
    async def test_deployments(self, api: Api, namespace: str, change: Any, words: str) -> None:
        body = deployment(namespace, "web")
        body["spec"] |= change
        status = await api.refusal("POST", path_of("Deployment", namespace), body)
        assert (status["code"], status["reason"]) == (422, "Invalid")
        assert status["message"].startswith('Deployment.apps "web" is invalid: ')
        assert words in status["message"]
        assert any(words in cause["message"] or cause["field"] in words for cause in status["details"]["causes"])

    async def test_a_selector_is_for_ever(self, api: Api, namespace: str) -> None:
        await api.create(deployment(namespace, "web"))
        labels = {"app": "other"}
        spec = {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}}}
        path = path_of("Deployment", namespace, "web")
        status = await api.refusal("PATCH", path, {"spec": spec}, Content_Type="application/merge-patch+json")
        assert "spec.selector: Invalid value" in status["message"]
        assert "field is immutable" in status["message"]

    async def test_names(self, api: Api, namespace: str, maps: str) -> None:
        status = await api.refusal("POST", maps, config_map(namespace, "Not_A_Name"))
        assert status["message"] == (
            'ConfigMap "Not_A_Name" is invalid: metadata.name: Invalid value: "Not_A_Name": a lowercase RFC 1123 '
            "subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an "
            "alphanumeric character (e.g. 'example.com', regex used for validation is "
            r"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
        )
        nameless = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {}}
        status = await api.refusal("POST", maps, nameless)
        words = 'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required'
        assert status["message"] == words

    async def test_wrong_types_are_a_bad_request(self, api: Api, namespace: str) -> None:
        body = deployment(namespace, "web")
        body["spec"]["replicas"] = "three"
        status = await api.refusal("POST", path_of("Deployment", namespace), body)
        assert (status["code"], status["reason"]) == (400, "BadRequest")
        assert status["message"].startswith(
            'Deployment in version "v1" cannot be handled as a Deployment: json: cannot'
        )

    async def test_a_namespace_must_be_there(self, api: Api) -> None:
        status = await api.refusal("POST", path_of("ConfigMap", "nowhere"), config_map("nowhere", "lost"))
        assert (status["code"], status["message"]) == (404, 'namespaces "nowhere" not found')

    async def test_another_namespace_than_the_path(self, api: Api, maps: str) -> None:
        status = await api.refusal("POST", maps, config_map("default", "lost"))
        words = "the namespace of the provided object does not match the namespace sent on the request"
        assert (status["code"], status["message"]) == (400, words)

    async def test_a_pod_needs_its_service_account(self, api: Api, namespace: str) -> None:
        spec = {"serviceAccountName": "nobody", "containers": [{"name": "a", "image": "a:1"}]}
        body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "pod"}, "spec": spec}
        status = await api.refusal("POST", path_of("Pod", namespace), body)
        assert (status["code"], status["reason"]) == (403, "Forbidden")
        assert status["message"] == (
            f'pods "pod" is forbidden: error looking up service account {namespace}/nobody: '
            'serviceaccount "nobody" not found'
        )

    async def test_bodies_that_are_no_json(self, api: Api, maps: str) -> None:
        for data, kind in ((b'{"apiVersion": "v1", "kind": "Conf', "application/json"), (b"x", "text/plain")):
            url, headers = api.url + maps, {"Content-Type": kind}
            async with api._open().post(url, data=data, headers=headers, ssl=api._ssl) as answer:
                assert answer.status in (400, 415)
                assert (await answer.json())["kind"] == "Status"


class TestAccess:
    async def test_a_wrong_token_is_nobody(self, api: Api) -> None:
        status = await api.refusal("GET", path_of("Pod"), Authorization="Bearer wrong")
        assert (status["code"], status["message"]) == (401, "Unauthorized")

    async def test_reviews(self, api: Api) -> None:
        attributes = {"verb": "delete", "resource": "pods", "namespace": "default"}
        review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview"}
        path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
        answer = await api.ask("POST", path, review | {"spec": {"resourceAttributes": attributes}})
        assert answer["status"]["allowed"] is True
        review = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
        answer = await api.ask("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", review)
        assert answer["status"]["userInfo"]["username"] == "lab-admin"

    @pytest.mark.parametrize("path", ["/readyz", "/livez"])
    async def test_health(self, api: Api, path: str) -> None:
        assert await api.text(path) == "ok"

    async def test_unknown_paths(self, api: Api) -> None:
        status = await api.refusal("GET", "/apis/apps/v1/namespaces/default/gadgets")
        assert status["message"] == "the server could not find the requested resource"


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
