"""`rollout_restart`, `rollout_undo` and a template's `config_restore`: the real control plane rolls, and tells when it has."""

from __future__ import annotations

from typing import Any

import pytest

from helmward.core.errors import DeniedError, UsageError
from helmward.core.plans import Step
from helmward.lab.cast.programs import image
from helmward.tools.kubernetes.workloads import rolled_out, rollout_share

from .ground import Ground, workload

NEW, MISSING = image("user-service", "1.9.1"), image("user-service", "0.0.0")
SETS = ["StatefulSet", "DaemonSet"]


async def running(ground: Ground, kind: str) -> None:
    await ground.make(workload(kind, "web"))
    await ground.until_ready(kind, "web", 1 if kind == "DaemonSet" else 2)


async def set_image(ground: Ground, kind: str, name: str) -> None:
    patch = {"spec": {"template": {"spec": {"containers": [{"name": "app", "image": name}]}}}}
    await ground.api.patch(ground.path(kind, "web"), patch, "strategic")


async def done(ground: Ground, step: Step, action: str) -> None:
    assert not (await ground.act(step, action)).repeated
    found = await ground.settled(step, action)
    assert found.state == "yes", found.text


def first_image(item: Any) -> str:
    return str(item["spec"]["template"]["spec"]["containers"][0]["image"])


async def there_and_back(ground: Ground, kind: str) -> None:
    """A new image rolls out; it is rolled back; the roll-back is undone."""
    await running(ground, kind)
    await set_image(ground, kind, NEW)
    await ground.until_ready(kind, "web", 1 if kind == "DaemonSet" else 2)
    step = await ground.plan("rollout_undo", kind=kind, name="web")
    place = "/spec/template/spec/containers/0/image"
    assert [(one.path, one.before, one.after) for one in step.changes] == [(place, NEW, image("user-service", "1.9.0"))]
    await done(ground, step, "act-back")
    pods = await ground.api.list_all(ground.path("Pod"), labelSelector="app=web")
    live = [pod for pod in pods if not pod["metadata"].get("deletionTimestamp")]
    assert {pod["spec"]["containers"][0]["image"] for pod in live} == {image("user-service", "1.9.0")}
    undo = await ground.undo(step, "act-back")
    await ground.act(undo, "act-undo")
    assert (await ground.stands(undo, "act-undo")).state == "yes"
    assert undo.blast.text.startswith("replaces ")
    assert first_image(await ground.get(kind, "web")) == NEW


async def test_a_deployment_back_and_forth(ground: Ground) -> None:
    await there_and_back(ground, "Deployment")


@pytest.mark.kube
@pytest.mark.parametrize("kind", SETS)
async def test_sets_back_and_forth(kube_ground: Ground, kind: str) -> None:
    await there_and_back(kube_ground, kind)


async def restarts(ground: Ground, kind: str) -> None:
    await running(ground, kind)
    before = {pod["metadata"]["uid"] for pod in await ground.api.list_all(ground.path("Pod"))}
    step = await ground.plan("rollout_restart", kind=kind, name="web")
    assert step.changes[0].symbolic == "time"
    assert step.blast.replicas_share == {"Deployment": 0.0, "StatefulSet": 0.5, "DaemonSet": 1.0}[kind]
    await done(ground, step, "act-restart")
    pods = await ground.api.list_all(ground.path("Pod"), labelSelector="app=web")
    assert not before & {pod["metadata"]["uid"] for pod in pods if not pod["metadata"].get("deletionTimestamp")}
    undo = await ground.undo(step, "act-restart")
    await ground.act(undo, "act-undo")
    assert (await ground.stands(undo, "act-undo")).state == "yes"


async def test_a_deployment_restarts(ground: Ground) -> None:
    await restarts(ground, "Deployment")


@pytest.mark.kube
@pytest.mark.parametrize("kind", SETS)
async def test_sets_restart(kube_ground: Ground, kind: str) -> None:
    await restarts(kube_ground, kind)


async def test_a_workload_that_crash_loops_all_the_while_is_mended(ground: Ground) -> None:
    await running(ground, "Deployment")
    bad = {"spec": {"template": {"spec": {"containers": [{"name": "app", "args": ["--workers=none"]}]}}}}
    await ground.api.patch(ground.path("Deployment", "web"), bad, "strategic")

    async def crashed(times: int) -> None:
        from helmward.lab.kube.waiting import eventually

        async def ask() -> bool:
            pods = await ground.api.list_all(ground.path("Pod"), labelSelector="app=web")
            states = [state for pod in pods for state in pod.get("status", {}).get("containerStatuses") or ()]
            return any(state["restartCount"] >= times for state in states)

        await eventually(ask, f"{times} crashes", 60)

    await crashed(1)
    step = await ground.plan("rollout_undo", name="web")
    planned = (await ground.get("Deployment", "web"))["metadata"]["resourceVersion"]
    await crashed(3)  # its status, and with it its version, changed since it was planned
    await ground.api.patch(ground.path("Deployment", "web"), {"metadata": {"labels": {"seen": "yes"}}})
    assert (await ground.get("Deployment", "web"))["metadata"]["resourceVersion"] != planned
    await done(ground, step, "act-mend")


async def test_no_step_back(ground: Ground) -> None:
    await running(ground, "Deployment")
    with pytest.raises(UsageError, match="web has no earlier revision to go back to"):
        await ground.plan("rollout_undo", name="web")
    with pytest.raises(UsageError, match="rollout_undo: to_revision: web has the revisions 1"):
        await ground.plan("rollout_undo", name="web", to_revision=7)
    with pytest.raises(UsageError, match="is as wanted already"):
        await ground.plan("rollout_undo", name="web", to_revision=1)


async def test_a_revision_with_the_same_template_is_no_step_back(ground: Ground) -> None:
    """1.9.0, 1.9.1, 1.9.0 again: the step back is to 1.9.1, not to what runs already."""
    await running(ground, "Deployment")
    for name in (NEW, image("user-service", "1.9.0")):
        await set_image(ground, "Deployment", name)
        await ground.until_ready("Deployment", "web", 2)
    step = await ground.plan("rollout_undo", name="web")
    assert step.changes[0].after == NEW


async def test_a_paused_rollout_is_refused(ground: Ground) -> None:
    await running(ground, "Deployment")
    await ground.api.patch(ground.path("Deployment", "web"), {"spec": {"paused": True}})
    for tool in ("rollout_undo", "rollout_restart"):
        with pytest.raises(UsageError, match="The rollout of Deployment web is paused"):
            await ground.plan(tool, name="web")


@pytest.mark.kube
@pytest.mark.parametrize("kind", SETS)
async def test_pods_that_only_a_deletion_replaces(kube_ground: Ground, kind: str) -> None:
    body = workload(kind, "web", 1)
    body["spec"]["updateStrategy"] = {"type": "OnDelete"}
    await kube_ground.make(body)
    with pytest.raises(UsageError, match="replaces a pod only when that is deleted"):
        await kube_ground.plan("rollout_restart", kind=kind, name="web")


@pytest.mark.kube
async def test_a_stateful_set_is_not_done_before_its_revision_is(kube_ground: Ground) -> None:
    """An image that is not there: the set never comes to its new revision, so a restart of it is never a success."""
    await running(kube_ground, "StatefulSet")
    await set_image(kube_ground, "StatefulSet", MISSING)
    found = await kube_ground.until(
        "StatefulSet",
        "web",
        lambda item: item["status"].get("updateRevision") != item["status"].get("currentRevision"),
        "two revisions",
    )
    step = await kube_ground.plan("rollout_restart", kind="StatefulSet", name="web")
    await kube_ground.act(step, "act-restart")
    assert rolled_out(found).state == "pending"


async def test_a_template_is_restored(ground: Ground) -> None:
    await running(ground, "Deployment")
    await set_image(ground, "Deployment", NEW)
    await ground.until_ready("Deployment", "web", 2)
    step = await ground.plan("config_restore", kind="Deployment", name="web")
    await done(ground, step, "act-template")
    assert first_image(await ground.get("Deployment", "web")) == image("user-service", "1.9.0")
    with pytest.raises(UsageError, match="config_restore: key: a Deployment has no keys"):
        await ground.plan("config_restore", kind="Deployment", name="web", key="a")


async def test_no_roll_back_over_a_secret(ground: Ground) -> None:
    """The template that would come back holds a secret in clear: no plan may."""
    secret = "-".join(("correct", "horse", "battery", "9f3"))
    body = workload("Deployment", "web", 1)
    body["spec"]["template"]["spec"]["containers"][0]["env"].append({"name": "DB_PASSWORD", "value": secret})
    await ground.make(body)
    await ground.until_ready("Deployment", "web", 1)
    env = [{"name": "DB_PASSWORD", "value": "another"}]
    patch = {"spec": {"template": {"spec": {"containers": [{"name": "app", "env": env}]}}}}
    await ground.api.patch(ground.path("Deployment", "web"), patch, "strategic")
    await ground.until_ready("Deployment", "web", 1)
    with pytest.raises(DeniedError, match=r"/env/1/value holds what looks like a secret") as refused:
        await ground.plan("rollout_undo", name="web")
    assert secret not in str(refused.value)
    await set_image(ground, "Deployment", NEW)
    await ground.until_ready("Deployment", "web", 1)
    assert (await ground.plan("rollout_undo", name="web")).changes[0].after == image("user-service", "1.9.0")


async def test_all_at_once_is_said(ground: Ground) -> None:
    body = workload("Deployment", "web", 2)
    body["spec"]["strategy"] = {"type": "Recreate"}
    await ground.make(body)
    step = await ground.plan("rollout_restart", name="web")
    assert step.blast.text == "stops all 2 pods at once, and then starts new ones"


async def test_a_deadline_that_passed_before_is_no_failure_of_ours(ground: Ground) -> None:
    """The bad rollout had exceeded its progress deadline; the way back is judged by itself."""
    body = workload("Deployment", "web", 2)
    body["spec"] |= {"strategy": {"type": "Recreate"}, "progressDeadlineSeconds": 8}
    await ground.make(body)
    await ground.until_ready("Deployment", "web", 2)
    await set_image(ground, "Deployment", MISSING)

    def exceeded(item: Any) -> bool:
        conditions = item.get("status", {}).get("conditions") or ()
        return any(one.get("reason") == "ProgressDeadlineExceeded" for one in conditions)

    await ground.until("Deployment", "web", exceeded, "the deadline passes")
    step = await ground.plan("rollout_undo", name="web")
    await done(ground, step, "act-back")


async def test_a_deadline_that_passes_after_our_write_is_one(ground: Ground) -> None:
    """A restart with an image that is not there: it fails as soon as its deadline says so."""
    body = workload("Deployment", "web", 1)
    body["spec"]["progressDeadlineSeconds"] = 2
    await ground.make(body)
    await set_image(ground, "Deployment", MISSING)
    step = await ground.plan("rollout_restart", name="web")
    await ground.act(step, "act-restart")
    found = await ground.settled(step, "act-restart")
    assert (found.state, found.text) == ("no", "the rollout exceeded its progress deadline")


@pytest.mark.parametrize(
    ("kind", "spec", "ready", "share", "told"),
    [
        ("Deployment", {"replicas": 2}, 2, 0.0, "replaces 2 pods in turn, each once another one is ready"),
        ("Deployment", {"replicas": 8}, 8, 0.25, "replaces 8 pods, at most 2 of 8 ready ones away at once"),
        ("Deployment", {"replicas": 8}, 0, 0.0, "replaces 8 pods, of which none is ready"),
        ("Deployment", {"strategy": {"type": "Recreate"}}, 1, 1.0, "stops all 1 pods at once"),
        (
            "Deployment",
            {"replicas": 4, "strategy": {"rollingUpdate": {"maxUnavailable": 3, "maxSurge": 0}}},
            4,
            0.75,
            "",
        ),
        (
            "Deployment",
            {"replicas": 4, "strategy": {"rollingUpdate": {"maxUnavailable": 0, "maxSurge": "0%"}}},
            4,
            0.25,
            "",
        ),
        ("StatefulSet", {"replicas": 4}, 4, 0.25, ""),
        ("StatefulSet", {"replicas": 4}, 1, 1.0, "replaces 4 pods, at most 1 of 1 ready ones away at once"),
    ],
)
def test_how_many_are_away_at_once(kind: str, spec: dict[str, Any], ready: int, share: float, told: str) -> None:
    found, text = rollout_share({"kind": kind, "spec": spec, "status": {"readyReplicas": ready}})
    assert found == share
    assert text.startswith(told)
