"""A cluster of thousands of pods for benchmarks: a real control plane whose nodes KWOK plays."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from functools import partial
from http import HTTPStatus
from pathlib import Path

from helmward.lab.client import ApiError, Client, Json, path_of
from helmward.lab.kube import population
from helmward.lab.kube.assets import CONTROL_PLANE, KUBERNETES_VERSION, cache_folder, programs_folder
from helmward.lab.kube.engine import KubeEngine
from helmward.lab.kube.flags import Tuning
from helmward.lab.kube.waiting import eventually

# On a starved machine KWOK's heartbeats come late; a node that turns NotReady would spoil the cluster and its figures.
_TUNING = Tuning(client_rate=5000, node_grace=3600, endpoints_batch=2, audit="None")
_KWOK = ("--manage-all-nodes", "--node-ip=10.0.0.1", "--node-lease-duration-seconds=200")
_WRITERS = 16
# The slowest that is waited for, in pods a second, and what a start takes at most; two idle cores reach 80 a second.
_RATE = 15
_START = 120


@asynccontextmanager
async def big_cluster(pods: int = 10_000) -> AsyncIterator[KubeEngine]:
    """A started KubeEngine with `pods` running pods (a multiple of 100) in eight workloads for each hundred.

    The first cluster of a size is built and its database kept in the cache; later ones start from a copy of it.
    """
    programs_folder(*CONTROL_PLANE, "kwok")
    with tempfile.TemporaryDirectory(prefix="helmward-cluster-") as temporary:
        database = _saved(pods)
        if not database.is_dir():
            await _build(Path(temporary) / "first", pods, database)
        folder = Path(temporary) / "cluster"
        shutil.copytree(database, folder / "etcd")
        async with _played(folder) as (engine, client):
            await _settle(engine, client, pods, _START)
            yield engine


@asynccontextmanager
async def _played(folder: Path) -> AsyncIterator[tuple[KubeEngine, Client]]:
    """A control plane on `folder` whose nodes KWOK plays, and a client of it."""
    engine = KubeEngine(folder, tuning=_TUNING)
    await engine.start()
    client = Client.from_kubeconfig(engine.kubeconfig)
    try:
        engine.run(programs_folder("kwok") / "kwok", f"--kubeconfig={engine.kubeconfig}", *_KWOK)
        yield engine, client
    finally:
        await client.close()
        await engine.stop()


def _saved(pods: int) -> Path:
    """Where the database of such a cluster is kept; another population or Kubernetes is another place."""
    digest = hashlib.sha256(Path(population.__file__).read_bytes()).hexdigest()[:12]
    return cache_folder() / "clusters" / f"{KUBERNETES_VERSION}-{pods}-{digest}"


async def _build(folder: Path, pods: int, database: Path) -> None:
    """Let controllers, scheduler and KWOK bring the cluster to life, then keep its database."""
    print(f"building a cluster of {pods} pods, once for this machine …", file=sys.stderr)
    began = time.monotonic()
    async with _played(folder) as (engine, client):
        await _create(client, (*population.nodes(pods), *population.namespaces(pods)))
        await _until(engine, partial(_can_run_pods, client, pods), "the namespaces' ServiceAccounts", _START)
        await _create(client, (item for each in population.workloads(pods) for item in population.objects(each)))
        await _settle(engine, client, pods, _START + pods / _RATE)
    database.parent.mkdir(parents=True, exist_ok=True)
    for outdated in database.parent.glob(f"{KUBERNETES_VERSION}-{pods}-*"):
        shutil.rmtree(outdated)
    # The cache may be on another disk than the temporary folder: copied aside first, so that half a copy is never used.
    aside = database.with_name(f".{database.name}.{os.getpid()}")
    shutil.copytree(folder / "etcd", aside)
    aside.rename(database)
    print(f"built in {time.monotonic() - began:.0f} s", file=sys.stderr)


async def _create(client: Client, items: Iterable[Json]) -> None:
    waiting = iter(items)

    async def write() -> None:
        for item in waiting:
            while not await _created(client, item):
                pass

    async with asyncio.TaskGroup() as writers:
        for _ in range(_WRITERS):
            writers.create_task(write())


async def _created(client: Client, item: Json) -> bool:
    try:
        await client.create(item)
    except TimeoutError:
        return False
    except ApiError as error:
        # The answer to an earlier attempt may have come too late; the write itself did not.
        if error.status != HTTPStatus.CONFLICT:
            raise
    return True


async def _can_run_pods(client: Client, pods: int) -> bool:
    accounts = await client.list_all(path_of("ServiceAccount"), fieldSelector="metadata.name=default")
    ready = {account["metadata"]["namespace"] for account in accounts}
    return ready >= {namespace["metadata"]["name"] for namespace in population.namespaces(pods)}


async def _settle(engine: KubeEngine, client: Client, pods: int, seconds: float) -> None:
    """Wait until every node is ready, every pod runs and every Service has its endpoints."""
    # The API server needs its time for the pods, not for being asked about them.
    pause = max(0.5, pods / 3000)
    await _until(engine, partial(_nodes_ready, client), "every node to be ready", seconds)
    await _until(engine, partial(_all_run, client, pods), f"{pods} pods to run", seconds, pause)
    await _until(engine, partial(_all_reachable, client, pods), f"{pods} endpoints", seconds, pause)


async def _until(
    engine: KubeEngine, ask: Callable[[], Awaitable[bool]], what: str, seconds: float, pause: float = 0.5
) -> None:
    async def answer() -> bool:
        engine.check()
        try:
            return await ask()
        except TimeoutError:
            return False

    await eventually(answer, what, seconds, pause)


async def _nodes_ready(client: Client) -> bool:
    nodes = await client.list_all(path_of("Node"))
    return all({"type": "Ready", "status": "True"}.items() <= _ready(node).items() for node in nodes)


def _ready(node: Json) -> Json:
    conditions: list[Json] = node["status"].get("conditions") or []
    return next((each for each in conditions if each["type"] == "Ready"), {})


async def _all_run(client: Client, pods: int) -> bool:
    deployments = await client.list_all(path_of("Deployment"))
    running = [int(each["status"].get("readyReplicas", 0)) for each in deployments]
    return sum(running) == pods


async def _all_reachable(client: Client, pods: int) -> bool:
    slices = await client.list_all(path_of("EndpointSlice"))
    endpoints = [endpoint for each in slices for endpoint in each.get("endpoints") or []]
    return len([endpoint for endpoint in endpoints if endpoint["conditions"].get("ready")]) == pods
