"""A whole running house in a test: real settings, a real state file, a real API server."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from helmward.app import running_house
from helmward.core.settings import load
from helmward.house import House
from helmward.lab.client import Client as Writer
from helmward.lab.client import path_of
from helmward.lab.embedded.engine import EmbeddedEngine
from helmward.world.book import Tracked

from ..misbehaving import Misbehaving, misbehaving
from ..waiting import until

BROKEN_IMAGE = 'Failed to pull image "registry.example.com/shop/app:9": rpc error: code = NotFound desc = not found'


class Home:
    """An engine behind a proxy; `house()` runs a house on it, again and again on the same state."""

    def __init__(self, folder: Path, engine: EmbeddedEngine, proxy: Misbehaving, writer: Writer) -> None:
        self.folder, self.engine, self.proxy, self.writer = folder, engine, proxy, writer

    @asynccontextmanager
    async def house(self, **settings: Any) -> AsyncIterator[House]:
        environment = {"HOME": str(self.folder)}
        loaded = load(None, environment, {"kubernetes.kubeconfig": self.proxy.kubeconfig, **settings})
        data, keys = self.folder / "data", self.folder / "keys"
        data.mkdir(exist_ok=True)
        async with running_house(loaded, data, keys) as house:
            yield house

    async def break_pod(self, name: str) -> None:
        """A pod as a kubelet leaves it that cannot pull the image."""
        await self.writer.create(pod(name))
        await self.writer.patch(path_of("Pod", "default", name, "status"), waiting_for_its_image())

    async def mend_pod(self, name: str) -> None:
        await self.writer.delete(path_of("Pod", "default", name), {"gracePeriodSeconds": 0})


def pod(name: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"containers": [{"name": "app", "image": "registry.example.com/shop/app:9"}]},
    }


def waiting_for_its_image() -> dict[str, Any]:
    waiting = {"reason": "ImagePullBackOff", "message": f'Back-off pulling image "x": ErrImagePull: {BROKEN_IMAGE}'}
    container = {
        "name": "app", "image": "registry.example.com/shop/app:9", "imageID": "", "ready": False, "restartCount": 0,
        "started": False, "state": {"waiting": waiting}, "lastState": {},
    }  # fmt: skip
    return {"status": {"phase": "Pending", "containerStatuses": [container]}}


@asynccontextmanager
async def home(folder: Path) -> AsyncIterator[Home]:
    async with AsyncExitStack() as stack:
        engine = EmbeddedEngine(folder / "engine")
        await engine.start()
        stack.push_async_callback(engine.stop)
        proxy = await stack.enter_async_context(misbehaving(engine, folder))
        writer = Writer.from_kubeconfig(engine.kubeconfig, manager="kubectl-edit")
        stack.push_async_callback(writer.close)
        yield Home(folder, engine, proxy, writer)


async def one(house: House, state: str = "open") -> Tracked:
    """The one incident in `state`, as soon as there is one."""
    await until(lambda: house.incidents(state), f"an incident that is {state}")
    (entry,) = house.incidents(state)
    return entry


def stored(folder: Path) -> bytes:
    """Every byte of the data folder."""
    return b"".join(file.read_bytes() for file in (folder / "data").iterdir() if file.is_file())


def rows(folder: Path) -> list[dict[str, Any]]:
    """The incidents in the state file."""
    import sqlite3

    with sqlite3.connect(folder / "data" / "state.db") as raw:
        found = [json.loads(data) for (data,) in raw.execute("SELECT data FROM incidents ORDER BY changed")]
    raw.close()
    return found
