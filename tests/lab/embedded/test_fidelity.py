"""Held against the real control plane: the same object sent to both engines comes back the same."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.lab.api import Api, open_api
from tests.lab.embedded.objects import OBJECTS

from helmward.lab.embedded.engine import EmbeddedEngine
from helmward.lab.embedded.kinds import KINDS, Served
from helmward.lab.kube.waiting import eventually

pytestmark = pytest.mark.kube

_RANDOM = (
    (r"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME"),
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UID"),
    (r"kube-api-access-\w{5}", "ACCESS"),
    (r"10\.96\.\d+\.\d+", "CLUSTER-IP"),
    (r'"nodePort": 3\d{4}', '"nodePort": 30000'),
    (r'"resourceVersion": "\d+"', '"resourceVersion": ""'),
)


@pytest.fixture
async def both(kube: Any, kube_namespace: str, tmp_path: Path) -> AsyncIterator[tuple[Api, Api]]:
    """Administrators of the real engine and of the embedded one, which has the same namespace."""
    embedded = EmbeddedEngine(tmp_path / "embedded")
    await embedded.start()
    real, ours = open_api(kube.kubeconfig), open_api(embedded.kubeconfig)
    await ours.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": kube_namespace}})
    yield real, ours
    await real.close()
    await ours.close()
    await embedded.stop()


def collection(kind: Served, namespace: str) -> str:
    """The path of a kind's collection."""
    return f"{kind.root}/namespaces/{namespace}/{kind.plural}" if kind.namespaced else f"{kind.root}/{kind.plural}"


def plain(body: Any) -> Any:
    """The object without what is random or a matter of bookkeeping."""
    body["metadata"].pop("managedFields", None)
    text = json.dumps(body, sort_keys=True)
    for pattern, word in _RANDOM:
        text = re.sub(pattern, word, text)
    return json.loads(text)


@pytest.mark.parametrize("name", OBJECTS)
async def test_defaults(both: tuple[Api, Api], kube_namespace: str, name: str) -> None:
    real, ours = both
    body = OBJECTS[name]
    path = collection(KINDS[body["kind"]], kube_namespace) + "?dryRun=All"
    assert plain(await ours.ask("POST", path, body)) == plain(await real.ask("POST", path, body))


@pytest.mark.parametrize("name", ["deployment", "configmap", "service", "ingress", "budget", "job"])
async def test_owners(both: tuple[Api, Api], kube_namespace: str, name: str) -> None:
    """The same leaves are owned by the same manager."""
    body = OBJECTS[name]
    path = collection(KINDS[body["kind"]], kube_namespace) + "?dryRun=All&fieldManager=tester"
    owned = []
    for api in both:
        (entry,) = (await api.ask("POST", path, body))["metadata"]["managedFields"]
        owned.append((entry["manager"], entry["operation"], set(leaves(entry["fieldsV1"]))))
    assert owned[0][:2] == owned[1][:2]
    assert owned[0][2] ^ owned[1][2] == set()


def leaves(tree: Any, path: tuple[str, ...] = ()) -> Any:
    """The paths of a FieldsV1 tree that lead to a value; the marks of maps and items themselves aside."""
    for step, child in tree.items():
        if child:
            yield from leaves(child, (*path, step))
        elif step != ".":
            yield (*path, step)


async def test_the_kinds_are_described_alike(both: tuple[Api, Api]) -> None:
    """Names, short names, scope, verbs and subresources of every kind served."""
    real, ours = both
    for root in sorted({kind.root for kind in KINDS.values()}):
        theirs = {item["name"]: _described(item) for item in (await real.get(root))["resources"]}
        for item in (await ours.get(root))["resources"]:
            assert _described(item) == theirs[item["name"]]


def _described(item: Any) -> Any:
    kept = ("name", "namespaced", "kind", "shortNames", "group", "version", "singularName")
    verbs = sorted(set(item["verbs"]) - {"deletecollection"})
    return {name: item.get(name) for name in kept} | {"verbs": verbs, "all": "all" in item.get("categories", ())}


async def test_a_rollout_ends_in_the_same_objects(both: tuple[Api, Api], kube_namespace: str) -> None:
    """A Deployment without pods after two revisions: status, conditions, annotations, ReplicaSets, Events."""
    body = OBJECTS["deployment"]
    path = collection(KINDS["Deployment"], kube_namespace)
    ends = []
    for api in both:
        await api.ask("POST", path, body)
        name = f"{path}/{body['metadata']['name']}"
        await eventually(lambda api=api, name=name: _complete(api, name, 1), "the first revision")
        change = {"spec": {"template": {"metadata": {"annotations": {"again": "yes"}}}}}
        await api.patch(name, change)
        await eventually(lambda api=api, name=name: _complete(api, name, 2), "the second revision")
        sets = await api.list_all(collection(KINDS["ReplicaSet"], kube_namespace))
        ends.append([_hashless(await api.get(name)), *sorted(map(_hashless, sets))])
    assert ends[0] == ends[1]


async def _complete(api: Api, path: str, revision: int) -> bool:
    found = await api.get(path)
    conditions = {item["type"]: item["reason"] for item in found["status"].get("conditions", [])}
    seen = found["status"].get("observedGeneration") == found["metadata"]["generation"]
    number = found["metadata"].get("annotations", {}).get("deployment.kubernetes.io/revision")
    return seen and number == str(revision) and conditions.get("Progressing") == "NewReplicaSetAvailable"


def _hashless(body: Any) -> str:
    text = json.dumps(plain(body), sort_keys=True)
    digest = body["metadata"].get("labels", {}).get("pod-template-hash", "-")
    text = text.replace(digest, "HASH") if digest != "-" else text
    return re.sub(r"x-deployment-[a-z0-9]{6,10}", "x-deployment-HASH", text)
