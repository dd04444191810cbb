"""A cold snapshot of 10,000 pods and all analyzers, beside the official client only listing the same pods."""

from __future__ import annotations

import asyncio
import re
import ssl
import urllib.request
from pathlib import Path
from typing import Any

from bench.measure import child, row

_RUNS = 3  # the median by CPU is printed


def run(pods: int = 10_000) -> None:
    """On a real control plane whose nodes KWOK plays."""
    asyncio.run(_run(pods))


async def _run(pods: int) -> None:
    from helmward.lab.kube.kwok import big_cluster

    async with big_cluster(pods) as cluster:
        await asyncio.to_thread(compare, cluster.kubeconfig)


def compare(kubeconfig: Path) -> None:
    """Measure both on a running cluster."""
    row("", "CPU s", "wall s", "peak MiB", "requests")
    for name, function in (
        ("helmward: 20 kinds + all analyzers", "helmward_snapshot"),
        ("kubernetes client: pods only", "official_pods"),
    ):
        before = _requests(kubeconfig)
        runs = sorted(
            (child(f"bench.snapshot:{function}", str(kubeconfig)) for _ in range(_RUNS)), key=lambda run: run.cpu
        )
        figures = runs[_RUNS // 2]
        requests = (_requests(kubeconfig) - before) / _RUNS
        row(name, f"{figures.cpu:.2f}", f"{figures.wall:.2f}", f"{figures.peak:.0f}", f"{requests:.0f}")
        results[function] = figures
        print(f"    {figures.said}")
    ours, theirs = results["helmward_snapshot"], results["official_pods"]
    row("ratio", f"{ours.cpu / theirs.cpu:.2f}", f"{ours.wall / theirs.wall:.2f}", f"{ours.peak / theirs.peak:.2f}")


results: dict[str, Any] = {}


def helmward_snapshot(kubeconfig: str) -> dict[str, Any]:
    """The work of `helmward diagnose` without printing."""
    from helmward.core.memory import long_lived

    with long_lived():
        return asyncio.run(_snapshot(Path(kubeconfig)))


async def _snapshot(kubeconfig: Path) -> dict[str, Any]:
    import time

    from helmward.adapters.clients.kubernetes.client import Client
    from helmward.adapters.clients.kubernetes.config import find
    from helmward.app import load_analyzers, needed_kinds
    from helmward.core.settings import Settings
    from helmward.explain.engine import Engine
    from helmward.explain.reports.diagnosis import diagnose
    from helmward.guard.secrets import clean_object
    from helmward.watch.cluster import ClusterWatch, utc_now
    from helmward.world.store import World

    started = time.process_time()
    analyzers = load_analyzers()
    world = World(clean=clean_object)
    async with Client(find(None, kubeconfig), b"0" * 32) as client:
        imported = time.process_time()
        await ClusterWatch(client, world, needed_kinds(analyzers, Settings()), on_batch=lambda: None).snapshot()
    listed = time.process_time()
    engine = Engine(world, analyzers)
    engine.full(utc_now())
    examined = time.process_time()
    report = diagnose(world, engine.findings, utc_now()).report
    return {
        "objects": sum(report["coverage"]["read"].values()),
        "findings": len(report["findings"]),
        "list CPU s": round(listed - imported, 2),
        "analyzers CPU s": round(examined - listed, 2),
        "join CPU s": round(time.process_time() - examined, 2),
        "import CPU s": round(imported - started, 2),
    }


def official_pods(kubeconfig: str) -> dict[str, Any]:
    """The official client, in the same pages, typed as it gives them."""
    from kubernetes import client, config

    config.load_kube_config(kubeconfig)  # type: ignore[no-untyped-call]
    api = client.CoreV1Api()
    count, token = 0, None
    while True:
        page = api.list_pod_for_all_namespaces(limit=500, _continue=token)
        count += len(page.items)
        token = page.metadata._continue if page.metadata else None
        if not token:
            return {"objects": count}


def _requests(kubeconfig: Path) -> float:
    """Reads the API server has answered so far (apiserver_request_total of LIST, GET and WATCH)."""
    import yaml

    document = yaml.safe_load(kubeconfig.read_text())
    token = document["users"][0]["user"]["token"]
    url = document["clusters"][0]["cluster"]["server"]
    request = urllib.request.Request(f"{url}/metrics", headers={"Authorization": f"Bearer {token}"})
    context = ssl._create_unverified_context()
    with urllib.request.urlopen(request, context=context) as answer:
        text = answer.read().decode()
    lines = re.findall(r'^apiserver_request_total\{.*verb="LIST".*\} (\S+)$', text, re.M)
    return sum(map(float, lines))
