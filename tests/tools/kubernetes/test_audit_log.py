"""The API server's own audit log: each write carries its action id, as the annotation and as the Audit-ID; dry runs say so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helmward.lab.kube.waiting import eventually

from .ground import Ground, workload

if TYPE_CHECKING:
    from helmward.lab.kube.engine import KubeEngine

REHEARSAL = "act-rehearsal"


def written(log: Path, namespace: str) -> list[dict[str, Any]]:
    """Every write in the namespace that a Helmward sent (it alone names Audit-IDs that begin so)."""
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.endswith("}")]
    return [
        line
        for line in lines
        if line.get("objectRef", {}).get("namespace") == namespace and line["auditID"].startswith("act-")
    ]


async def logged(log: Path, namespace: str, action: str) -> list[dict[str, Any]]:
    async def ask() -> Any:
        return any(line["auditID"] == action for line in written(log, namespace))

    await eventually(ask, f"{action} is in the audit log", 30)
    return [line for line in written(log, namespace) if line["auditID"] == action]


async def test_a_patch_is_known_by_its_action(kube: KubeEngine, kube_ground: Ground) -> None:
    ground = kube_ground
    await ground.make(workload("Deployment", "web", 1))
    await ground.until_ready("Deployment", "web", 1)
    step = await ground.plan("resources_scale", name="web", replicas=2)
    action = f"act-{ground.namespace}-scale"
    await ground.act(step, action)
    assert (await ground.act(step, action)).repeated
    (line,) = await logged(kube.audit_log, ground.namespace, action)
    assert (line["verb"], line["objectRef"]["resource"], line["responseStatus"]["code"]) == (
        "patch",
        "deployments",
        200,
    )
    assert "subresource" not in line["objectRef"] and "dryRun" not in line["requestURI"]
    assert line["responseObject"]["metadata"]["annotations"]["helmward.dev/action"] == action
    assert line["responseObject"]["spec"]["replicas"] == 2
    rehearsed = [one for one in written(kube.audit_log, ground.namespace) if one["auditID"] == REHEARSAL]
    assert rehearsed and all("dryRun=All" in one["requestURI"] for one in rehearsed)
    assert {one["auditID"] for one in written(kube.audit_log, ground.namespace)} == {action, REHEARSAL}


async def test_an_eviction_and_a_deletion_too(kube: KubeEngine, kube_ground: Ground) -> None:
    ground = kube_ground
    await ground.make(workload("Deployment", "web", 1))
    await ground.until_ready("Deployment", "web", 1)
    (pod,) = await ground.api.list_all(ground.path("Pod"), labelSelector="app=web")
    step = await ground.plan("pods_delete", name=pod["metadata"]["name"])
    await ground.act(step, f"act-{ground.namespace}-evict")
    (line,) = await logged(kube.audit_log, ground.namespace, f"act-{ground.namespace}-evict")
    assert (line["verb"], line["objectRef"]["subresource"]) == ("create", "eviction")
    assert line["requestObject"]["deleteOptions"]["preconditions"]["uid"] == step.uid
    spec = workload("Deployment", "web")["spec"]["template"]["spec"]
    await ground.make({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "bare"}, "spec": spec})
    step = await ground.plan("pods_delete_bare", name="bare")
    await ground.act(step, f"act-{ground.namespace}-delete")
    (line,) = await logged(kube.audit_log, ground.namespace, f"act-{ground.namespace}-delete")
    assert (line["verb"], line["objectRef"]["name"]) == ("delete", "bare")
    assert line["requestObject"]["preconditions"]["uid"] == step.uid
