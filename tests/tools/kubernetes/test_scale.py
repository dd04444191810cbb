"""`resources_scale` on both engines: up, down to nothing, undone; who depends on it; who would put it back."""

from __future__ import annotations

import pytest

from helmward.core.errors import DeniedError, UsageError
from helmward.core.mandate import Drifted

from .ground import Ground, service, workload

HPA = {
    "apiVersion": "autoscaling/v2",
    "kind": "HorizontalPodAutoscaler",
    "metadata": {"name": "web"},
    "spec": {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
        "minReplicas": 1,
        "maxReplicas": 5,
    },
}


async def test_up_and_back(ground: Ground) -> None:
    await up_and_back(ground, "Deployment")


@pytest.mark.kube
async def test_a_stateful_set_up_and_back(kube_ground: Ground) -> None:
    await up_and_back(kube_ground, "StatefulSet")  # the embedded engine runs none


async def up_and_back(ground: Ground, kind: str) -> None:
    await ground.make(workload(kind, "web"))
    await ground.until_ready(kind, "web", 2)
    step = await ground.plan("resources_scale", kind=kind, name="web", replicas=3)
    assert [(change.path, change.before, change.after) for change in step.changes] == [("/spec/replicas", 2, 3)]
    assert step.blast.replicas_share == 0.5
    await ground.act(step, "act-up")
    assert (await ground.settled(step, "act-up")).state == "yes"
    found = await ground.until_ready(kind, "web", 3)
    assert found["metadata"]["annotations"]["helmward.dev/action"] == "act-up"
    back = await ground.undo(step, "act-up")
    assert step.blast.text.startswith("starts 1 pod")
    assert back.blast.text.startswith("stops 1 of 3 pods"), "of the undo, not of what it takes back"
    assert back.blast.replicas_share == step.blast.replicas_share, "what was allowed to be done may be taken back"
    await ground.act(back, "act-back")
    assert (await ground.stands(back, "act-back")).state == "yes"
    await ground.until_ready(kind, "web", 2)


async def test_to_nothing_says_who_needs_it(ground: Ground) -> None:
    await ground.make(workload("Deployment", "web"))
    needing = workload("Deployment", "cart", 0)
    needing["spec"]["template"]["spec"]["containers"][0]["env"].append({"name": "WEB_URL", "value": "http://web:8080"})
    await ground.make(needing)
    await ground.make(service("web", "web"))
    await ground.until_ready("Deployment", "web", 2)
    await ground.look()
    step = await ground.plan("resources_scale", name="web", replicas=0)
    assert step.blast.replicas_share == 1.0
    assert step.blast.text == (f"stops all pods; Service web sends to it; needed by Deployment/{ground.namespace}/cart")
    await ground.act(step, "act-down")
    assert (await ground.settled(step, "act-down")).state == "yes"
    assert "replicas" not in (await ground.get("Deployment", "web"))["status"]
    up = await ground.plan("resources_scale", name="web", replicas=2)
    assert up.blast.replicas_share == 0.0


async def test_an_autoscaler_puts_it_back(ground: Ground) -> None:
    await ground.make(workload("Deployment", "web", 1))
    await ground.make(HPA)
    step = await ground.plan("resources_scale", name="web", replicas=4)
    assert step.managed.reverted_by == "hpa"
    assert "HorizontalPodAutoscaler" in step.managed.text


async def test_nothing_to_change(ground: Ground) -> None:
    await ground.make(workload("Deployment", "web", 1))
    with pytest.raises(UsageError, match="is as wanted already"):
        await ground.plan("resources_scale", name="web", replicas=1)
    with pytest.raises(UsageError, match="There is no Deployment none in"):
        await ground.plan("resources_scale", name="none", replicas=1)


async def test_undo_is_refused_once_somebody_else_scaled(ground: Ground) -> None:
    await ground.make(workload("Deployment", "web", 1))
    step = await ground.plan("resources_scale", name="web", replicas=3)
    await ground.act(step, "act-up")
    await ground.api.patch(ground.path("Deployment", "web"), {"spec": {"replicas": 4}})
    assert (await ground.settled(step, "act-up")).state == "no"
    with pytest.raises(Drifted, match=r"/spec/replicas of Deployment/.* is no longer what it wrote"):
        await ground.undo(step, "act-up")


async def test_volumes_that_would_go_with_the_replicas(ground: Ground) -> None:
    body = workload("StatefulSet", "web", 2)
    body["spec"]["persistentVolumeClaimRetentionPolicy"] = {"whenScaled": "Delete", "whenDeleted": "Retain"}
    await ground.make(body)
    with pytest.raises(DeniedError, match="deletes the volumes of replicas that are scaled away"):
        await ground.plan("resources_scale", kind="StatefulSet", name="web", replicas=1)
    patch = {"spec": {"replicas": 0}}
    with pytest.raises(DeniedError, match="deletes the volumes of replicas that are scaled away"):
        await ground.plan("resources_patch", kind="StatefulSet", name="web", patch=patch)
    assert (await ground.plan("resources_scale", kind="StatefulSet", name="web", replicas=3)).changes[0].after == 3
