"""Daily work is no incident: rollouts, scalings, Jobs, deleted and evicted pods, nodes taken out and put back."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from tests.engines import on, on_each

from helmward.lab.cast.objects import NAMESPACE
from helmward.lab.cast.programs import image
from helmward.lab.client import Json, path_of
from helmward.lab.kube.waiting import eventually

from .stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")
everywhere = pytest.mark.parametrize("stage", on_each(), indirect=True, scope="module")
on_kube = pytest.mark.parametrize("stage", [on("kube")], indirect=True, scope="module")

_TAGS = {
    "frontend": itertools.cycle(["3.8.1", "3.7.2", "3.8.0"]),
    "user-service": itertools.cycle(["1.9.1", "1.9.0"]),
    "payment-service": itertools.cycle(["2.4.1", "2.4.0"]),
}
_TURNS = 4  # of twelve rollouts; `-m slow` has thirty on the real control plane too
_SECONDS = 60.0


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def _silent(stage: Stage) -> AsyncIterator[None]:
    """Calm before, and afterwards not one incident more, whatever became of it since."""
    await stage.calm()
    yield
    await stage.calm()
    assert stage.live == [], [str(entry.incident.title) for entry in stage.live]


@everywhere
async def test_rollouts(stage: Stage) -> None:
    await _roll(stage, _TURNS)


@pytest.mark.slow
@everywhere
async def test_thirty_rollouts(stage: Stage) -> None:
    await _roll(stage, 10)


async def _roll(stage: Stage, turns: int) -> None:
    """One of each workload a turn."""
    for turn in range(turns):
        for name, tags in _TAGS.items():
            container = {"name": name, "image": image(name, next(tags))}
            await _template(stage, name, {"spec": {"containers": [container]}})
        if turn % 2:  # a second rollout before the first has ended
            for name in _TAGS:
                await _template(stage, name, {"metadata": {"annotations": {"turn": str(turn)}}})
        await stage.shop.until_healthy()


@everywhere
async def test_scalings_up_and_down(stage: Stage) -> None:
    for name in ("user-service", "payment-service"):
        for replicas in (5, 1, 2):
            await _scale(stage, name, replicas)


@everywhere
async def test_a_workload_that_nobody_needs_rests(stage: Stage) -> None:
    await stage.shop.client.create(_preview())
    for replicas in (1, 0, 2, 0):
        await _scale(stage, "preview", replicas)
    await stage.shop.client.delete(path_of("Deployment", NAMESPACE, "preview"))
    await _gone(stage, "preview")


@everywhere
async def test_jobs_that_complete(stage: Stage) -> None:
    for number in range(3):
        await stage.shop.client.create(_job(f"report-{number}"))
    for number in range(3):
        path = path_of("Job", NAMESPACE, f"report-{number}")
        await eventually(lambda path=path: _succeeded(stage, path), f"report {number}", _SECONDS)  # type: ignore[misc]
        await stage.shop.client.delete(path, {"propagationPolicy": "Background"})
    await _gone(stage, "report")


@everywhere
async def test_pods_that_are_deleted_and_evicted(stage: Stage) -> None:
    for pod in await stage.shop.pods("user-service"):
        await stage.shop.client.delete(_path(pod))
        await stage.shop.until_healthy()
    for pod in await stage.shop.pods("payment-service"):  # both at once: nobody serves for a moment
        await _evict(stage, pod)
    await stage.shop.until_healthy()


@on_kube
async def test_a_node_that_is_drained_and_comes_back(stage: Stage) -> None:
    pods = [pod for name in _TAGS for pod in await stage.shop.pods(name)]
    node = pods[0]["spec"]["nodeName"]
    await stage.kubectl(f"kubectl cordon {node}")
    for pod in pods:
        if pod["spec"]["nodeName"] == node:
            await _evict(stage, pod)
    await stage.shop.until_healthy()
    here = [pod["spec"]["nodeName"] for name in _TAGS for pod in await stage.shop.pods(name)]
    assert node not in here
    await stage.kubectl(f"kubectl uncordon {node}")


async def _template(stage: Stage, name: str, template: Json) -> None:
    await stage.shop.client.patch(path_of("Deployment", NAMESPACE, name), {"spec": {"template": template}}, "strategic")


async def _scale(stage: Stage, name: str, replicas: int) -> None:
    await stage.shop.client.patch(path_of("Deployment", NAMESPACE, name), {"spec": {"replicas": replicas}})

    async def scaled() -> bool:
        pods = await stage.shop.pods(name)
        found = await stage.shop.get("Deployment", name)
        return len(pods) == replicas == (found.get("status") or {}).get("availableReplicas", 0)

    await eventually(scaled, f"{replicas} replicas of {name}", _SECONDS)


async def _evict(stage: Stage, pod: Json) -> None:
    metadata = {"name": pod["metadata"]["name"], "namespace": NAMESPACE}
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": metadata}
    await stage.shop.client._ask("POST", f"{_path(pod)}/eviction", eviction)


async def _gone(stage: Stage, app: str) -> None:
    async def none_left() -> bool:
        return not await stage.shop.pods(app)

    await eventually(none_left, f"the end of {app}'s pods", _SECONDS)


async def _succeeded(stage: Stage, path: str) -> bool:
    return bool((await stage.shop.client.get(path)).get("status", {}).get("succeeded"))


def _path(pod: Json) -> str:
    return path_of("Pod", NAMESPACE, pod["metadata"]["name"])


def _preview() -> Json:
    labels = {"app": "preview"}
    template = {
        "metadata": {"labels": labels},
        "spec": {"containers": [{"name": "preview", "image": image("frontend", "3.8.1"), "env": _SETTINGS}]},
    }
    spec = {"replicas": 0, "selector": {"matchLabels": labels}, "template": template}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "preview", "namespace": NAMESPACE},
        "spec": spec,
    }


def _job(name: str) -> Json:
    container = {"name": "report", "image": image("report", "1.0.0"), "args": ["--seconds=2"]}
    template = {
        "metadata": {"labels": {"app": "report"}},
        "spec": {"restartPolicy": "Never", "containers": [container]},
    }
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {"completions": 2, "template": template},
    }


_SETTINGS = [
    {"name": f"{name.upper().replace('-', '_')}_URL", "value": f"http://{name}:8080"}
    for name in ("user-service", "payment-service")
]
