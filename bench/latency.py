"""From a write at the API server to the finding it causes, under a steady stream of pod changes."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Iterator
from itertools import cycle, islice
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


async def _measure(kubeconfig: Any) -> None:
    from helmward.adapters.clients.kubernetes.client import Client
    from helmward.adapters.clients.kubernetes.config import find
    from helmward.app import load_analyzers, needed_kinds
    from helmward.core.bus import Bus
    from helmward.core.settings import Settings
    from helmward.explain.live import Explainer
    from helmward.guard.secrets import clean_object
    from helmward.lab.client import Client as Writer
    from helmward.watch.cluster import ClusterWatch, utc_now
    from helmward.world.book import Book, Transition
    from helmward.world.store import World

    sent: dict[str, float] = {}
    seen: list[float] = []
    analyzers = load_analyzers()
    world, bus = World(clean=clean_object), Bus[Transition]()

    def look() -> None:
        now = time.perf_counter()
        found = {finding.resource.name for finding in explainer.findings if finding.code.startswith("HW-IMG")}
        for name in [name for name in sent if name in found]:
            seen.append(now - sent.pop(name))

    async with Client(find(None, kubeconfig), b"0" * 32) as client:
        watch = ClusterWatch(client, world, needed_kinds(analyzers, Settings()), lambda: explainer.poke())
        explainer = Explainer(world, analyzers, Book(), bus, utc_now, after=look)
        await watch.snapshot()
        explainer.start(baseline=True)
        pods = list(islice(world.all("Pod"), 500))
        writer = Writer.from_kubeconfig(kubeconfig)
        async with watch:
            await asyncio.sleep(1)
            cpu, start = time.process_time(), time.perf_counter()
            events = watch.events
            await _write(writer, pods, sent)
            wall = time.perf_counter() - start
            await asyncio.sleep(1)
        await writer.close()
        explainer.close()
    rate = (watch.events - events) / wall
    ranked = sorted(value * 1000 for value in seen)
    row("", "p50 ms", "p95 ms", "p99 ms", "max ms")
    cuts = statistics.quantiles(ranked, n=100)
    row(f"{len(ranked)} findings", *(f"{value:.1f}" for value in (cuts[49], cuts[94], cuts[98], ranked[-1])))
    row(
        "events/s; CPU share; findings missed",
        f"{rate:.0f}",
        f"{(time.process_time() - cpu) / wall:.0%}",
        f"{len(sent)}",
    )


def _steps(pods: list[Any]) -> Iterator[tuple[Any, bool]]:
    for pod in cycle(pods):
        yield pod, True
        yield pod, False


async def _write(writer: Any, pods: list[Any], sent: dict[str, float]) -> None:
    start = time.perf_counter()
    tasks = set()
    for number, (pod, broken) in enumerate(islice(_steps(pods), _PER_SECOND * _SECONDS)):
        await asyncio.sleep(max(0.0, start + number / _PER_SECOND - time.perf_counter()))
        task = asyncio.create_task(_patch(writer, pod, broken, sent))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)


async def _patch(writer: Any, pod: Any, broken: bool, sent: dict[str, float]) -> None:
    """Put the pod's container into or out of ErrImagePull, as a kubelet would."""
    container = pod.view.spec.containers[0].name
    state = {"waiting": _WAITING} if broken else {"running": {"startedAt": "2026-01-01T00:00:00Z"}}
    status = {
        "phase": "Pending" if broken else "Running",
        "containerStatuses": [
            {"name": container, "image": "x", "imageID": "", "ready": not broken, "restartCount": 0, "state": state}
        ],
    }
    path = f"/api/v1/namespaces/{pod.namespace}/pods/{pod.name}/status"
    if broken:
        sent[pod.name] = time.perf_counter()
    else:
        sent.pop(pod.name, None)
    await writer.patch(path, {"status": status}, "merge")
