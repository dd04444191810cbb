"""The snapshot over growing clusters: the cost for each pod must stay the same."""

from __future__ import annotations

import asyncio

from bench.measure import child, row

SIZES = (1_000, 3_000, 10_000, 30_000)


def run() -> None:
    """Each size on its own control plane."""
    row("pods", "CPU s", "µs CPU/pod", "peak MiB", "KiB/pod")
    asyncio.run(_run())


async def _run() -> None:
    from helmward.lab.kube.kwok import big_cluster

    first: float | None = None
    for pods in SIZES:
        async with big_cluster(pods) as cluster:
            figures = await asyncio.to_thread(child, "bench.snapshot:helmward_snapshot", str(cluster.kubeconfig))
        work = figures.cpu - figures.said["import CPU s"]
        each = work / pods * 1e6
        first = first or each
        row(
            f"{pods}",
            f"{figures.cpu:.2f}",
            f"{each:.0f} ({each / first:.2f}×)",
            f"{figures.peak:.0f}",
            f"{figures.peak * 1024 / pods:.1f}",
        )
