"""The embedded engine alone, and a control plane without a wire whose kubelet is the test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from tests.lab.api import Api, open_api

from helmward.lab.embedded.bodies import at, meta, now
from helmward.lab.embedded.controllers.manager import ControllerManager
from helmward.lab.embedded.engine import EmbeddedEngine
from helmward.lab.embedded.kinds import KINDS
from helmward.lab.embedded.objects.binding import set_condition
from helmward.lab.embedded.objects.deletion import DeleteOptions, delete
from helmward.lab.embedded.objects.registry import Registry
from helmward.lab.embedded.objects.writer import Writer
from helmward.lab.embedded.seed import seed
from helmward.lab.embedded.storage.store import Store

Json = dict[str, Any]
TESTER = Writer("tester")


@pytest.fixture
async def embedded(tmp_path: Path) -> AsyncIterator[EmbeddedEngine]:
    """A started engine."""
    engine = EmbeddedEngine(tmp_path / "engine", history=50)
    await engine.start()
    yield engine
    await engine.stop()


@pytest.fixture
async def admin(embedded: EmbeddedEngine) -> AsyncIterator[Api]:
    """Its administrator."""
    api = open_api(embedded.kubeconfig)
    yield api
    await api.close()


class Plane:
    """A store, its write path and its controllers; the test plays the kubelets."""

    def __init__(self) -> None:
        self.store = Store()
        self.registry = Registry(self.store)
        seed(self.registry, "certificate")
        self.controllers = ControllerManager(self.registry)

    def create(self, body: Json, namespace: str = "default") -> Json:
        """Create an object."""
        kind = KINDS[body["kind"]]
        return self.registry.create(kind, namespace if kind.namespaced else "", body, TESTER).body

    def update(self, kind: str, name: str, change: Callable[[Json], Json], subresource: str = "") -> Json:
        """Change an object of the default namespace."""
        key = ("default" if KINDS[kind].namespaced else "", name)
        return self.registry.update(KINDS[kind], key, change, TESTER, subresource).body

    def get(self, kind: str, name: str) -> Json:
        """An object of the default namespace."""
        return self.registry.get(kind, "default" if KINDS[kind].namespaced else "", name).body

    def all(self, kind: str) -> list[Json]:
        """The objects of a kind in the default namespace, but the `kubernetes` Service's."""
        found = (item.body for item in self.store.shelf(kind).now() if item.key[0] in ("", "default"))
        return [body for body in found if meta(body)["name"] != "kubernetes"]

    def events(self, reason: str) -> list[str]:
        """The messages of the Events of this reason, in the order they were written."""
        items = sorted(self.store.shelf("Event").now(), key=lambda item: item.version)
        return [item.body["message"] for item in items if item.body["reason"] == reason]

    def node(self, name: str, cpu: str = "4", **spec: Any) -> None:
        """A Ready node."""
        self.create({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}, "spec": spec})
        room = {"cpu": cpu, "memory": "8Gi", "pods": "20"}
        ready = {"type": "Ready", "status": "True"}
        self.update(
            "Node", name, lambda body: body | {"status": {"allocatable": room, "conditions": [ready]}}, "status"
        )

    def run_pods(self, phase: str = "Running") -> bool:
        """Play the kubelets: begin what is bound, end what is going; whether there was anything to do."""
        busy = False
        for pod in self.all("Pod"):
            name = meta(pod)["name"]
            if meta(pod).get("deletionTimestamp"):
                delete(self.registry, KINDS["Pod"], ("default", name), DeleteOptions(grace=0))
                busy = True
            elif at(pod, "spec", "nodeName") and at(pod, "status", "phase") == "Pending":
                self.update("Pod", name, lambda body: _begun(body, phase), "status")
                busy = True
        return busy

    async def rest(self) -> None:
        """Let the controllers work until nothing changes any more."""
        quiet, version = 0, self.store.version
        async with asyncio.timeout(20):
            while quiet < 20:
                await asyncio.sleep(0)
                quiet = quiet + 1 if self.store.version == version else 0
                version = self.store.version

    async def settle(self, phase: str = "Running") -> None:
        """Controllers and kubelets in turn, until both rest."""
        await self.rest()
        while self.run_pods(phase):
            await self.rest()


def _begun(body: Json, phase: str) -> Json:
    status = {**body["status"], "phase": phase, "podIP": "10.1.0.9", "startTime": now()}
    body = body | {"status": status}
    set_condition(body, "Ready", "True" if phase == "Running" else "False")
    if phase in ("Failed", "Succeeded"):
        ended = {"exitCode": int(phase == "Failed"), "finishedAt": now()}
        status["containerStatuses"] = [{"name": "c", "state": {"terminated": ended}}]
    return body


@pytest.fixture
async def plane() -> AsyncIterator[Plane]:
    """A running control plane without a wire."""
    made = Plane()
    made.controllers.start()
    yield made
    await made.controllers.stop()
