"""A lab that nobody breaks stays healthy through rollouts, scalings and Jobs."""

from __future__ import annotations

import pytest
from tests.engines import on_each

from helmward.lab.cast.objects import NAMESPACE, deployments
from helmward.lab.cast.programs import image
from helmward.lab.client import Json, path_of
from helmward.lab.kube.waiting import eventually

from .shop import Shop

pytestmark = pytest.mark.parametrize("lab", on_each(), indirect=True)


@pytest.mark.parametrize("turns", [3, pytest.param(10, marks=pytest.mark.slow)])
async def test_rollouts(shop: Shop, turns: int) -> None:
    """Nine always; thirty are opt-in, for tests/end_to_end/test_silence.py::test_thirty_rollouts makes them on both engines,
    and there a restart or a warning would be an incident."""
    known = {pod["metadata"]["uid"] for name in deployments() for pod in await shop.pods(name)}
    warnings = await _warnings(shop)
    for turn in range(turns):
        for name in deployments():
            patch = {"spec": {"template": {"metadata": {"annotations": {"turn": str(turn)}}}}}
            await shop.client.patch(path_of("Deployment", NAMESPACE, name), patch)
        await shop.until_healthy()
        fresh = {pod["metadata"]["uid"] for name in deployments() for pod in await shop.pods(name)}
        assert not fresh & known
        known = fresh
    restarts = [
        status["restartCount"]
        for name in deployments()
        for pod in await shop.pods(name)
        for status in pod["status"]["containerStatuses"]
    ]
    assert restarts == [0] * 6
    assert [each for each in await _warnings(shop) if each not in warnings] == []


async def test_scaling_there_and_back(shop: Shop) -> None:
    path = path_of("Deployment", NAMESPACE, "user-service")
    for replicas in (5, 1, 2):
        await shop.client.patch(path, {"spec": {"replicas": replicas}})

        async def scaled(wanted: int = replicas) -> bool:
            pods, addresses = await shop.pods("user-service"), await shop.addresses("user-service")
            return len(pods) == len(addresses) == wanted

        await eventually(scaled, f"{replicas} replicas", 30)


async def test_a_pod_that_completes(shop: Shop) -> None:
    await shop.client.create(_report())
    path = path_of("Pod", NAMESPACE, "report")

    async def succeeded() -> bool:
        return (await shop.client.get(path))["status"].get("phase") == "Succeeded"

    await eventually(succeeded, "the report")
    await shop.client.delete(path)


def _report() -> Json:
    container = {"name": "report", "image": image("report", "1.0.0"), "args": ["--seconds=2"]}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "report", "namespace": NAMESPACE},
        "spec": {"restartPolicy": "Never", "nodeName": "lab-node-1", "containers": [container]},
    }


async def _warnings(shop: Shop) -> list[str]:
    events = await shop.client.list_all(path_of("Event", NAMESPACE))
    return [f"{event['reason']}: {event['message']}" for event in events if event["type"] == "Warning"]
