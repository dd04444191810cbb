"""The READ tools on both engines: kinds by any name, bounded pages, logs, events, history; no secret value leaves them."""

from __future__ import annotations

import base64

import msgspec
import pytest

from helmward.core.errors import UsageError
from helmward.door.tool import OUTPUT_LIMIT, Page
from helmward.lab.cast.programs import image
from helmward.lab.kube.waiting import eventually

from .ground import Ground, config, serve, service, workload

REPORT = image("report", "1.0.0")


def names(page: object) -> list[str]:
    return [item["name"] for item in page.items]  # type: ignore[attr-defined]


@pytest.mark.parametrize("word", ["Deployment", "deployments", "deployment", "deploy", "deployments.apps"])
async def test_a_kind_by_every_name(ground: Ground, word: str) -> None:
    await ground.make(workload("Deployment", "web", 0))
    page = await ground.read("resources_list", kind=word, namespace=ground.namespace)
    assert names(page) == ["web"]
    assert page.items[0]["state"]["wanted"] == 0


async def test_a_kind_that_only_discovery_knows(ground: Ground) -> None:
    spec = {"selector": {"matchLabels": {"app": "web"}}, "minAvailable": 1}
    await ground.make(
        {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "web"}, "spec": spec}
    )
    for word in ("PodDisruptionBudget", "poddisruptionbudgets", "pdb", "poddisruptionbudget", "pdb.policy"):
        assert names(await ground.read("resources_list", kind=word, namespace=ground.namespace)) == ["web"]
    page = await ground.read(
        "resources_get", kind="pdb", name="web", namespace=ground.namespace, api_version="policy/v1"
    )
    assert page.items[0]["spec"]["minAvailable"] == 1


async def test_words_that_name_nothing(ground: Ground) -> None:
    with pytest.raises(UsageError, match="kind: this cluster serves no Gadget"):
        await ground.read("resources_list", kind="Gadget")
    with pytest.raises(UsageError, match="kind: this cluster serves no Deployment in batch/v1"):
        await ground.read("resources_list", kind="Deployment", api_version="batch/v1")
    with pytest.raises(UsageError, match="There is no ConfigMap none in"):
        await ground.read("resources_get", kind="cm", name="none", namespace=ground.namespace)
    with pytest.raises(UsageError, match="namespace: a Node is in no namespace"):
        await ground.read("resources_list", kind="no", namespace=ground.namespace)
    with pytest.raises(UsageError, match="namespace: a Pod is in a namespace; name it"):
        await ground.read("resources_get", kind="po", name="x")


@pytest.mark.parametrize(
    ("field", "arguments"),
    [
        ("name", {"kind": "cm", "name": "../../secrets/x"}),
        ("name", {"kind": "cm", "name": "a,metadata.namespace!=b"}),
        ("namespace", {"kind": "cm", "name": "a", "namespace": "a/../b"}),
        ("kind", {"kind": "pods/log", "name": "a"}),
        ("kind", {"kind": "pods?x=1", "name": "a"}),
        ("api_version", {"kind": "cm", "name": "a", "api_version": "../v1"}),
        ("more", {"kind": "cm", "name": "a", "more": 1}),
        ("name", {"kind": "cm", "name": "a\n"}),
    ],
)
async def test_hostile_words_are_refused_by_field(ground: Ground, field: str, arguments: dict[str, object]) -> None:
    with pytest.raises(UsageError, match=f"^resources_get: {field}: "):
        await ground.read("resources_get", **arguments)


async def test_selectors(ground: Ground) -> None:
    for name in ("one", "two"):
        body = config(name, {})
        body["metadata"]["labels"] = {"tier": name}
        await ground.make(body)
    page = await ground.read("resources_list", kind="cm", namespace=ground.namespace, label_selector="tier in (two)")
    assert names(page) == ["two"]
    page = await ground.read(
        "resources_list", kind="cm", namespace=ground.namespace, field_selector="metadata.name=one"
    )
    assert names(page) == ["one"]


async def test_pages_hold_everything_once_and_are_bounded(ground: Ground) -> None:
    for number in range(12):
        await ground.make(config(f"map-{number:02}", {"text": "word " * 2000}))
    found: list[str] = []
    cursor, pages = None, 0
    while True:
        page = await ground.read(
            "resources_list",
            kind="cm",
            namespace=ground.namespace,
            full=True,
            cursor=cursor,
            field_selector="metadata.name!=kube-root-ca.crt",
        )
        assert len(msgspec.json.encode(page.items)) <= OUTPUT_LIMIT
        found += [item["metadata"]["name"] for item in page.items]
        cursor, pages = page.cursor, pages + 1
        if cursor is None:
            break
    assert found == [f"map-{number:02}" for number in range(12)]
    assert pages > 1
    page = await ground.read("resources_list", kind="cm", namespace=ground.namespace, limit=5)
    assert (len(page.items), page.cursor) == (5, f"{ground.namespace}/{page.items[-1]['name']}")


async def test_an_object_larger_than_a_page(ground: Ground) -> None:
    await ground.make(config("large", {"text": "word " * 40_000}))
    page = await ground.read("resources_get", kind="cm", name="large", namespace=ground.namespace)
    assert len(msgspec.json.encode(page.items)) <= OUTPUT_LIMIT
    assert "truncated" in page.items[0]


async def test_no_secret_value_leaves(ground: Ground) -> None:
    secret = "-".join(("correct", "horse", "battery", "9f3"))
    key = "AKIA" + "QWERTYUIOP234567"
    await ground.make(
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "login"},
            "data": {"password": base64.b64encode(secret.encode()).decode()},
        }
    )
    web = workload("Deployment", "web", 1)
    container = web["spec"]["template"]["spec"]["containers"][0]
    container["env"].append({"name": "DB_PASSWORD", "value": secret})
    container["args"] = [f"--password={secret}"]
    await ground.make(web)
    await ground.make(config("settings", {"db.password": secret, "aws": f"key={key}", "plain": "blue"}))
    shown = []
    for kind, name in (("Secret", "login"), ("Deployment", "web"), ("ConfigMap", "settings")):
        given = {"kind": kind, "name": name, "namespace": ground.namespace}
        shown += [await ground.read("resources_get", **given), await ground.read("describe", **given)]
        shown.append(await ground.read("resources_list", kind=kind, namespace=ground.namespace, full=True))
    shown.append(await ground.read("rollout_history", namespace=ground.namespace, name="web"))
    text = "\n".join(msgspec.json.encode(page).decode() for page in shown)
    encoded = base64.b64encode(secret.encode()).decode()
    assert secret not in text and encoded not in text and key not in text
    assert "blue" in text and "login" in text and "DB_PASSWORD" in text


async def test_a_log_masked_and_in_pages(ground: Ground) -> None:
    web = workload("Deployment", "web", 1)
    await ground.make(web)
    await ground.until_ready("Deployment", "web", 1)
    (pod,) = await ground.api.list_all(ground.path("Pod"), labelSelector="app=web")
    name = pod["metadata"]["name"]

    async def all_said() -> Page | None:
        found = await ground.read("pods_log", namespace=ground.namespace, name=name)
        return found if "Uvicorn running" in found.text else None

    page = await eventually(all_said, "it says that it listens", 60)
    assert page is not None and "starting user-service" in page.text and page.cursor is None
    one = await ground.read("pods_log", namespace=ground.namespace, name=name, tail_lines=1)
    assert one.text == page.text.splitlines()[-1]
    recent = await ground.read("pods_log", namespace=ground.namespace, name=name, since="1h", container="app")
    assert recent.text == page.text


async def test_which_container(ground: Ground) -> None:
    web = workload("Deployment", "web", 1)
    containers = web["spec"]["template"]["spec"]["containers"]
    containers.append({**containers[0], "name": "beside"})
    await ground.make(web)
    await ground.until_ready("Deployment", "web", 1)
    (pod,) = await ground.api.list_all(ground.path("Pod"), labelSelector="app=web")
    with pytest.raises(UsageError, match=r"container: .* has several; name one of app, beside"):
        await ground.read("pods_log", namespace=ground.namespace, name=pod["metadata"]["name"])


async def test_events_newest_first(ground: Ground) -> None:
    await ground.make(workload("Deployment", "web", 1))
    await ground.until_ready("Deployment", "web", 1)
    page = await ground.read("events_list", namespace=ground.namespace, kind="Deployment", name="web")
    assert "ScalingReplicaSet" in [item["reason"] for item in page.items]
    everything = await ground.read("events_list", namespace=ground.namespace)
    times = [item["time"] for item in everything.items]
    assert times == sorted(times, reverse=True) and len(times) > 1
    assert (await ground.read("events_list", namespace=ground.namespace, type="Warning")).items == ()
    first = await ground.read("events_list", namespace=ground.namespace, limit=1)
    rest = await ground.read("events_list", namespace=ground.namespace, cursor=first.cursor)
    assert (*first.items, *rest.items) == everything.items


async def test_describe_tells_what_is_around(ground: Ground) -> None:
    await ground.make(workload("Deployment", "web", 1))
    await ground.make(service("web", "web"))
    await ground.until_ready("Deployment", "web", 1)
    await ground.look()
    page = await ground.read("describe", kind="deploy", name="web", namespace=ground.namespace)
    assert f"Deployment {ground.namespace}/web" in page.text
    assert "Service web sends to it" in page.text
    assert "Available: True" in page.text
    assert "ScalingReplicaSet" in page.text
    (pod,) = await ground.api.list_all(ground.path("Pod"), labelSelector="app=web")
    page = await ground.read("describe", kind="pod", name=pod["metadata"]["name"], namespace=ground.namespace)
    assert "owner: ReplicaSet web-" in page.text
    assert "container app: running" in page.text


async def test_text_of_several_lines_is_described_as_such(ground: Ground) -> None:
    await ground.make(config("settings", {"app.yaml": "mode: fast\nlevel: 2\n"}))
    page = await ground.read("describe", kind="cm", name="settings", namespace=ground.namespace)
    assert page.text.endswith("data:\n  app.yaml: |\n    mode: fast\n    level: 2")


async def test_history(ground: Ground) -> None:
    await ground.make(workload("Deployment", "web", 1))
    await ground.until_ready("Deployment", "web", 1)
    change = {"spec": {"template": {"spec": {"terminationGracePeriodSeconds": 2}}}}
    await ground.api.patch(ground.path("Deployment", "web"), change)
    await ground.until_ready("Deployment", "web", 1)
    page = await ground.read("rollout_history", namespace=ground.namespace, name="web")
    lines = page.text.splitlines()
    assert lines[0] == f"Deployment {ground.namespace}/web: 2 revisions are kept."
    assert lines[1].startswith("revision 2 (runs now): web-")
    assert lines[2] == "  /spec/template/spec/terminationGracePeriodSeconds: 1 → 2"
    assert lines[3].startswith("revision 1: web-")


async def test_a_cluster_without_metrics_says_so(ground: Ground) -> None:
    with pytest.raises(UsageError, match="serves no metrics"):
        await ground.read("nodes_top")


async def test_what_nodes_use(kube_ground: Ground) -> None:
    """A served NodeMetrics: the same kind from a custom resource definition instead of metrics-server."""
    names = {"plural": "nodes", "singular": "node", "kind": "NodeMetrics"}
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": "nodes.metrics.k8s.io",
            "annotations": {"api-approved.kubernetes.io": "unapproved, a test"},
        },
        "spec": {
            "group": "metrics.k8s.io",
            "scope": "Cluster",
            "names": names,
            "versions": [{"name": "v1beta1", "served": True, "storage": True, "schema": schema}],
        },
    }
    base = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    api = kube_ground.api
    await serve(api, definition, "/apis/metrics.k8s.io/v1beta1/nodes")
    try:
        usage = {"cpu": "250m", "memory": "1Gi"}
        body = {"apiVersion": "metrics.k8s.io/v1beta1", "kind": "NodeMetrics", "metadata": {"name": "lab-node-1"}}
        await api.ask("POST", "/apis/metrics.k8s.io/v1beta1/nodes", {**body, "usage": usage})
        page = await kube_ground.read("nodes_top")
        (found,) = page.items
        assert (found["name"], found["cpuCores"], found["memoryBytes"]) == ("lab-node-1", 0.25, 1 << 30)
        assert 0 < found["cpuPercent"] < 100
    finally:
        await api.delete(f"{base}/nodes.metrics.k8s.io")
