"""Deployments and ReplicaSets: rollouts, history, limits, conditions, in Kubernetes' words."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.lab.api import deployment
from tests.lab.embedded.conftest import Json, Plane

from helmward.lab.embedded.bodies import at, condition, meta


def image(name: str) -> Any:
    """A change of a Deployment's image."""

    def change(body: Json) -> Json:
        body["spec"]["template"]["spec"]["containers"][0]["image"] = name
        return body

    return change


def progress(plane: Plane, name: str = "web") -> Json:
    """The Progressing condition."""
    return condition(plane.get("Deployment", name), "Progressing") or {}


class TestDeployment:
    async def test_comes_up_and_says_so(self, plane: Plane) -> None:
        plane.node("n1")
        plane.create(deployment("default", "web", 2))
        await plane.settle()
        web = plane.get("Deployment", "web")
        (replica_set,) = plane.all("ReplicaSet")
        name = meta(replica_set)["name"]
        assert re.fullmatch(r"web-[bcdfghjklmnpqrstvwxz2456789]{6,10}", name)
        assert web["status"]["availableReplicas"] == web["status"]["updatedReplicas"] == 2
        assert progress(plane)["message"] == f'ReplicaSet "{name}" has successfully progressed.'
        assert (condition(web, "Available") or {})["reason"] == "MinimumReplicasAvailable"
        assert plane.events("ScalingReplicaSet") == [f"Scaled up replica set {name} from 0 to 2"]
        assert len(plane.events("SuccessfulCreate")) == 2

    async def test_old_pods_stay_while_new_ones_fail(self, plane: Plane) -> None:
        plane.node("n1")
        plane.create(deployment("default", "web", 4))
        await plane.settle()
        plane.update("Deployment", "web", image("nginx:broken"))
        await plane.rest()
        sizes = sorted(at(each, "spec", "replicas") for each in plane.all("ReplicaSet"))
        assert sizes == [2, 3]
        assert plane.get("Deployment", "web")["status"]["availableReplicas"] == 3

    async def test_a_stuck_rollout_is_told_after_its_deadline(self, plane: Plane) -> None:
        body = deployment("default", "web", 1)
        body["spec"]["progressDeadlineSeconds"] = 1
        plane.create(body)
        await plane.rest()
        assert progress(plane)["reason"] in ("NewReplicaSetCreated", "ReplicaSetUpdated")
        stuck = plane.store.subscribe(["Deployment"])
        while progress(plane)["reason"] != "ProgressDeadlineExceeded":
            assert await stuck.wait(5)
            stuck.take()
        (replica_set,) = plane.all("ReplicaSet")
        assert progress(plane)["message"] == f'ReplicaSet "{meta(replica_set)["name"]}" has timed out progressing.'
        assert progress(plane)["status"] == "False"

    async def test_going_back_reuses_the_old_set(self, plane: Plane) -> None:
        plane.node("n1")
        plane.create(deployment("default", "web", 1))
        await plane.settle()
        (first,) = plane.all("ReplicaSet")
        for tag in ("nginx:2", "nginx:1.27"):
            plane.update("Deployment", "web", image(tag))
            await plane.settle()
        again = plane.get("ReplicaSet", meta(first)["name"])
        annotations = meta(again)["annotations"]
        assert annotations["deployment.kubernetes.io/revision"] == "3"
        assert annotations["deployment.kubernetes.io/revision-history"] == "1"
        assert at(again, "spec", "replicas") == 1

    async def test_history_is_limited(self, plane: Plane) -> None:
        plane.node("n1")
        body = deployment("default", "web", 1)
        body["spec"]["revisionHistoryLimit"] = 2
        plane.create(body)
        for number in range(5):
            plane.update("Deployment", "web", image(f"nginx:{number}"))
            await plane.settle()
        assert len(plane.all("ReplicaSet")) == 3

    async def test_recreate_ends_all_before_it_begins(self, plane: Plane) -> None:
        plane.node("n1")
        body = deployment("default", "web", 2)
        body["spec"]["strategy"] = {"type": "Recreate"}
        plane.create(body)
        await plane.settle()
        plane.update("Deployment", "web", image("nginx:2"))
        await plane.rest()
        assert all(meta(each).get("deletionTimestamp") for each in plane.all("Pod"))
        await plane.settle()
        assert [at(each, "spec", "containers")[0]["image"] for each in plane.all("Pod")] == ["nginx:2"] * 2

    async def test_paused_changes_nothing_but_its_size(self, plane: Plane) -> None:
        plane.node("n1")
        plane.create(deployment("default", "web", 1))
        await plane.settle()
        plane.update("Deployment", "web", lambda body: body | {"spec": body["spec"] | {"paused": True}})
        plane.update("Deployment", "web", image("nginx:2"))
        plane.update("Deployment", "web", lambda body: body | {"spec": body["spec"] | {"replicas": 3}})
        await plane.settle()
        assert len(plane.all("ReplicaSet")) == 1
        assert len(plane.all("Pod")) == 3
        assert progress(plane)["message"] == "Deployment is paused"

    async def test_a_missing_service_account_is_told(self, plane: Plane) -> None:
        body = deployment("default", "web", 1)
        body["spec"]["template"]["spec"]["serviceAccountName"] = "nobody"
        plane.create(body)
        await plane.rest()
        words = 'error looking up service account default/nobody: serviceaccount "nobody" not found'
        failure = condition(plane.get("Deployment", "web"), "ReplicaFailure") or {}
        assert failure["reason"] == "FailedCreate"
        assert words in failure["message"]
        assert any(
            words in message and message.startswith("Error creating: pods ") for message in plane.events("FailedCreate")
        )

    @settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        replicas=st.integers(1, 6),
        surge=st.sampled_from([0, 1, "25%", "100%"]),
        unavailable=st.sampled_from([0, 1, "25%", "50%"]),
        scaled=st.none() | st.integers(1, 6),
    )
    async def test_a_rollout_keeps_within_its_limits(
        self, replicas: int, surge: Any, unavailable: Any, scaled: int | None
    ) -> None:
        plane = Plane()
        plane.controllers.start()
        plane.node("n1", cpu="100")
        body = deployment("default", "web", replicas)
        if surge or unavailable:
            limits = {"maxSurge": surge, "maxUnavailable": unavailable}
            body["spec"]["strategy"] = {"type": "RollingUpdate", "rollingUpdate": limits}
        plane.create(body)
        await plane.settle()
        plane.update("Deployment", "web", image("nginx:2"))
        most, least = _limits(plane, replicas)
        while True:
            await plane.rest()
            going = [each for each in plane.all("Pod") if not meta(each).get("deletionTimestamp")]
            ready = [each for each in going if at(each, "status", "phase") == "Running"]
            assert len(going) <= most
            assert len(ready) >= least
            if not plane.run_pods():
                break
        if scaled is not None:
            plane.update("Deployment", "web", lambda body: body | {"spec": body["spec"] | {"replicas": scaled}})
            await plane.settle()
        await plane.controllers.stop()
        images = [at(each, "spec", "containers")[0]["image"] for each in plane.all("Pod")]
        assert images == ["nginx:2"] * (scaled or replicas)
        assert progress(plane)["reason"] == "NewReplicaSetAvailable"


def _limits(plane: Plane, replicas: int) -> tuple[int, int]:
    """The most pods and the fewest ready ones that the strategy allows."""

    def share(value: Any, up: bool) -> int:
        if isinstance(value, int):
            return value
        whole, rest = divmod(int(value[:-1]) * replicas, 100)
        return whole + bool(rest and up)

    strategy = at(plane.get("Deployment", "web"), "spec", "strategy", "rollingUpdate")
    surge, unavailable = share(strategy["maxSurge"], True), share(strategy["maxUnavailable"], False)
    if not surge and not unavailable:
        unavailable = 1
    return replicas + surge, replicas - unavailable


class TestReplicaSet:
    async def test_a_pod_without_its_labels_is_let_go_and_replaced(self, plane: Plane) -> None:
        plane.node("n1")
        plane.create(deployment("default", "web", 1))
        await plane.settle()
        (one,) = plane.all("Pod")
        quarantined = {"metadata": meta(one) | {"labels": {"quarantine": "yes"}}}
        plane.update("Pod", meta(one)["name"], lambda body: body | quarantined)
        await plane.settle()
        pods = {meta(each)["name"]: meta(each) for each in plane.all("Pod")}
        assert len(pods) == 2
        assert "ownerReferences" not in pods[meta(one)["name"]]

    async def test_what_is_not_ready_goes_first(self, plane: Plane) -> None:
        plane.node("n1")
        plane.create(deployment("default", "web", 2))
        await plane.settle()
        plane.update("Deployment", "web", lambda body: body | {"spec": body["spec"] | {"replicas": 3}})
        await plane.rest()
        pending = {meta(each)["name"] for each in plane.all("Pod") if at(each, "status", "phase") == "Pending"}
        plane.update("Deployment", "web", lambda body: body | {"spec": body["spec"] | {"replicas": 2}})
        await plane.rest()
        assert plane.events("SuccessfulDelete") == [f"Deleted pod: {pending.pop()}"]
