"""`resources_patch`: what comes of a patch is planned value by value; what it refuses; what stands in the way is named."""

from __future__ import annotations

from typing import Any

import pytest

from helmward.core.cluster import KubernetesError
from helmward.core.errors import DeniedError, UsageError
from helmward.core.mandate import Drifted

from .ground import Ground, config, serve, service, workload


async def plan(ground: Ground, kind: str, name: str, patch: Any, **more: Any) -> Any:
    return await ground.plan("resources_patch", kind=kind, name=name, patch=patch, **more)


def told(step: Any) -> list[tuple[str, Any, Any]]:
    return [(one.path, one.before, one.after) for one in step.changes]


async def test_a_container_by_its_name_there_and_back(ground: Ground) -> None:
    await ground.make(workload("Deployment", "web", 1))
    before = await ground.until_ready("Deployment", "web", 1)
    limits = {"name": "app", "resources": {"limits": {"memory": "256Mi"}}}
    patch = {"spec": {"template": {"spec": {"containers": [limits]}}}}
    step = await plan(ground, "deploy", "web", patch)
    place = "/spec/template/spec/containers/0/resources/limits"
    assert told(step) == [(place, None, {"memory": "256Mi"})]
    assert step.anchors[0].value == "app" and step.generation == before["metadata"]["generation"]
    assert step.blast.text == "replaces 1 pods in turn, each once another one is ready"
    await ground.act(step, "act-patch")
    assert (await ground.settled(step, "act-patch")).state == "yes"
    back = await ground.undo(step, "act-patch")
    await ground.act(back, "act-back")
    spec = (await ground.get("Deployment", "web"))["spec"]["template"]["spec"]
    assert spec["containers"][0]["resources"] == {}


async def test_annotations_where_there_are_none(ground: Ground) -> None:
    await ground.make(config("plain", {"a": "1"}))
    assert "annotations" not in (await ground.get("ConfigMap", "plain"))["metadata"]
    patch = {"metadata": {"annotations": {"example.com/owner": "team"}, "labels": {"tier": "back"}}}
    step = await plan(ground, "cm", "plain", patch)
    assert told(step) == [
        ("/metadata/annotations/example.com~1owner", None, "team"),
        ("/metadata/labels", None, {"tier": "back"}),
    ]
    await ground.act(step, "act-patch")
    assert (await ground.settled(step, "act-patch")).state == "yes"
    meta = (await ground.get("ConfigMap", "plain"))["metadata"]
    assert meta["annotations"] == {"example.com/owner": "team", "helmward.dev/action": "act-patch"}
    await ground.act(await ground.undo(step, "act-patch"), "act-back")
    meta = (await ground.get("ConfigMap", "plain"))["metadata"]
    assert meta["annotations"] == {"helmward.dev/action": "act-back"} and "labels" not in meta


async def test_operations(ground: Ground) -> None:
    await ground.make(service("web", "web"))
    operations = [{"op": "add", "path": "/spec/ports/0/targetPort", "value": 9090}]
    step = await plan(ground, "Service", "web", operations, type="json")
    assert told(step) == [("/spec/ports/0/targetPort", 8080, 9090)]
    await ground.act(step, "act-patch")
    assert (await ground.get("Service", "web"))["spec"]["ports"][0]["targetPort"] == 9090
    with pytest.raises(UsageError, match=r"^patch\.0: "):
        await plan(ground, "Service", "web", [{"op": "remove", "path": "/spec/none"}], type="json")
    with pytest.raises(UsageError, match="patch: for type json it is a list of operations"):
        await plan(ground, "Service", "web", {"spec": {}}, type="json")


async def test_a_kind_that_only_the_cluster_knows(kube_ground: Ground) -> None:
    names = {"plural": "gadgets", "singular": "gadget", "kind": "Gadget", "shortNames": ["gdg"]}
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "gadgets.example.com"},
        "spec": {
            "group": "example.com",
            "scope": "Namespaced",
            "names": names,
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": schema}],
        },
    }
    api, base = kube_ground.api, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    collection = f"/apis/example.com/v1/namespaces/{kube_ground.namespace}/gadgets"
    await serve(api, definition, collection)
    try:
        secret = "-".join(("correct", "horse", "battery", "9f3"))
        spec = {"size": 1, "password": secret}
        body = {"apiVersion": "example.com/v1", "kind": "Gadget", "metadata": {"name": "one"}, "spec": spec}
        await api.ask("POST", collection, body)
        where = {"name": "one", "namespace": kube_ground.namespace}
        for word in ("gdg", "Gadget", "gadgets.example.com"):
            (found,) = (await kube_ground.read("resources_get", kind=word, **where)).items
            assert found["spec"]["size"] == 1 and secret not in str(found)
        step = await plan(kube_ground, "gdg", "one", {"spec": {"size": 2}})
        assert told(step) == [("/spec/size", 1, 2)]
        await kube_ground.act(step, "act-gadget")
        assert (await kube_ground.settled(step, "act-gadget")).state == "yes"
        await kube_ground.act(await kube_ground.undo(step, "act-gadget"), "act-back")
        assert (await api.get(f"{collection}/one"))["spec"]["size"] == 1
    finally:
        await api.delete(f"{base}/gadgets.example.com")


@pytest.mark.parametrize(
    ("patch", "sentence"),
    [
        ({"status": {"replicas": 1}}, "/status/replicas: status is not patched"),
        ({"metadata": {"name": "other"}}, "of metadata only labels and annotations"),
        ({"metadata": {"finalizers": ["example.com/x"]}}, "of metadata only labels and annotations"),
        ({"metadata": {"ownerReferences": []}}, None),
        ({"metadata": {"annotations": {"helmward.dev/action": "act-forged"}}}, "this mark is Helmward's own"),
        ({"metadata": None}, "only labels and annotations are patched"),
        ({"kind": "StatefulSet"}, "/kind: kind is not patched"),
        ({"spec": {"replicas": 0}}, "is as wanted already"),
    ],
)
async def test_what_is_not_patched(ground: Ground, patch: Any, sentence: str | None) -> None:
    await ground.make(workload("Deployment", "web", 0))
    before = await ground.get("Deployment", "web")
    with pytest.raises((DeniedError, UsageError), match=sentence):
        await plan(ground, "Deployment", "web", patch)
    after = await ground.get("Deployment", "web")
    assert after["metadata"]["generation"] == before["metadata"]["generation"]


async def test_kinds_that_are_not_patched(ground: Ground) -> None:
    await ground.make({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "login"}, "data": {}})
    with pytest.raises(DeniedError, match="Secrets are not patched"):
        await plan(ground, "Secret", "login", {"data": {"a": "Yg=="}})
    with pytest.raises(DeniedError, match="A Namespace is not patched"):
        given = {
            "kind": "ns",
            "name": ground.namespace,
            "namespace": None,
            "patch": {"metadata": {"labels": {"a": "b"}}},
        }
        await ground.plan("resources_patch", **given)
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    body = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "disk"}, "spec": claim}
    await ground.make(body)
    with pytest.raises(DeniedError, match="a volume that has grown does not shrink again"):
        await plan(ground, "pvc", "disk", {"spec": {"resources": {"requests": {"storage": "2Gi"}}}})


@pytest.mark.kube
async def test_rights_are_not_patched(kube_ground: Ground) -> None:
    for kind in ("ClusterRole", "clusterrolebindings", "validatingwebhookconfigurations", "crd"):
        with pytest.raises(DeniedError, match="is not patched: it decides"):
            await kube_ground.plan("resources_patch", kind=kind, name="cluster-admin", patch={"rules": []})


async def test_secrets_are_in_no_plan(ground: Ground) -> None:
    secret = "-".join(("correct", "horse", "battery", "9f3"))
    web = workload("Deployment", "web", 0)
    web["spec"]["template"]["spec"]["containers"][0]["env"].append({"name": "DB_PASSWORD", "value": secret})
    await ground.make(web)
    env = [{"name": "DB_PASSWORD", "value": "another-" + secret}]
    patch = {"spec": {"template": {"spec": {"containers": [{"name": "app", "env": env}]}}}}
    with pytest.raises(DeniedError, match="looks like a secret, which no plan may hold") as refused:
        await plan(ground, "Deployment", "web", patch)
    assert secret not in str(refused.value)
    more = [{"name": "MODE", "value": "fast"}]  # the whole list would change, and with it the secret be in the plan
    patch = {"spec": {"template": {"spec": {"containers": [{"name": "app", "env": more}]}}}}
    with pytest.raises(DeniedError, match="looks like a secret"):
        await plan(ground, "Deployment", "web", patch)


async def test_what_the_server_refuses_is_no_plan(ground: Ground) -> None:
    await ground.make(workload("Deployment", "web", 0))
    with pytest.raises(KubernetesError, match=r"spec\.replicas"):
        await plan(ground, "Deployment", "web", {"spec": {"replicas": -1}})


async def test_the_whole_specification_is_the_precondition(ground: Ground) -> None:
    await ground.make(workload("Deployment", "web", 0))
    step = await plan(ground, "Deployment", "web", {"metadata": {"labels": {"tier": "back"}}})
    await ground.api.patch(ground.path("Deployment", "web"), {"spec": {"minReadySeconds": 1}})
    with pytest.raises(Drifted, match=r"The spec of Deployment/.* changed since this was planned"):
        await ground.act(step, "act-patch")


async def test_a_patch_has_a_size(ground: Ground) -> None:
    with pytest.raises(UsageError, match=r"^resources_patch: patch: "):
        await plan(ground, "cm", "plain", {"data": {"a": "x" * 70_000}})


async def test_what_it_can_hurt_is_said(ground: Ground) -> None:
    cart = workload("Deployment", "cart", 0)
    container = cart["spec"]["template"]["spec"]["containers"][0]
    container["env"] += [
        {"name": "WEB_URL", "value": "http://web:8080"},
        {"name": "MODE", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "mode"}}},
    ]
    await ground.make(cart)
    await ground.make(workload("Deployment", "web", 4))
    await ground.make(service("web", "web"))
    await ground.make(config("settings", {"mode": "fast"}))
    await ground.look()
    user = f"Deployment/{ground.namespace}/cart"
    labels = {"metadata": {"labels": {"a": "b"}}}
    said = {
        "Service": (labels, 0.0, f"needed by {user}"),
        "ConfigMap": ({"data": {"mode": "slow"}}, 0.0, f"read by {user}; environment values are read again only at"),
    }
    for kind, (patch, share, text) in said.items():
        blast = (await plan(ground, kind, "settings" if kind == "ConfigMap" else "web", patch)).blast
        assert (blast.replicas_share, blast.text[: len(text)]) == (share, text)
    depend = f"; Service web sends to it; needed by {user}"
    for patch, share, text in (
        (labels, 0.0, "changes labels or annotations, no pod"),
        ({"spec": {"replicas": 3}}, 0.25, "3 pods instead of 4"),
        ({"spec": {"minReadySeconds": 3}}, 1.0, "changes how the workload is run"),
    ):
        blast = (await plan(ground, "Deployment", "web", patch)).blast
        assert (blast.replicas_share, blast.text) == (share, text + depend)


async def test_what_the_server_adds_is_part_of_the_plan(ground: Ground) -> None:
    """A probe gets its defaults from the server; with them it is known again, and taken back."""
    await ground.make(workload("Deployment", "web", 1))
    await ground.until_ready("Deployment", "web", 1)
    probe = {"name": "app", "livenessProbe": {"httpGet": {"path": "/healthz", "port": 8080}}}
    patch = {"spec": {"template": {"spec": {"containers": [probe]}}}}
    step = await plan(ground, "Deployment", "web", patch)
    (change,) = step.changes
    assert change.after["timeoutSeconds"] == 1 and change.after["httpGet"]["scheme"] == "HTTP"
    await ground.act(step, "act-probe")
    assert (await ground.act(step, "act-probe")).repeated
    found = await ground.settled(step, "act-probe")
    assert found.state == "yes", found.text
    await ground.act(await ground.undo(step, "act-probe"), "act-back")
    container = (await ground.get("Deployment", "web"))["spec"]["template"]["spec"]["containers"][0]
    assert "livenessProbe" not in container


@pytest.mark.kube
async def test_a_field_that_the_server_does_not_keep(kube_ground: Ground) -> None:
    await kube_ground.make(workload("Deployment", "web", 0))
    with pytest.raises(UsageError, match="The API server keeps nothing at /spec/replica of Deployment/"):
        await plan(kube_ground, "Deployment", "web", {"spec": {"replica": 3}})


async def test_a_plural_that_is_no_plain_s(ground: Ground) -> None:
    spec = {"podSelector": {"matchLabels": {"app": "web"}}, "policyTypes": ["Ingress"]}
    path = f"/apis/networking.k8s.io/v1/namespaces/{ground.namespace}/networkpolicies"
    body = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "calls"}, "spec": spec}
    await ground.api.ask("POST", path, body)
    step = await plan(ground, "netpol", "calls", {"spec": {"podSelector": {"matchLabels": {"app": "cart"}}}})
    await ground.act(step, "act-patch")
    found = await ground.settled(step, "act-patch")
    assert found.state == "yes", found.text
    await ground.act(await ground.undo(step, "act-patch"), "act-back")
    assert (await ground.api.get(f"{path}/calls"))["spec"]["podSelector"] == {"matchLabels": {"app": "web"}}
