"""What the controllers make of what is wanted, in Kubernetes' words."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.lab.api import deployment
from tests.lab.embedded.conftest import Json, Plane

from helmward.lab.embedded.bodies import at, condition, meta
from helmward.lab.embedded.controllers.quantities import quantity
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
