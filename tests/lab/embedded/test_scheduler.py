"""Where pods go, and what is said of those that go nowhere."""

from __future__ import annotations

from typing import Any

import pytest
from tests.lab.embedded.conftest import Json, Plane

from helmward.lab.embedded.bodies import at, condition
from helmward.lab.embedded.controllers.quantities import quantity


def pod(name: str, cpu: str = "1", **spec: Any) -> Json:
    """A pod that asks for some cpu."""
    container = {"name": "c", "image": "c:1", "resources": {"requests": {"cpu": cpu}}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": {"containers": [container], **spec}}


class TestScheduler:
    async def test_pods_are_spread_by_what_they_ask_for(self, plane: Plane) -> None:
        plane.node("n1")
        plane.node("n2")
        for number in range(4):
            plane.create(pod(f"p{number}"))
            await plane.rest()
        nodes = sorted(at(each, "spec", "nodeName") for each in plane.all("Pod"))
        assert nodes == ["n1", "n1", "n2", "n2"]
        assert "Successfully assigned default/p0 to n1" in plane.events("Scheduled")

    @pytest.mark.parametrize(
        ("wanted", "words"),
        [
            (
                pod("p", cpu="5"),
                "0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available: "
                "2 No preemption victims found for incoming pod.",
            ),
            (
                pod("p", nodeSelector={"disk": "fast"}),
                "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector. preemption: 0/2 nodes "
                "are available: 2 Preemption is not helpful for scheduling.",
            ),
            (
                pod("p", volumes=[{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}]),
                '0/2 nodes are available: persistentvolumeclaim "data" not found. preemption: 0/2 nodes are available: '
                "2 Preemption is not helpful for scheduling.",
            ),
        ],
    )
    async def test_it_says_why_not(self, plane: Plane, wanted: Json, words: str) -> None:
        plane.node("n1")
        plane.node("n2")
        plane.create(wanted)
        await plane.rest()
        told = condition(plane.get("Pod", "p"), "PodScheduled") or {}
        assert (told["status"], told["reason"], told["message"]) == ("False", "Unschedulable", words)
        assert plane.events("FailedScheduling") == [words]

    async def test_reasons_of_different_nodes_are_counted(self, plane: Plane) -> None:
        plane.node("n1", unschedulable=True)
        plane.node("n2", taints=[{"key": "gpu", "value": "yes", "effect": "NoSchedule"}])
        plane.node("n3", cpu="500m")
        plane.create(pod("p"))
        await plane.rest()
        told = condition(plane.get("Pod", "p"), "PodScheduled") or {}
        assert told["message"] == (
            "0/3 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s), "
            "1 node(s) were unschedulable. preemption: 0/3 nodes are available: "
            "1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling."
        )

    async def test_a_waiting_pod_is_placed_when_there_is_room(self, plane: Plane) -> None:
        plane.create(pod("p"))
        await plane.rest()
        assert plane.events("FailedScheduling") == ["no nodes available to schedule pods"]
        plane.node("n1")
        await plane.rest()
        assert at(plane.get("Pod", "p"), "spec", "nodeName") == "n1"

    @pytest.mark.parametrize(
        ("text", "amount"),
        [("250m", "0.25"), ("1", "1"), ("64Mi", "67108864"), ("1.5G", "1500000000"), ("1e3", "1000"), ("2E", "2E18")],
    )
    def test_quantities(self, text: str, amount: str) -> None:
        assert quantity(text) == quantity(amount)
