"""A real API server's managedFields, after real kubectl, say what was written; and what the answers promise happens."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
import yaml
from tests.lab.api import Api, Json, config_map, deployment, open_api, path_of

from helmward.lab.kube.assets import programs_folder
from helmward.lab.kube.engine import KubeEngine
from helmward.lab.kube.waiting import eventually
from helmward.tools.kubernetes.ownership import Manager, controllers_of, lookups, managers_of, named

from .cases import IMAGE, REPLICAS, RESTART

pytestmark = pytest.mark.kube

_ENVIRONMENT = "/spec/template/spec/containers/0/env"


@pytest.fixture
async def api(kube: KubeEngine) -> AsyncIterator[Api]:
    client = open_api(kube.kubeconfig)
    yield client
    await client.close()


async def _kubectl(kube: KubeEngine, namespace: str, *words: str, stdin: Any = None) -> None:
    program = str(programs_folder("kubectl") / "kubectl")
    process = await asyncio.create_subprocess_exec(
        *(program, "--kubeconfig", str(kube.kubeconfig), "-n", namespace, *words),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    _, problem = await process.communicate(yaml.safe_dump(stdin).encode())
    assert process.returncode == 0, problem.decode()


def _names(managers: dict[str, Manager | None]) -> dict[str, tuple[str, str] | None]:
    return {path: (found.name, found.subresource) if found else None for path, found in managers.items()}


async def test_what_kubectl_writes(api: Api, kube: KubeEngine, kube_namespace: str) -> None:
    path = path_of("Deployment", kube_namespace, "web")
    body = deployment(kube_namespace, "web", replicas=1)
    body["spec"]["template"]["spec"]["containers"].append({"name": "side", "image": "busybox:1"})
    await _kubectl(kube, kube_namespace, "apply", "-f", "-", stdin=body)
    side = "/spec/template/spec/containers/1/image"
    item = await api.get(path)
    apply = ("kubectl-client-side-apply", "")
    assert _names(managers_of(item, [IMAGE, side, REPLICAS])) == {IMAGE: apply, side: apply, REPLICAS: apply}
    await _kubectl(kube, kube_namespace, "scale", "deployment/web", "--replicas=2")
    await _kubectl(kube, kube_namespace, "set", "image", "deployment/web", "side=busybox:2")
    await _kubectl(kube, kube_namespace, "rollout", "restart", "deployment/web")
    paused = ("--type=merge", "-p", '{"spec":{"paused":true}}')
    await _kubectl(kube, kube_namespace, "patch", "deployment/web", *paused)
    item = await api.get(path)
    assert _names(managers_of(item, [IMAGE, side, REPLICAS, RESTART, "/spec/paused"])) == {
        IMAGE: apply,
        side: ("kubectl-set", ""),
        REPLICAS: ("kubectl", "scale"),
        RESTART: ("kubectl-rollout", ""),
        "/spec/paused": ("kubectl-patch", ""),
    }
    text = controllers_of(item, paths=[REPLICAS]).text
    assert text.startswith("No controller puts this back. spec.replicas was last written by kubectl")


async def test_scaled_to_zero_nobody_is_recorded_and_the_manifest_may_still_say_otherwise(
    api: Api, kube: KubeEngine, kube_namespace: str
) -> None:
    """In the Scale object 0 is left out (autoscaling/v1, omitempty): it takes the field from its manager, and names none."""
    body = deployment(kube_namespace, "web", replicas=1)
    body["metadata"]["labels"] = {f"kustomize.toolkit.fluxcd.io/{key}": "flux" for key in ("name", "namespace")}
    apply = ("apply", "--server-side", "--field-manager=kustomize-controller", "-f", "-")
    await _kubectl(kube, kube_namespace, *apply, stdin=body)
    await _kubectl(kube, kube_namespace, "scale", "deployment/web", "--replicas=0")
    item = await api.get(path_of("Deployment", kube_namespace, "web"))
    assert managers_of(item, [REPLICAS]) == {REPLICAS: None}
    (controller,) = controllers_of(item, paths=[REPLICAS]).controllers
    assert (controller.reverts, controller.certain) == (True, False)


async def test_server_side_apply_and_list_keys(api: Api, kube: KubeEngine, kube_namespace: str) -> None:
    path = path_of("Deployment", kube_namespace, "web")
    body = deployment(kube_namespace, "web", replicas=0)
    body["spec"]["template"]["spec"]["containers"][0]["env"] = [
        {"name": "A", "value": "1"},
        {"name": "B", "value": "1"},
    ]
    apply = ("apply", "--server-side", "--field-manager=kustomize-controller", "-f", "-")
    await _kubectl(kube, kube_namespace, *apply, stdin=body)
    operations = [{"op": "replace", "path": f"{_ENVIRONMENT}/1/value", "value": "2"}]
    await api.patch(path, operations, "json")
    item = await api.get(path)
    found = managers_of(item, [f"{_ENVIRONMENT}/0/value", f"{_ENVIRONMENT}/1/value", f"{_ENVIRONMENT}/1/name", IMAGE])
    assert [manager and manager.name for manager in found.values()] == [
        "kustomize-controller",
        "helmward-lab",
        "kustomize-controller",
        "kustomize-controller",
    ]
    ports = "/spec/template/spec/containers/0/ports/0"
    assert _names(
        managers_of(item, [f"{ports}/containerPort", "/spec/selector/matchLabels/app", "/spec/strategy"])
    ) == {
        f"{ports}/containerPort": ("kustomize-controller", ""),
        "/spec/selector/matchLabels/app": ("kustomize-controller", ""),
        "/spec/strategy": None,
    }


@pytest.mark.parametrize("seed", range(3))
async def test_the_latest_writer_of_each_key(api: Api, kube_namespace: str, seed: int) -> None:
    """Random applies and updates by several managers, against the rules of server-side apply on plain sets."""
    numbers, path = random.Random(seed), f"{path_of('ConfigMap', kube_namespace)}/random"
    owners, values = {"z": {api.manager}}, {"z": "1"}
    await api.create(config_map(kube_namespace, "random", **values))
    for _ in range(40):
        keys = numbers.sample(("a", "b", "c", "d.e", "f-g"), numbers.randint(1, 4))
        data = {key: str(numbers.randint(1, 3)) for key in keys}
        if numbers.random() < 0.5:
            name = numbers.choice(("apply-1", "apply-2"))
            item = await api.apply(path, config_map(kube_namespace, "random", **data), name, force=True)
            _applied(owners, values, name, data)
        else:
            name = numbers.choice(("update-1", "update-2"))
            query = f"{path}?fieldManager={name}"
            item = await api.ask("PATCH", query, {"data": data}, Content_Type="application/merge-patch+json")
            _updated(owners, values, name, data)
        assert item.get("data", {}) == values
        assert _owners(item) == owners


def _applied(owners: dict[str, set[str]], values: dict[str, str], name: str, data: dict[str, str]) -> None:
    for key in [key for key, names in owners.items() if name in names and key not in data]:
        owners[key].discard(name)
        if not owners[key]:
            del owners[key], values[key]
    for key, value in data.items():
        owners[key] = {name} | (owners.get(key, set()) if values.get(key) == value else set())
        values[key] = value


def _updated(owners: dict[str, set[str]], values: dict[str, str], name: str, data: dict[str, str]) -> None:
    for key, value in data.items():
        if values.get(key) != value:
            owners[key], values[key] = {name}, value


def _owners(item: Json) -> dict[str, set[str]]:
    found = managers_of(item, [f"/data/{key}" for key in item.get("data", {})])
    return {path.removeprefix("/data/"): {m.name, *m.others} if m else set() for path, m in found.items()}


async def test_a_deployment_puts_back_what_is_said_to_be_put_back(api: Api, kube_namespace: str) -> None:
    await api.create(deployment(kube_namespace, "web", replicas=1))
    sets = path_of("ReplicaSet", kube_namespace)

    async def made() -> Json | None:
        return next(iter(await api.list_all(sets)), None)

    item = await eventually(made, "the ReplicaSet of deployment web")
    assert item is not None
    name = item["metadata"]["name"]
    item = await api.get(f"{sets}/{name}")
    (controller,) = controllers_of(item, paths=[REPLICAS]).controllers
    assert (controller.name, controller.reverts) == (f"Deployment {kube_namespace}/web", True)
    await api.patch(f"{sets}/{name}", {"spec": {"replicas": 3}})

    async def reverted() -> bool:
        return bool((await api.get(f"{sets}/{name}"))["spec"]["replicas"] == 1)

    await eventually(reverted, "the Deployment puts its ReplicaSet back")


async def test_an_autoscaler_puts_back_what_is_said_to_be_put_back(api: Api, kube_namespace: str) -> None:
    """The autoscaler needs no metrics to keep its minimum, nor to rest at zero; it looks every 15 seconds."""
    path = {name: path_of("Deployment", kube_namespace, name) for name in ("low", "zero")}
    autoscalers = f"/apis/autoscaling/v2/namespaces/{kube_namespace}/horizontalpodautoscalers"
    said = {}
    for name, replicas in (("low", 1), ("zero", 0)):
        item = await api.create(deployment(kube_namespace, name, replicas=replicas))
        await api.ask("POST", autoscalers, _autoscaler(name))
        wanted = lookups(item, [REPLICAS])[0]
        related = [named(wanted, found) for found in await api.list_all(wanted.path)]
        (controller,) = controllers_of(item, related=related, paths=[REPLICAS]).controllers
        said[name] = controller.reverts
    assert said == {"low": True, "zero": False}

    async def acted() -> bool:
        status = (await api.get(f"{autoscalers}/zero")).get("status", {})
        rests = any(condition.get("reason") == "ScalingDisabled" for condition in status.get("conditions", []))
        return bool(rests and (await api.get(path["low"]))["spec"]["replicas"] == 2)

    await eventually(acted, "one autoscaler keeps its minimum, the other rests", seconds=60, pause=0.2)
    item = await api.get(path["low"])
    assert _names(managers_of(item, [REPLICAS])) == {REPLICAS: ("kube-controller-manager", "scale")}
    assert (await api.get(path["zero"]))["spec"]["replicas"] == 0


def _autoscaler(name: str) -> Json:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
    cpu = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}
    metrics = [{"type": "Resource", "resource": cpu}]
    spec = {"scaleTargetRef": target, "minReplicas": 2, "maxReplicas": 3, "metrics": metrics}
    return {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": name}, "spec": spec}
