"""A shop on the real control plane and everything that kubectl prints of it, for tests that compare the two."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from helmward.core.times import format_time
from helmward.lab.client import Client, path_of
from helmward.lab.kube.assets import programs_folder
from helmward.lab.kube.engine import KubeEngine
from helmward.lab.kube.waiting import eventually

DATA = Path(__file__).with_name("data")
# Events first: of those that come while one collects, the descriptions tell more.
NAMESPACED = (
    *("events", "pods", "deployments", "replicasets", "statefulsets", "daemonsets", "jobs", "cronjobs", "services"),
    *("endpoints", "endpointslices", "configmaps", "secrets", "serviceaccounts", "ingresses", "persistentvolumeclaims"),
    *("resourcequotas", "horizontalpodautoscalers"),
)
CLUSTER = ("nodes", "namespaces")


class Shop:
    """kubectl on an engine, in one namespace."""

    def __init__(self, engine: KubeEngine, namespace: str) -> None:
        self.engine, self.namespace = engine, namespace

    async def kubectl(self, *arguments: str, stdin: str | None = None) -> str:
        """What the real kubectl prints."""
        process = await asyncio.create_subprocess_exec(
            str(programs_folder() / "kubectl"),
            *("--kubeconfig", str(self.engine.kubeconfig), *arguments),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate(None if stdin is None else stdin.encode())
        assert process.returncode == 0, f"kubectl {arguments}: {err.decode()}"
        return out.decode()

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """The shop, whose node reports as long as it is open: a silent node's pods would change under our eyes."""
        await self._open()
        client = Client.from_kubeconfig(self.engine.kubeconfig)
        beat = asyncio.create_task(self._beat(client))
        try:
            yield
        finally:
            beat.cancel()
            await client.delete(path_of("Node", name="node-a"))
            await client.close()

    async def _beat(self, client: Client) -> None:
        while True:
            now = format_time(datetime.now(UTC).replace(microsecond=0))
            ready = {"type": "Ready", "lastHeartbeatTime": now}
            await client.patch(
                path_of("Node", "", "node-a", "status"), {"status": {"conditions": [ready]}}, "strategic"
            )
            await asyncio.sleep(1)

    async def _open(self) -> None:
        """Create everything and give it the status that a kubelet would."""
        await self.kubectl("apply", "-n", self.namespace, "-f", str(DATA / "shop.yaml"))
        pods = await eventually(self._pods, "the shop's pods")
        node = json.loads((DATA / "node-status.json").read_text())
        await self._status("node", "node-a", node)
        statuses = json.loads((DATA / "pod-statuses.json").read_text())
        paying = sorted(pod for pod in pods if pod.startswith("pay-"))
        for pod, status in zip(paying, statuses, strict=True):
            await self._bind(pod)
            await self._status("pod", pod, status)
        await eventually(self._served, "the endpoints of the shop")

    async def _pods(self) -> list[str] | None:
        printed = await self.kubectl("get", "pods", "-n", self.namespace, "-o", "name")
        names = [line.partition("/")[2] for line in printed.split()]
        return names if len([name for name in names if name.startswith("pay-")]) == 2 else None

    async def _served(self) -> bool | None:
        printed = await self.kubectl("get", "endpoints", "pay", "-n", self.namespace, "-o", "json")
        return "10.1.0.7" in printed or None

    async def _bind(self, pod: str) -> None:
        binding: dict[str, Any] = {
            "apiVersion": "v1",
            "kind": "Binding",
            "metadata": {"name": pod, "namespace": self.namespace},
            "target": {"apiVersion": "v1", "kind": "Node", "name": "node-a"},
        }
        path = f"/api/v1/namespaces/{self.namespace}/pods/{pod}/binding"
        if not json.loads(await self.kubectl("get", "pod", pod, "-n", self.namespace, "-o", "json"))["spec"].get(
            "nodeName"
        ):
            await self.kubectl("create", "--raw", path, "-f", "-", stdin=json.dumps(binding))

    async def _status(self, kind: str, name: str, status: dict[str, Any]) -> None:
        patch = json.dumps({"status": status})
        await self.kubectl(
            "patch", kind, name, "-n", self.namespace, "--subresource=status", "--type=merge", "-p", patch
        )

    async def collect(self, folder: Path) -> None:
        """An evidence bundle by the commands of the contract: `json`, `tables` and `described` below `folder`."""
        for resource in (*NAMESPACED, *CLUSTER):
            await self._collect(folder, resource, () if resource in CLUSTER else ("-n", self.namespace))

    async def _collect(self, folder: Path, resource: str, scope: tuple[str, ...]) -> None:
        place = self.namespace if scope else "_cluster"
        if resource == "configmaps":  # every namespace has the cluster's certificate, which is of no interest here
            scope = (*scope, "--field-selector=metadata.name!=kube-root-ca.crt")
        text = await self.kubectl("get", resource, *scope, "-o", "json")
        _write(folder / "json" / "get" / f"{resource}.json", text)
        tables = folder / "tables" / "get" / place
        _write(tables / f"{resource}.txt", await self.kubectl("get", resource, *scope))
        _write(tables / f"{resource}.wide.txt", await self.kubectl("get", resource, *scope, "-o", "wide"))
        _write(tables / f"{resource}.labels.txt", await self.kubectl("get", resource, *scope, "--show-labels"))
        if resource != "events":  # they stand below what they are about
            described = folder / "described" / "describe" / place / resource
            for item in json.loads(text)["items"]:
                name = item["metadata"]["name"]
                _write(described / f"{name}.txt", await self.kubectl("describe", resource, name, *scope[:2]))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
