"""`pods_delete` and `pods_delete_bare`: an eviction under budgets, another pod in its place, nothing lost by mistake."""

from __future__ import annotations

from typing import Any

import pytest

from helmward.core.errors import DeniedError, UsageError
from helmward.core.mandate import DisruptionRefused
from helmward.core.plans import Effect
from helmward.lab.client import Json
from helmward.lab.kube.waiting import eventually

from .ground import TOOLBOX, Ground, service, workload


async def a_pod(ground: Ground) -> Json:
    pods = await ground.api.list_all(ground.path("Pod"), labelSelector="app=web")
    return next(pod for pod in pods if not pod["metadata"].get("deletionTimestamp"))


async def evicted(ground: Ground, kind: str, count: int) -> None:
    await ground.make(workload(kind, "web"))
    await ground.until_ready(kind, "web", count)
    pod = await a_pod(ground)
    step = await ground.plan("pods_delete", name=pod["metadata"]["name"])
    assert step.irreversible and step.effect is Effect.MUTATE
    assert step.blast.replicas_share == 1 / count
    assert (await ground.get("Pod", pod["metadata"]["name"]))["metadata"]["uid"] == step.uid  # the dry run left it
    await ground.act(step, "act-evict")
    found = await ground.settled(step, "act-evict")
    assert found.state == "yes" and f"all {count} pods of" in found.text
    pods = await ground.api.list_all(ground.path("Pod"), labelSelector="app=web")
    assert step.uid not in {other["metadata"]["uid"] for other in pods}
    assert (await ground.act(step, "act-evict")).repeated
    with pytest.raises(DeniedError, match="cannot be undone: a pod that is gone does not come back"):
        await ground.undo(step, "act-evict")


async def test_another_pod_takes_its_place(ground: Ground) -> None:
    await evicted(ground, "Deployment", 2)


@pytest.mark.kube
@pytest.mark.parametrize(("kind", "count"), [("StatefulSet", 2), ("DaemonSet", 1)])
async def test_a_pod_of_the_same_name_is_another_pod(kube_ground: Ground, kind: str, count: int) -> None:
    await evicted(kube_ground, kind, count)


async def test_who_is_before_it(ground: Ground) -> None:
    await ground.make(workload("Deployment", "web"))
    await ground.make(service("web", "web"))
    await ground.until_ready("Deployment", "web", 2)
    await ground.look()
    step = await ground.plan("pods_delete", name=(await a_pod(ground))["metadata"]["name"])
    assert step.blast.text.endswith("which makes another; Service web sends to it")


async def test_a_budget_holds(ground: Ground) -> None:
    await ground.make(workload("Deployment", "web"))
    await ground.until_ready("Deployment", "web", 2)
    pod = await a_pod(ground)
    step = await ground.plan("pods_delete", name=pod["metadata"]["name"])
    spec = {"selector": {"matchLabels": {"app": "web"}}, "minAvailable": 2}
    await ground.make(
        {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "web"}, "spec": spec}
    )
    path = f"/apis/policy/v1/namespaces/{ground.namespace}/poddisruptionbudgets/web"

    async def counted() -> Any:
        status = (await ground.api.get(path)).get("status", {})
        return status.get("observedGeneration") and status.get("currentHealthy") == 2

    await eventually(counted, "the budget is counted", 60)
    with pytest.raises(DisruptionRefused, match="a PodDisruptionBudget does not allow it"):
        await ground.act(step, "act-evict")
    with pytest.raises(DisruptionRefused):
        await ground.plan("pods_delete", name=pod["metadata"]["name"])
    assert (await a_pod(ground))["metadata"].get("deletionTimestamp") is None


async def test_a_pod_without_controller(ground: Ground) -> None:
    pod = workload("Deployment", "web")["spec"]["template"]["spec"]
    await ground.make({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "bare"}, "spec": pod})
    with pytest.raises(DeniedError, match="Pod bare has no controller: nothing would make it again"):
        await ground.plan("pods_delete", name="bare")
    step = await ground.plan("pods_delete_bare", kind="Pod", name="bare")
    assert (step.effect, step.permission, step.verb) == (Effect.DESTRUCTIVE, "delete", "delete")
    assert step.blast.text == "takes 1 pod away, which nothing makes again"
    await ground.act(step, "act-delete")
    assert (await ground.settled(step, "act-delete")).state == "yes"
    assert await ground.api.find(ground.path("Pod", "bare")) is None


async def test_a_pod_made_anew_is_not_the_planned_one(ground: Ground) -> None:
    """The one that was planned is gone: done, and the new one of its name is left alone."""
    spec = workload("Deployment", "web")["spec"]["template"]["spec"]
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "bare"}, "spec": spec}
    await ground.make(pod)
    step = await ground.plan("pods_delete_bare", name="bare")
    await ground.api.delete(ground.path("Pod", "bare"), {"gracePeriodSeconds": 0})
    await ground.until_gone("Pod", "bare")
    made = await ground.make(pod)
    assert (await ground.act(step, "act-delete")).repeated
    assert (await ground.get("Pod", "bare"))["metadata"]["uid"] == made["metadata"]["uid"]


async def test_a_pod_that_is_going_already(ground: Ground) -> None:
    await ground.make(workload("Deployment", "web", 1))
    await ground.until_ready("Deployment", "web", 1)
    name = (await a_pod(ground))["metadata"]["name"]
    await ground.api.patch(ground.path("Pod", name), {"metadata": {"finalizers": ["example.com/wait"]}})
    await ground.api.delete(ground.path("Pod", name))
    with pytest.raises(UsageError, match="is being deleted already"):
        await ground.plan("pods_delete", name=name)
    await ground.api.patch(ground.path("Pod", name), {"metadata": {"finalizers": None}})


def test_why_there_is_no_undo_is_declared() -> None:
    for one in TOOLBOX:
        if type(one).__name__ in ("PodsDelete", "PodsDeleteBare"):
            assert one.irreversible
