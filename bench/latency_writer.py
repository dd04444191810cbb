"""Breaks and mends pods at a steady rate, as their kubelets would: raw merge patches of their status over many connections."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_PODS = 200
_APART = 10  # places in the list, so that they belong to many workloads
_CONNECTIONS = 64
_BROKEN_FOR = 50  # breaks: more writes than are under way at once, so that no mending overtakes its breaking
_WAITING = {"reason": "ErrImagePull", "message": "rpc error: code = NotFound desc = registry.example/x:2: not found"}


def write(kubeconfig: str, per_second: str, seconds: str) -> None:
    """Write, from now on, `per_second` times a second for that long; prints the writes a second that were reached."""
    asyncio.run(_write(Path(kubeconfig), int(per_second), int(seconds)))


async def _write(kubeconfig: Path, per_second: int, seconds: int) -> None:
    import aiohttp

    from helmward.lab.client import Client
    from helmward.lab.kubeconfig import read

    client = Client.from_kubeconfig(kubeconfig)
    pods = (await client.list_all("/api/v1/pods", limit=str(_PODS * _APART)))[::_APART]
    await client.close()
    server, tls, token = read(kubeconfig)
    headers = {"Content-Type": "application/merge-patch+json", "Authorization": f"Bearer {token}"}
    requests = _requests(pods, per_second * seconds)
    start = time.perf_counter()

    async def send() -> None:
        for number, path, body in requests:
            await asyncio.sleep(max(0.0, start + number / per_second - time.perf_counter()))
            async with session.patch(server + path, data=body, ssl=tls or True) as answer:
                await answer.read()
                answer.raise_for_status()

    connections = aiohttp.TCPConnector(limit=_CONNECTIONS)
    async with aiohttp.ClientSession(connector=connections, headers=headers) as session:
        await asyncio.gather(*(send() for _ in range(_CONNECTIONS)))
    print(f"{per_second * seconds / (time.perf_counter() - start):.0f}")


def _requests(pods: list[Any], count: int) -> Iterator[tuple[int, str, bytes]]:
    """(number, path, body): every second one breaks a pod, the next mends the one that was broken a while before."""
    broken, mended = ([json.dumps({"status": _status(pod, bad)}).encode() for pod in pods] for bad in (True, False))
    paths = [_path(pod) for pod in pods]
    for number in range(count):
        turn, mends = divmod(number, 2)
        which = (turn - _BROKEN_FOR * mends) % len(pods)
        yield number, paths[which], (mended if mends else broken)[which]


def _path(pod: Any) -> str:
    return f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}/status"


def _status(pod: Any, broken: bool) -> dict[str, Any]:
    """What a kubelet writes of a container that cannot be pulled, or that runs."""
    state = {"waiting": _WAITING} if broken else {"running": {"startedAt": "2026-01-01T00:00:00Z"}}
    name = pod["spec"]["containers"][0]["name"]
    container = {"name": name, "image": "x", "imageID": "", "ready": not broken, "restartCount": 0, "state": state}
    return {"phase": "Pending" if broken else "Running", "containerStatuses": [container]}
