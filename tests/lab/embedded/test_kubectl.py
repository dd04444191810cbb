"""Real kubectl at work on the embedded engine: every command a demonstration shows."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml
from tests.lab.api import deployment

from helmward.lab.cast.programs import image, registry
from helmward.lab.embedded.engine import EmbeddedEngine
from helmward.lab.kube.assets import programs_folder
from helmward.lab.kubelet.kubelet import Kubelet
from helmward.lab.kubelet.pace import Pace

pytestmark = pytest.mark.kube  # kubectl is built with the control plane

_TAG = "1.9.0"


class Kubectl:
    """kubectl with the administrator's kubeconfig."""

    def __init__(self, engine: EmbeddedEngine, folder: Path) -> None:
        self.engine, self.folder = engine, folder
        self._program = programs_folder() / "kubectl"

    async def try_it(self, *arguments: str, stdin: str = "") -> tuple[int, str, str]:
        """Exit code, stdout and stderr."""
        program = await asyncio.create_subprocess_exec(
            self._program,
            *("--kubeconfig", self.engine.kubeconfig, "--cache-dir", self.folder / "cache"),
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(60):
            out, err = await program.communicate(stdin.encode())
        return program.returncode or 0, out.decode(), err.decode()

    async def __call__(self, command: str, *more: str, stdin: str = "") -> str:
        """What a command prints; it must succeed."""
        code, out, err = await self.try_it(*command.split(), *more, stdin=stdin)
        assert code == 0, f"kubectl {command}: {err}"
        return out


@pytest.fixture
async def kubectl(embedded: EmbeddedEngine, tmp_path: Path) -> AsyncIterator[Kubectl]:
    """kubectl on an engine with two nodes."""
    token = (embedded.folder / "kubelet-token").read_text()
    pace = Pace(20)
    kubelet = Kubelet(embedded.kubeconfig, embedded.folder, registry({}), nodes=2, pace=pace, token=token)
    await kubelet.start()
    yield Kubectl(embedded, tmp_path)
    await kubelet.stop()


def manifest(replicas: int = 2) -> str:
    """A Deployment of the shop's user-service and its Service."""
    body = deployment("default", "web", replicas, image("user-service", _TAG))
    container = body["spec"]["template"]["spec"]["containers"][0]
    container["ports"] = [{"containerPort": 8080, "name": "http"}]
    session = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "user-session"},
        "stringData": {"key": "k" * 48},
    }
    container["env"] = [{"name": "SESSION_KEY", "valueFrom": {"secretKeyRef": {"name": "user-session", "key": "key"}}}]
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}}
    spec = {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": "http"}]}
    return str(yaml.safe_dump_all([session, body, service | {"spec": spec}]))


async def test_apply_and_look(kubectl: Kubectl) -> None:
    out = await kubectl("apply -f -", stdin=manifest())
    assert "deployment.apps/web created" in out
    await kubectl("rollout status deployment/web --timeout=30s")
    assert "deployment.apps/web unchanged" in await kubectl("apply -f -", stdin=manifest())
    assert "deployment.apps/web configured" in await kubectl("apply -f -", stdin=manifest(3))
    await kubectl("rollout status deployment/web --timeout=30s")
    table = (await kubectl("get deployments,pods,replicasets,services,nodes,endpointslices -o wide")).splitlines()
    assert any(line.split()[:4] == ["deployment.apps/web", "3/3", "3", "3"] for line in table)
    assert sum(" Running " in line for line in table) == 3
    items = json.loads(await kubectl("get pods -o json"))["items"]
    assert {item["kind"] for item in items} == {"Pod"}


async def test_rollouts(kubectl: Kubectl) -> None:
    await kubectl("apply -f -", stdin=manifest())
    await kubectl("rollout status deployment/web --timeout=30s")
    await kubectl(f"set image deployment/web web={image('user-service', '1.9.9')}")
    code, _, err = await kubectl.try_it("rollout", "status", "deployment/web", "--timeout=2s")
    assert code == 1 and "timed out" in err
    history = await kubectl("rollout history deployment/web")
    assert [line.split()[0] for line in history.splitlines()[2:] if line] == ["1", "2"]
    assert "rolled back" in await kubectl("rollout undo deployment/web")
    await kubectl("rollout status deployment/web --timeout=30s")
    await kubectl("rollout restart deployment/web")
    await kubectl("rollout status deployment/web --timeout=30s")
    await kubectl("scale deployment/web --replicas=3")
    await kubectl("wait --for=condition=Available deployment/web --timeout=30s")
    managers = await kubectl(
        "get deployment web --show-managed-fields -o jsonpath={.metadata.managedFields[*].manager}"
    )
    assert {"kubectl-client-side-apply", "kubectl-rollout", "kubectl", "kube-controller-manager"} <= set(
        managers.split()
    )


async def test_describe_events_and_logs(kubectl: Kubectl) -> None:
    await kubectl("apply -f -", stdin=manifest(1))
    await kubectl("rollout status deployment/web --timeout=30s")
    described = await kubectl("describe deployment web")
    assert "NewReplicaSetAvailable" in described
    assert "Scaled up replica set web-" in described
    pod = await kubectl("describe pod")
    assert "Successfully assigned default/web-" in pod
    assert "Started container web" in pod
    assert "Endpoints:" in await kubectl("describe service web")
    assert "Non-terminated Pods:" in await kubectl("describe node lab-node-1")
    assert "ScalingReplicaSet" in await kubectl("events")
    assert (await kubectl("logs deployment/web")).strip()
    code, _, err = await kubectl.try_it("logs", "deployment/web", "-c", "none")
    assert code == 1 and "container none is not valid for pod web-" in err


@pytest.mark.parametrize(
    "command",
    [
        "create namespace made",
        "create configmap made --from-literal=a=b",
        "create secret generic made --from-literal=a=b",
        "create serviceaccount made",
        "create deployment made --image=a:1 --replicas=2 --port=80 -- run --fast",
        "create job made --image=a:1 -- true",
        "create cronjob made --image=a:1 --schedule=0/5****",
        "create quota made --hard=pods=10,cpu=4",
        "create poddisruptionbudget made --selector=app=a --min-available=50%",
        "create ingress made --rule=a.example.com/=web:80",
        "create service clusterip made --tcp=80:http",
        "run made --image=a:1 --restart=Never --env=A=B --labels=a=b",
    ],
)
async def test_create(kubectl: Kubectl, command: str) -> None:
    """What typed commands send in protobuf says the same as what they print."""
    command = command.replace("0/5****", "@hourly")
    wanted = json.loads(await kubectl(f"{command.partition(' -- ')[0]} --dry-run=client -o json"))
    assert " created" in await kubectl(command)
    found = json.loads(await kubectl(f"get {wanted['kind']} made -o json"))
    assert_holds(found, wanted)


def assert_holds(found: object, wanted: object) -> None:
    """Everything that was wanted is found; empty values and times aside."""
    if isinstance(wanted, dict):
        assert isinstance(found, dict)
        for name, value in wanted.items():
            if value not in (None, {}, [], "") and name not in ("status", "creationTimestamp", "namespace"):
                assert name in found, name
                assert_holds(found[name], value)
    elif isinstance(wanted, list):
        assert isinstance(found, list) and len(found) == len(wanted)
        for one, other in zip(found, wanted, strict=True):
            assert_holds(one, other)
    else:
        assert found == wanted


async def test_drain_evicts(kubectl: Kubectl) -> None:
    await kubectl("apply -f -", stdin=manifest(2))
    await kubectl("rollout status deployment/web --timeout=30s")
    assert "drained" in await kubectl("drain lab-node-1 --timeout=30s")
    nodes = await kubectl("get nodes")
    assert "Ready,SchedulingDisabled" in nodes
    await kubectl("rollout status deployment/web --timeout=30s")
    where = await kubectl("get pods -o jsonpath={.items[*].spec.nodeName}")
    assert set(where.split()) == {"lab-node-2"}
    await kubectl("uncordon lab-node-1")


async def test_other_ways_to_change(kubectl: Kubectl) -> None:
    await kubectl("apply --server-side -f -", stdin=manifest(0))
    assert "serverside-applied" in await kubectl("apply --server-side -f -", stdin=manifest(0))
    await kubectl("label deployment web tier=front")
    await kubectl("annotate deployment web note=one")
    await kubectl("patch deployment web", "-p", '{"spec":{"minReadySeconds":1}}')
    await kubectl("set env deployment/web MODE=fast")
    code, out, _ = await kubectl.try_it("diff", "-f", "-", stdin=manifest(1))
    assert code == 1 and "+  replicas: 1" in out
    assert await kubectl("auth can-i delete pods") == "yes\n"
    assert "lab-admin" in await kubectl("auth whoami")
    assert "deployments" in await kubectl("api-resources")
    assert "Server Version: v1.34.3-helmward-lab" in await kubectl("version")


async def test_delete_waits_for_the_end(kubectl: Kubectl) -> None:
    await kubectl("apply -f -", stdin=manifest(2))
    await kubectl("rollout status deployment/web --timeout=30s")
    await kubectl("delete pod --all --grace-period=1 --timeout=30s")
    await kubectl("delete deployment web --cascade=foreground --timeout=30s")
    assert await kubectl("get pods -o name") == ""
    await kubectl("create namespace short")
    await kubectl("delete namespace short --timeout=30s")
    code, _, err = await kubectl.try_it("get", "namespace", "short")
    assert code == 1 and 'namespaces "short" not found' in err


async def test_watch_prints_each_change(kubectl: Kubectl) -> None:
    watch = asyncio.create_task(kubectl.try_it("get", "configmaps", "-w", "--request-timeout=3s"))
    for number in range(40):
        if watch.done():
            break
        await kubectl(f"create configmap made-{number}")
    _, out, _ = await watch
    assert out.splitlines()[0].split() == ["NAME", "DATA", "AGE"]
    assert "made-0" in out
