"""From a watch event's arrival to the finding it causes, under a steady stream of pod changes from another process."""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import statistics
import sys
import time
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

from bench.measure import row

_PODS = 10_000
_PER_SECOND = 200
_SECONDS = 15
_WRITER = "import os, sys; os.setpriority(os.PRIO_PROCESS, 0, 0); from bench.latency_writer import write; write(*sys.argv[1:])"
_NAME = re.compile(rb'"name":"([^"]+)"')  # the first in an object is its metadata's


def run() -> None:
    """On 10,000 pods; every second write breaks a pod, the others mend one that was broken a while before."""
    asyncio.run(_run())


async def _run() -> None:
    from helmward.lab.kube.kwok import big_cluster

    async with big_cluster(_PODS) as cluster:
        await _measure(cluster.kubeconfig)


class _Stamping:
    """The cluster client, noting when the event that breaks a pod arrives; `missed` ones were mended before they were found."""

    def __init__(self, client: Any, arrived: dict[str, float]) -> None:
        self._client = client
        self._arrived = arrived
        self.missed = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    async def watch(self, path: str, resource_version: str, **options: Any) -> AsyncGenerator[Any, None]:
        async for event in self._client.watch(path, resource_version, **options):
            if path == "/api/v1/pods" and event.type == "MODIFIED":
                name = _NAME.search(event.raw)[1].decode()  # type: ignore[index]
                if b"ErrImagePull" in event.raw:
                    self._arrived[name] = time.perf_counter()
                elif self._arrived.pop(name, None) is not None:
                    self.missed += 1
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

    preferred = _preferred()
    arrived: dict[str, float] = {}
    seen: list[float] = []
    passes = itertools.count()
    analyzers = load_analyzers()
    world, bus = World(clean=clean_object), Bus[Transition]()

    def look() -> None:
        next(passes)
        if arrived:
            now = time.perf_counter()
            found = {finding.resource.name for finding in explainer.findings if finding.code.startswith("HW-IMG")}
            for name in arrived.keys() & found:
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
            cpu, start, events, first = time.process_time(), time.perf_counter(), watch.events, next(passes)
            written = await _written(kubeconfig)
            wall, spent = time.perf_counter() - start, time.process_time() - cpu
            events, made = watch.events - events, next(passes) - first - 1
            await asyncio.sleep(1)
        explainer.close()
    print(f"  {preferred}")
    ranked = sorted(value * 1000 for value in seen)
    cuts = statistics.quantiles(ranked, n=100)
    row("event → finding", "p50 ms", "p95 ms", "p99 ms", "max ms", "missed")
    shown = (f"{value:.1f}" for value in (cuts[49], cuts[94], cuts[98], ranked[-1]))
    row(f"{len(ranked)} findings", *shown, f"{reader.missed + len(arrived)}")
    row("CPU of the whole process", "writes/s", "events/s", "CPU share", "ms/event", "ms/pass")
    busy = (f"{spent / wall:.0%}", f"{spent / events * 1000:.2f}", f"{spent / made * 1000:.2f}")
    row("", written, f"{events / wall:.0f}", *busy)


def _preferred() -> str:
    """The whole cluster that is watched runs on the same cores, which it does nowhere else: it must not starve who watches."""
    try:
        os.setpriority(os.PRIO_PROCESS, 0, -10)
    except OSError:
        return "at the same priority as the cluster, which shares its cores: run as root for figures of its own"
    return "at priority -10: the cluster that is watched runs on the same cores"


async def _written(kubeconfig: Path) -> str:
    """Let another process write; the writes a second that it reached."""
    words = ("-c", _WRITER, str(kubeconfig))
    rate = (str(_PER_SECOND), str(_SECONDS))
    writer = await asyncio.create_subprocess_exec(sys.executable, *words, *rate, stdout=asyncio.subprocess.PIPE)
    said, _ = await writer.communicate()
    if writer.returncode:
        raise SystemExit("The writer of the benchmark failed.")
    return said.decode().strip()
