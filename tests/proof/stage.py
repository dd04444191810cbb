"""Where the proof is played: a lab, the recording proxy before it, and workloads enough for many changes at once."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from helmward.lab.client import Client, path_of
from helmward.lab.runner import Lab

from .proxy import Recorder, recording
from .station import Station

SETTINGS: dict[str, Any] = {
    "changes.mode": "auto",
    "changes.single_operator": True,
    "changes.heal": {"attempts": 10, "cooldown_seconds": 0},
    "changes.limits": [{"actions": 100_000, "concurrent": 1_000, "objects": 50, "namespaces": 5}],
}


@dataclass
class Stage:
    """`lab` is the folder of a whole lab (None: there is only an API server). `person` is somebody with credentials of their
    own, who does not go through the proxy; `workloads` are the Deployments in namespace `space`."""

    lab: Path | None
    proxy: Recorder
    station: Station
    person: Client
    space: str
    workloads: list[str]


@contextlib.asynccontextmanager
async def whole_lab(
    folder: Path, engine: Literal["embedded", "kube"], workloads: int, **settings: Any
) -> AsyncIterator[Stage]:
    """The lab with its shop, and `workloads` Deployments beside it."""
    lab = Lab(folder / "lab", engine)
    await lab.start()
    try:
        async with before(folder, lab.kubeconfig, workloads, **settings) as stage:
            stage.lab = lab.folder
            yield stage
    finally:
        await lab.stop()


@contextlib.asynccontextmanager
async def before(
    folder: Path, kubeconfig: Path, workloads: int, space: str = "sandbox", **settings: Any
) -> AsyncIterator[Stage]:
    """A house before the API server of `kubeconfig`: `workloads` Deployments of no replicas, all of them rolled out twice."""
    async with contextlib.AsyncExitStack() as stack:
        person = Client.from_kubeconfig(kubeconfig, manager="kubectl-edit")
        stack.push_async_callback(person.close)
        names = await _populate(person, space, workloads)
        station = Station(folder, {})
        proxy = await stack.enter_async_context(recording(folder, kubeconfig, station.data, station.keys))
        station.settings = {**SETTINGS, "kubernetes.kubeconfig": str(proxy.kubeconfig), **settings}
        try:
            yield Stage(None, proxy, station, person, space, names)
        finally:
            if station.alive:
                await station.kill()


async def _populate(person: Client, space: str, count: int) -> list[str]:
    await person.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": space}})
    names = [f"idle-{number}" for number in range(count)]
    for name in names:
        await person.create(deployment(space, name))
        image = [{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "example.com/idle:2"}]
        await person.patch(path_of("Deployment", space, name), image, "json")
    return names


def deployment(space: str, name: str) -> dict[str, Any]:
    """One of no replicas: it is rolled out as soon as its controller has seen it."""
    labels = {"app": name}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": space},
        "spec": {
            "replicas": 0,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "app", "image": "example.com/idle:1"}]},
            },
        },
    }
