"""The browsers of bench/console.py: pages asked for one after the other, and many that stay open."""

from __future__ import annotations

import asyncio
import gzip
import re
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp

from bench.measure import loop_of_the_server
from helmward.lab.client import Client, path_of

_ASSETS = re.compile(r'(?:href|src)="(/static/[^"]+)"')
_OPENED = re.compile(rb'<time datetime="([^"]+)"')
_LIVE = re.compile(r'hx-sse:connect="([^"]+)"')
_CLIENTS_A_SECOND = 200
_NODE = "bench-node"


def broken(kubeconfig: str, count: str) -> dict[str, Any]:
    """Make so many pods that cannot pull their image, ten namespaces of them."""
    return loop_of_the_server(_broken(Path(kubeconfig), int(count)))


def pages(url: str, token: str, path: str, count: str) -> dict[str, Any]:
    """Ask for a page so many times; seconds of each, and what a first visit loads, in bytes as they are sent."""
    return loop_of_the_server(_pages(url, token, path, int(count)))


def open_pages(url: str, token: str, kubeconfig: str, clients: str, events: str) -> dict[str, Any]:
    """Keep so many pages open, make events one by one, and say how long each took to each page: since it was made in the cluster,
    and since Helmward opened the incident, which has to stand for half a second first (explain/standing.py)."""
    return loop_of_the_server(_open(url, token, Path(kubeconfig), int(clients), int(events)))


async def _broken(kubeconfig: Path, count: int) -> dict[str, Any]:
    client = Client.from_kubeconfig(kubeconfig)
    try:
        # A node without a kubelet: what stands in its pods' status stays as it is.
        node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": _NODE}}
        await client.create(node)
        ready = {"type": "Ready", "status": "True", "reason": "KubeletReady", "message": "ready"}
        room = {"cpu": "1000", "memory": "4000Gi", "pods": "5000"}
        await client.patch(
            path_of("Node", "", _NODE, "status"),
            {"status": {"conditions": [ready], "capacity": room, "allocatable": room}},
        )
        for number in range(10):
            name = f"team-{number}"
            await client.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        for number in range(count):
            await _break(client, f"team-{number % 10}", f"worker-{number}")
    finally:
        await client.close()
    return {}


async def _break(client: Client, namespace: str, name: str) -> None:
    spec = {"nodeName": _NODE, "containers": [{"name": "app", "image": "registry.example.com/shop/app:9"}]}
    where = {"name": name, "namespace": namespace}
    await client.create({"apiVersion": "v1", "kind": "Pod", "metadata": where, "spec": spec})
    waiting = {"reason": "ImagePullBackOff", "message": "Back-off pulling image: ErrImagePull: not found"}
    state = {"name": "app", "image": "registry.example.com/shop/app:9", "ready": False, "state": {"waiting": waiting}}
    status = {"phase": "Pending", "containerStatuses": [{**state, "restartCount": 0, "imageID": ""}]}
    await client.patch(path_of("Pod", namespace, name, "status"), {"status": status})


@asynccontextmanager
async def _signed_in(url: str, token: str) -> AsyncIterator[aiohttp.ClientSession]:
    session = aiohttp.ClientSession(
        cookie_jar=aiohttp.CookieJar(unsafe=True),
        connector=aiohttp.TCPConnector(limit=0),
        timeout=aiohttp.ClientTimeout(total=None),
        auto_decompress=False,
        headers={"Accept-Encoding": "gzip"},
    )
    async with session:
        headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
        async with session.post(f"{url}/api/v1/console/links", headers=headers) as made:
            address = (await made.json())["address"]
        async with session.get(url + address) as entered:
            assert entered.status == 200
        yield session


async def _pages(url: str, token: str, path: str, count: int) -> dict[str, Any]:
    async with _signed_in(url, token) as session:
        taken = []
        for _ in range(count):
            began = time.perf_counter()
            async with session.get(url + path) as answer:
                packed = await answer.read()
                assert answer.status == 200, answer.status
            taken.append(time.perf_counter() - began)
        loaded, html = len(packed), gzip.decompress(packed).decode()
        for asset in dict.fromkeys(_ASSETS.findall(html)):
            async with session.get(url + asset) as answer:
                loaded += len(await answer.read())
    return {"taken": percentiles(taken[3:]), "bytes": loaded, "incidents": html.count("data-row")}


async def _open(url: str, token: str, kubeconfig: Path, clients: int, events: int) -> dict[str, Any]:
    client = Client.from_kubeconfig(kubeconfig)
    seen: dict[str, list[float]] = {}
    since_opened: list[float] = []
    opened = 0

    async def look(session: aiohttp.ClientSession, address: str) -> None:
        nonlocal opened
        async with session.get(url + address) as stream:
            assert stream.status == 200
            opened += 1
            told = b""
            async for line in stream.content:
                if line.startswith(b"data:"):
                    told += line
                elif told:
                    note(told)
                    told = b""

    def note(told: bytes) -> None:
        now = time.perf_counter()
        for name, times in seen.items():
            if len(times) < clients and (at := told.find(name.encode())) >= 0:
                times.append(now)
                since_opened.append(time.time() - _opened(told, at))

    try:
        async with _signed_in(url, token) as session:
            async with session.get(f"{url}/?q=event-", headers={"Accept-Encoding": "identity"}) as answer:
                found = _LIVE.search(await answer.text())
            assert found is not None
            address = found[1].replace("&amp;", "&")
            looking = []
            for number in range(clients):
                looking.append(asyncio.create_task(look(session, address)))
                if number % 20 == 19:
                    await asyncio.sleep(20 / _CLIENTS_A_SECOND)
            while opened < clients:
                await asyncio.sleep(0.05)
            taken = []
            for number in range(events):
                name = f"event-{number}-of-the-bench"
                seen[name] = []
                began = time.perf_counter()
                await _break(client, "team-0", name)
                until = began + 10
                while len(seen[name]) < clients and time.perf_counter() < until:
                    await asyncio.sleep(0.01)
                taken += [moment - began for moment in seen.pop(name)]
                await asyncio.sleep(0.5)
            for task in looking:
                task.cancel()
            await asyncio.gather(*looking, return_exceptions=True)
    finally:
        await client.close()
    lost = clients * events - len(taken)
    return {"taken": percentiles(taken), "since": percentiles(since_opened), "lost": lost}


def percentiles(taken: list[float]) -> tuple[float, float]:
    """p50 and p95 of seconds, in milliseconds."""
    ordered = sorted(taken)
    return statistics.median(ordered) * 1000, ordered[int(len(ordered) * 0.95)] * 1000


def _opened(told: bytes, at: int) -> float:
    """When the incident whose name stands at `at` was opened, by its row in the page (Unix seconds)."""
    found = _OPENED.search(told, at)
    assert found is not None
    return datetime.fromisoformat(found[1].decode()).timestamp()
