"""From a watch event's arrival to the finding it causes, under a steady stream of pod changes from another process."""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from collections.abc import AsyncGenerator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from bench.measure import row

_PODS = 10_000
_PER_SECOND = 200
_SECONDS = 15
_WAITING = {"reason": "ErrImagePull", "message": "rpc error: code = NotFound desc = registry.example/x:2: not found"}


def run() -> None:
    """On 10,000 pods; every second write breaks a pod, the next mends it."""
    asyncio.run(_run())


async def _run() -> None:
    from helmward.lab.kube.kwok import big_cluster

    async with big_cluster(_PODS) as cluster:
        await _measure(cluster.kubeconfig)


class _Stamping:
    """The cluster client, noting when the event that breaks a pod arrives."""

    def __init__(self, client: Any, arrived: dict[str, float]) -> None:
        self._client = client
        self._arrived = arrived

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    async def watch(self, path: str, resource_version: str, **options: Any) -> AsyncGenerator[Any, None]:
        async for event in self._client.watch(path, resource_version, **options):
            if path == "/api/v1/pods" and event.type == "MODIFIED":
                name = json.loads(event.raw)["metadata"]["name"]
                if b"ErrImagePull" in event.raw:
                    self._arrived[name] = time.perf_counter()
                else:
                    self._arrived.pop(name, None)
            yield event


async def _measure(kubeconfig: Path) -> None:
    from helmward.adapters.clients.kubernetes.client import Client
    from helmward.adapters.clients.kubernetes.config import find
    from helmward.app import load_analyzers, needed_kinds
    from helmward.core.bus import Bus
    from helmward.core.memory import long_lived
    from helmward.core.settings import Settings
    from helmward.explain.live import Explainer
    from helmward.guard.secrets import clean_object
    from helmward.watch.cluster import ClusterWatch, utc_now
    from helmward.world.book import Book, Transition
    from helmward.world.store import World

    arrived: dict[str, float] = {}
    seen: list[float] = []
    analyzers = load_analyzers()
    world, bus = World(clean=clean_object), Bus[Transition]()

    def look() -> None:
        now = time.perf_counter()
        found = {finding.resource.name for finding in explainer.findings if finding.code.startswith("HW-IMG")}
        for name in [name for name in arrived if name in found]:
            seen.append(now - arrived.pop(name))

    async with Client(find(None, kubeconfig), b"0" * 32) as client:
        reader = _Stamping(client, arrived)
        watch = ClusterWatch(reader, world, needed_kinds(analyzers, Settings()), lambda: explainer.poke())
        explainer = Explainer(world, analyzers, Book(), bus, utc_now, after=look)
        with long_lived():
            await watch.snapshot()
        explainer.start(baseline=True)
        async with watch:
            await asyncio.sleep(2)
            cpu, start, events = time.process_time(), time.perf_counter(), watch.events
            words = ("-c", "import sys; from bench.latency import write; write(sys.argv[1])", str(kubeconfig))
            writer = await asyncio.create_subprocess_exec(sys.executable, *words)
            await writer.wait()
            wall, spent = time.perf_counter() - start, time.process_time() - cpu
            await asyncio.sleep(1)
        explainer.close()
    ranked = sorted(value * 1000 for value in seen)
    cuts = statistics.quantiles(ranked, n=100)
    row("", "p50 ms", "p95 ms", "p99 ms", "max ms")
    row(f"{len(ranked)} findings", *(f"{value:.1f}" for value in (cuts[49], cuts[94], cuts[98], ranked[-1])))
    row("", "events/s", "CPU share", "missed")
    row("", f"{(watch.events - events) / wall:.0f}", f"{spent / wall:.0%}", f"{len(arrived)}")


def write(kubeconfig: str) -> None:
    """Break and mend pods in turn, at a steady rate."""
    asyncio.run(_write(Path(kubeconfig)))


async def _write(kubeconfig: Path) -> None:
    from helmward.lab.client import Client

    client = Client.from_kubeconfig(kubeconfig)
    pods = (await client.list_all("/api/v1/pods", limit="200"))[:200]
    start, slots = time.perf_counter(), asyncio.Semaphore(16)
    steps = ((pod, broken) for pod in cycle(pods) for broken in (True, False))

    async def patch(pod: Any, broken: bool) -> None:
        async with slots:
            await client.patch(_path(pod), {"status": _status(pod, broken)}, "merge")

    tasks = []
    for number, (pod, broken) in enumerate(islice(steps, _PER_SECOND * _SECONDS)):
        await asyncio.sleep(max(0.0, start + number / _PER_SECOND - time.perf_counter()))
        tasks.append(asyncio.create_task(patch(pod, broken)))
    await asyncio.gather(*tasks)
    await client.close()


def _path(pod: Any) -> str:
    return f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}/status"


def _status(pod: Any, broken: bool) -> dict[str, Any]:
    """What a kubelet writes of a container that cannot be pulled, or that runs."""
    state = {"waiting": _WAITING} if broken else {"running": {"startedAt": "2026-01-01T00:00:00Z"}}
    name = pod["spec"]["containers"][0]["name"]
    container = {"name": name, "image": "x", "imageID": "", "ready": not broken, "restartCount": 0, "state": state}
    return {"phase": "Pending" if broken else "Running", "containerStatuses": [container]}
