"""A kubelet on either engine, and bare pods bound to one of its nodes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from helmward.lab.cast.programs import HOST, registry
from helmward.lab.client import ApiError, Client, Json, path_of
from helmward.lab.kube.waiting import eventually
from helmward.lab.kubelet.kubelet import Kubelet
from helmward.lab.kubelet.pace import Pace

CREDENTIAL = ":".join(("puller", "registry-test-word"))
_PACE = Pace(50)


class Ward:
    """A namespace with a kubelet behind it."""

    def __init__(self, client: Client, namespace: str, folder: Path, kubelet: Kubelet) -> None:
        self.client = client
        self.namespace = namespace
        self.folder = folder
        self.kubelet = kubelet

    async def run(self, name: str, image: str, *, pod: Json | None = None, **container: Any) -> None:
        """Create a pod with one container called `app`."""
        spec: Json = {"nodeName": "lab-node-1", "containers": [{"name": "app", "image": image, **container}]}
        await self.create("Pod", name, spec={**spec, "automountServiceAccountToken": False, **(pod or {})})

    async def create(self, kind: str, name: str, **body: Any) -> None:
        """Create an object of the namespace."""
        metadata = {"name": name, "namespace": self.namespace}
        await self.client.create({"apiVersion": "v1", "kind": kind, "metadata": metadata, **body})

    async def pod(self, name: str) -> Json:
        """The pod as it is."""
        return await self.client.get(path_of("Pod", self.namespace, name))

    async def until(self, name: str, wanted: Any, what: str) -> Json:
        """The pod once `wanted(its app's status)` holds."""

        async def ask() -> Json | None:
            pod = await self.pod(name)
            return pod if wanted(app(pod)) else None

        found = await eventually(ask, what, 30)
        assert found is not None
        return found

    async def until_waiting(self, name: str, reason: str) -> str:
        """The message of the waiting state, once it has that reason."""
        pod = await self.until(name, lambda status: _waits(status, reason), reason)
        return str(app(pod)["state"]["waiting"].get("message", ""))

    async def until_ready(self, name: str) -> Json:
        """The pod, once its container is ready."""
        return await self.until(name, lambda status: status.get("ready"), "ready")

    async def events(self, name: str) -> list[Json]:
        """The pod's Events, oldest first."""
        found = await self.client.list_all(path_of("Event", self.namespace))
        mine = [event for event in found if event["involvedObject"]["name"] == name]
        return sorted(mine, key=lambda event: str(event["metadata"]["name"]))

    async def until_told(self, name: str, reason: str, message: str) -> Json:
        """The Event with that reason and message."""

        async def ask() -> Json | None:
            for event in await self.events(name):
                if (event["reason"], event["message"]) == (reason, message):
                    return event
            return None

        found = await eventually(ask, f"{reason}: {message}", 20)
        assert found is not None
        return found

    async def log(self, name: str, **options: str) -> str:
        """The log of the pod's container; raises ApiError."""
        return await self.client.text(path_of("Pod", self.namespace, name, "log"), **options)

    async def remove(self, name: str) -> None:
        """Delete a pod and wait until it is gone."""
        path = path_of("Pod", self.namespace, name)
        await self.client.delete(path)

        async def gone() -> bool:
            return await self.client.find(path) is None

        await eventually(gone, f"the end of {name}", 20)


def app(pod: Json) -> Json:
    """The status of the container `app`; empty before the kubelet wrote one."""
    statuses = pod.get("status", {}).get("containerStatuses") or [{}]
    return dict(statuses[0])


def condition(pod: Json, kind: str) -> Json:
    """A condition of the pod."""
    return next(dict(each) for each in pod["status"]["conditions"] if each["type"] == kind)


def _waits(status: Json, reason: str) -> bool:
    return status.get("state", {}).get("waiting", {}).get("reason") == reason


@pytest.fixture
async def ward(engine: Any, namespace: str, tmp_path: Path) -> AsyncIterator[Ward]:
    """A kubelet with one node, fifty times as fast as life."""
    client = Client.from_kubeconfig(engine.kubeconfig)
    for name in ("kube-system", "kube-node-lease"):
        try:
            await client.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        except ApiError as error:
            if error.status != 409:
                raise
    token_file = engine.folder / "kubelet-token"
    token = token_file.read_text().strip() if token_file.exists() else None
    kubelet = Kubelet(engine.kubeconfig, tmp_path, registry({HOST: CREDENTIAL}), nodes=1, pace=_PACE, token=token)
    await kubelet.start()
    ward = Ward(client, namespace, tmp_path, kubelet)
    yield ward
    for pod in await client.list_all(path_of("Pod", namespace)):
        await ward.remove(pod["metadata"]["name"])
    assert kubelet.failure() is None
    await kubelet.stop()
    await client.close()
