"""A StatefulSet whose broken pod blocks the way back (kubernetes.io: StatefulSets, forced rollback)."""

from __future__ import annotations

from typing import Any

import pytest

from helmward.lab.cast.programs import image
from helmward.lab.kube.waiting import eventually

from .ground import TOOLBOX, Ground, workload


@pytest.mark.kube
async def test_the_pod_in_the_way_is_named(kube_ground: Ground) -> None:
    ground = kube_ground
    await ground.make(workload("StatefulSet", "web", 2))
    await ground.until_ready("StatefulSet", "web", 2)
    bad = {"spec": {"template": {"spec": {"containers": [{"name": "app", "image": image("user-service", "0.0.0")}]}}}}
    await ground.api.patch(ground.path("StatefulSet", "web"), bad, "strategic")

    async def broken() -> bool:
        pod: Any = await ground.api.find(ground.path("Pod", "web-1")) or {}
        return any("waiting" in state["state"] for state in pod.get("status", {}).get("containerStatuses") or ())

    await eventually(broken, "web-1 waits", 60)
    step = await ground.plan("rollout_undo", kind="StatefulSet", name="web")
    await ground.act(step, "act-back")

    async def told() -> str:
        found = await TOOLBOX.change("rollout_undo").settled(step, "act-back", ground.client)
        return found.text if "stands in the way" in found.text else ""

    text = await eventually(told, "the pod in the way is named", 60)
    assert text.startswith("Pod web-1 of the revision before is not ready")
    removal = await ground.plan("pods_delete", name="web-1")
    await ground.act(removal, "act-evict")
    assert (await ground.settled(step, "act-back")).state == "yes"
