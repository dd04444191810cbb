"""A pod's life under the kubelet: started, probed, restarted, completed, deleted; status and Events as the real ones."""

from __future__ import annotations

from helmward.lab.cast.programs import image
from helmward.lab.client import Json
from helmward.lab.kube.waiting import eventually

from .conftest import Ward, app, condition

REPORT = image("report", "1.0.0")
USERS = image("user-service", "1.9.0")
KEY = [{"name": "SESSION_KEY", "value": "0"}]
PORTS = [{"name": "http", "containerPort": 8080}]


def probe(path: str, **more: object) -> Json:
    return {"httpGet": {"path": path, "port": "http"}, "initialDelaySeconds": 5, **more}


async def test_a_healthy_pod(ward: Ward) -> None:
    await ward.run("healthy", USERS, env=KEY, ports=PORTS, readinessProbe=probe("/ready"))
    pod = await ward.until_ready("healthy")
    status = app(pod)
    assert pod["status"]["phase"] == "Running"
    assert pod["status"]["podIP"].startswith("10.244.1.")
    assert {each["type"]: each["status"] for each in pod["status"]["conditions"]} == dict.fromkeys(
        ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"), "True"
    )
    assert status["started"] and status["restartCount"] == 0 and "running" in status["state"]
    assert status["image"] == USERS and status["imageID"].startswith("registry.example.com/shop/user-service@sha256:")
    assert status["containerID"].startswith("containerd://")
    await ward.until_told("healthy", "Started", "Started container app")
    events = await ward.events("healthy")
    assert [event["reason"] for event in events] == ["Pulling", "Pulled", "Created", "Started"]
    assert {event["involvedObject"]["fieldPath"] for event in events} == {"spec.containers{app}"}
    assert {(event["source"]["component"], event["source"]["host"]) for event in events} == {("kubelet", "lab-node-1")}
    assert events[0]["message"] == f'Pulling image "{USERS}"'
    assert events[2]["message"] == "Created container: app"


async def test_an_image_is_pulled_once(ward: Ward) -> None:
    for name in ("first", "second"):
        await ward.run(name, USERS, env=KEY)
        await ward.until_ready(name)
    message = f'Container image "{USERS}" already present on machine'
    await ward.until_told("second", "Pulled", message)


async def test_run_to_completion(ward: Ward) -> None:
    await ward.run("done", REPORT, pod={"restartPolicy": "Never"}, args=["--seconds=1"])
    pod = await ward.until("done", lambda status: "terminated" in status.get("state", {}), "the end")
    ended = app(pod)["state"]["terminated"]
    assert (ended["exitCode"], ended["reason"], pod["status"]["phase"]) == (0, "Completed", "Succeeded")
    assert condition(pod, "Ready")["reason"] == condition(pod, "Initialized")["reason"] == "PodCompleted"


async def test_failure_without_a_restart(ward: Ward) -> None:
    await ward.run("failed", REPORT, pod={"restartPolicy": "Never"}, args=["--exit=3"])
    pod = await ward.until("failed", lambda status: "terminated" in status.get("state", {}), "the end")
    ended = app(pod)["state"]["terminated"]
    assert (ended["exitCode"], ended["reason"], pod["status"]["phase"]) == (3, "Error", "Failed")
    assert condition(pod, "Ready")["reason"] == "PodFailed"


async def test_crash_loop(ward: Ward) -> None:
    await ward.run("crashing", REPORT, pod={"restartPolicy": "OnFailure"}, args=["--exit=3", "--seconds=0"])
    message = await ward.until_waiting("crashing", "CrashLoopBackOff")
    pod = await ward.pod("crashing")
    uid = pod["metadata"]["uid"]
    name = f"crashing_{ward.namespace}({uid})"
    assert message == f"back-off 10s restarting failed container=app pod={name}"
    await ward.until_told("crashing", "BackOff", f"Back-off restarting failed container app in pod {name}")
    await ward.until("crashing", lambda status: status["restartCount"] >= 3, "three restarts")
    later = await ward.until_waiting("crashing", "CrashLoopBackOff")
    assert later.split()[1] in ("40s", "1m20s")
    pod = await ward.pod("crashing")
    assert pod["status"]["phase"] == "Running"
    assert condition(pod, "ContainersReady")["message"] == "containers with unready status: [app]"
    assert condition(pod, "ContainersReady")["reason"] == "ContainersNotReady"
    assert app(pod)["lastState"]["terminated"]["exitCode"] == 3


async def test_init_containers_go_first(ward: Ward) -> None:
    init = [{"name": "prepare", "image": REPORT, "args": ["--seconds=20"]}]
    await ward.run("prepared", USERS, pod={"initContainers": init}, env=KEY)
    pod = await ward.until("prepared", lambda status: bool(status), "a status")
    assert app(pod)["state"] == {"waiting": {"reason": "PodInitializing"}}
    assert condition(pod, "Initialized")["message"] == "containers with incomplete status: [prepare]"
    pod = await ward.until_ready("prepared")
    ended = pod["status"]["initContainerStatuses"][0]["state"]["terminated"]
    assert ended["reason"] == "Completed"
    fields = [event["involvedObject"]["fieldPath"] for event in await ward.events("prepared")]
    assert fields[0] == "spec.initContainers{prepare}"


async def test_an_init_container_that_fails_for_good(ward: Ward) -> None:
    init = [{"name": "prepare", "image": REPORT, "args": ["--exit=1"]}]
    await ward.run("unprepared", USERS, pod={"initContainers": init, "restartPolicy": "Never"}, env=KEY)

    async def failed() -> bool:
        return (await ward.pod("unprepared"))["status"].get("phase") == "Failed"

    await eventually(failed, "the failure")


async def test_memory(ward: Ward) -> None:
    limits = {"limits": {"memory": "64Mi"}}
    await ward.run("hungry", USERS, env=KEY, resources=limits, pod={"restartPolicy": "Never"})
    pod = await ward.until("hungry", lambda status: "terminated" in status.get("state", {}), "the kill")
    ended = app(pod)["state"]["terminated"]
    assert (ended["reason"], ended["exitCode"]) == ("OOMKilled", 137)


async def test_readiness(ward: Ward) -> None:
    await ward.run("unready", USERS, env=KEY, ports=PORTS, readinessProbe=probe("/nowhere"))
    await ward.until_told("unready", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 404")
    pod = await ward.pod("unready")
    assert not app(pod)["ready"] and "running" in app(pod)["state"] and app(pod)["restartCount"] == 0


async def test_nobody_listens(ward: Ward) -> None:
    refused = {"tcpSocket": {"port": 9999}, "initialDelaySeconds": 5}
    await ward.run("deaf", USERS, env=KEY, readinessProbe=refused, livenessProbe=probe("/", httpGet={"port": 9998}))
    pod = await ward.until("deaf", lambda status: "running" in status.get("state", {}), "running")
    ip = pod["status"]["podIP"]
    await ward.until_told(
        "deaf", "Unhealthy", f"Readiness probe failed: dial tcp {ip}:9999: connect: connection refused"
    )
    url = f"http://{ip}:9998/"
    await ward.until_told(
        "deaf",
        "Unhealthy",
        f'Liveness probe failed: Get "{url}": dial tcp {ip}:9998: connect: connection refused',
    )


async def test_a_hanging_program_is_killed(ward: Ward) -> None:
    await ward.run("hanging", USERS, env=KEY, ports=PORTS, args=["--workers=0"], livenessProbe=probe("/healthz"))
    pod = await ward.until("hanging", lambda status: "running" in status.get("state", {}), "running")
    url = f"http://{pod['status']['podIP']}:8080/healthz"
    late = "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
    event = await ward.until_told("hanging", "Unhealthy", f'Liveness probe failed: Get "{url}": {late}')
    assert event["type"] == "Warning"
    await ward.until_told("hanging", "Killing", "Container app failed liveness probe, will be restarted")
    await ward.until("hanging", lambda status: status["restartCount"] >= 1, "a restart")

    async def counted() -> bool:
        told = await ward.until_told("hanging", "Unhealthy", event["message"])
        return bool(told["count"] >= 2 and told["metadata"]["name"] == event["metadata"]["name"])

    await eventually(counted, "one Event that counts")


async def test_startup_probe_holds_the_others_back(ward: Ward) -> None:
    probes = {"startupProbe": probe("/healthz", initialDelaySeconds=30), "readinessProbe": probe("/ready")}
    await ward.run("slow", USERS, env=KEY, ports=PORTS, **probes)
    pod = await ward.until("slow", lambda status: "running" in status.get("state", {}), "running")
    assert app(pod)["started"] is False and app(pod)["ready"] is False
    await ward.until("slow", lambda status: status["started"] and status["ready"], "started and ready")


async def test_deletion_is_graceful(ward: Ward) -> None:
    await ward.run("leaving", USERS, env=KEY)
    await ward.until_ready("leaving")
    await ward.remove("leaving")
    await ward.until_told("leaving", "Killing", "Stopping container app")


async def test_a_pod_that_waits_can_be_deleted(ward: Ward) -> None:
    await ward.run("hopeless", image("user-service", "0.0.0"))
    await ward.until_waiting("hopeless", "ImagePullBackOff")
    await ward.remove("hopeless")
