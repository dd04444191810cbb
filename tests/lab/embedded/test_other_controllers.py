"""Jobs, budgets, claims, namespaces; and that all of them come to rest."""

from __future__ import annotations

from typing import Any

import pytest
from tests.lab.api import deployment
from tests.lab.embedded.conftest import Json, Plane

from helmward.lab.embedded.bodies import condition, meta
from helmward.lab.embedded.failures import ApiFailure
from helmward.lab.embedded.kinds import KINDS
from helmward.lab.embedded.objects.deletion import DeleteOptions, delete, evict


def pod(name: str, cpu: str = "1", **spec: Any) -> Json:
    """A pod that asks for some cpu."""
    container = {"name": "c", "image": "c:1", "resources": {"requests": {"cpu": cpu}}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": {"containers": [container], **spec}}


def job(**spec: Any) -> Json:
    """A Job that runs once."""
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "c:1"}]}}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "once"},
        "spec": {"template": template, **spec},
    }


class TestJob:
    async def test_completes(self, plane: Plane) -> None:
        plane.node("n1")
        plane.create(job(completions=2, parallelism=1))
        await plane.settle("Succeeded")
        once = plane.get("Job", "once")
        assert [item["type"] for item in once["status"]["conditions"]] == ["SuccessCriteriaMet", "Complete"]
        assert once["status"]["succeeded"] == 2
        assert once["status"]["completionTime"]
        assert plane.events("Completed") == ["Job completed"]

    async def test_gives_up(self, plane: Plane) -> None:
        plane.node("n1")
        plane.create(job(backoffLimit=0))
        await plane.settle("Failed")
        once = plane.get("Job", "once")
        failed = condition(once, "Failed") or {}
        assert failed["reason"] == "BackoffLimitExceeded"
        assert failed["message"] == "Job has reached the specified backoff limit"
        assert plane.events("BackoffLimitExceeded") == [failed["message"]]
        assert len(plane.all("Pod")) == 1

    async def test_waits_before_it_tries_again(self, plane: Plane) -> None:
        plane.node("n1")
        plane.create(job())
        await plane.settle("Failed")
        assert len(plane.all("Pod")) == 1
        assert plane.get("Job", "once")["status"]["failed"] == 1

    async def test_suspended_runs_nothing(self, plane: Plane) -> None:
        plane.create(job(suspend=True))
        await plane.rest()
        assert plane.all("Pod") == []
        assert (condition(plane.get("Job", "once"), "Suspended") or {})["message"] == "Job suspended"


class TestDisruption:
    async def test_a_budget_refuses_an_eviction(self, plane: Plane) -> None:
        plane.node("n1")
        plane.create(deployment("default", "web", 2))
        spec = {"minAvailable": 2, "selector": {"matchLabels": {"app": "web"}}}
        plane.create(
            {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "b"}, "spec": spec}
        )
        await plane.settle()
        name = meta(plane.all("Pod")[0])["name"]
        with pytest.raises(ApiFailure) as refused:
            evict(plane.registry, KINDS["Pod"], ("default", name), DeleteOptions())
        assert (refused.value.code, refused.value.reason) == (429, "TooManyRequests")
        assert refused.value.message == "Cannot evict pod as it would violate the pod's disruption budget."
        loosened = {"spec": spec | {"minAvailable": 1}}
        plane.update("PodDisruptionBudget", "b", lambda body: body | loosened)
        await plane.rest()
        evict(plane.registry, KINDS["Pod"], ("default", name), DeleteOptions())
        assert meta(plane.get("Pod", name))["deletionTimestamp"]


class TestStorage:
    async def test_a_claim_in_use_stays(self, plane: Plane) -> None:
        claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
        plane.create({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}, "spec": claim})
        plane.create(pod("p", volumes=[{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}]))
        await plane.rest()
        delete(plane.registry, KINDS["PersistentVolumeClaim"], ("default", "data"), DeleteOptions())
        await plane.rest()
        assert meta(plane.get("PersistentVolumeClaim", "data"))["deletionTimestamp"]
        delete(plane.registry, KINDS["Pod"], ("default", "p"), DeleteOptions())
        await plane.rest()
        assert plane.all("PersistentVolumeClaim") == []


async def test_a_namespace_takes_everything_with_it(plane: Plane) -> None:
    plane.node("n1")
    plane.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "short"}})
    plane.create(deployment("short", "web", 2), "short")
    await plane.rest()
    delete(plane.registry, KINDS["Namespace"], ("", "short"), DeleteOptions())
    with pytest.raises(ApiFailure, match="because it is being terminated"):
        plane.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "late"}}, "short")
    gone = plane.store.subscribe(["Namespace"])
    while plane.store.get("Namespace", "", "short"):
        for item in plane.store.shelf("Pod").now():
            delete(plane.registry, KINDS["Pod"], item.key, DeleteOptions(grace=0))
        await gone.wait(0.2)
        gone.take()
    for kind in KINDS:
        assert not [item.key for item in plane.store.shelf(kind).now() if item.key[0] == "short"]


async def test_the_controllers_come_to_rest(plane: Plane) -> None:
    """Nothing is written once everything is as it should be."""
    plane.node("n1")
    plane.create(deployment("default", "web", 3))
    plane.create(job())
    await plane.settle()
    version = plane.store.version
    await plane.rest()
    await plane.controllers.stop()
    plane.controllers.start()
    await plane.rest()
    assert plane.store.version == version
