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

SPACE = "sandbox"

SETTINGS: dict[str, Any] = {
    "changes.mode": "auto",
    "changes.single_operator": True,
    "changes.heal": {"attempts": 10, "cooldown_seconds": 0},
    "changes.limits": [{"actions": 100_000, "concurrent": 1_000, "objects": 50, "namespaces": 5}],
}


@dataclass
class Stage:
    """`person` is somebody with credentials of their own, who does not go through the proxy."""

    lab: Lab
    proxy: Recorder
    station: Station
    person: Client
    workloads: list[str]


@contextlib.asynccontextmanager
async def stage(
    folder: Path, engine: Literal["embedded", "kube"], workloads: int, **settings: Any
) -> AsyncIterator[Stage]:
    """A lab with `workloads` Deployments of no replicas beside the shop, all of them rolled out twice."""
    async with contextlib.AsyncExitStack() as stack:
        lab = Lab(folder / "lab", engine)
        await lab.start()
        stack.push_async_callback(lab.stop)
        person = Client.from_kubeconfig(lab.kubeconfig, manager="kubectl-edit")
        stack.push_async_callback(person.close)
        names = await _populate(person, workloads)
        station = Station(folder, {})
        proxy = await stack.enter_async_context(recording(folder, lab.kubeconfig, station.data, station.keys))
        station.settings = {**SETTINGS, "kubernetes.kubeconfig": str(proxy.kubeconfig), **settings}
        try:
            yield Stage(lab, proxy, station, person, names)
        finally:
            if station.alive:
                await station.kill()


async def _populate(person: Client, count: int) -> list[str]:
    await person.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}})
    names = [f"idle-{number}" for number in range(count)]
    for name in names:
        await person.create(_deployment(name))
        image = [{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "example.com/idle:2"}]
        await person.patch(path_of("Deployment", SPACE, name), image, "json")
    return names


def _deployment(name: str) -> dict[str, Any]:
    labels = {"app": name}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": SPACE},
        "spec": {
            "replicas": 0,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "app", "image": "example.com/idle:1"}]},
            },
        },
    }
