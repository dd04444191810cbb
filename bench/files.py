"""10,000 pods and what belongs to them from JSON files, as `kubectl get -A -o json` writes them."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from pathlib import Path

from bench.measure import child, command, row

_PODS = 10_000


def run() -> None:
    """Dump a big cluster once, then read it."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_dump(Path(folder)))
        files = sorted(Path(folder).glob("*.json"))
        size = sum(file.stat().st_size for file in files) / 1e6
        row(f"{len(files)} files, {size:.0f} MB", "CPU s", "wall s", "peak MiB")
        helmward = str(Path(sys.executable).with_name("helmward"))
        ours = command(helmward, "diagnose", folder, "-o", "json")
        base = child("bench.files:load", folder)
        row("helmward diagnose", f"{ours.cpu:.2f}", f"{ours.wall:.2f}", f"{ours.peak:.0f}")
        row("json.load of the same files", f"{base.cpu:.2f}", f"{base.wall:.2f}", f"{base.peak:.0f}")
        row("ratio", f"{ours.cpu / base.cpu:.2f}", f"{ours.wall / base.wall:.2f}", f"{ours.peak / base.peak:.2f}")


def load(folder: str) -> dict[str, int]:
    """The standard library, keeping everything."""
    documents = [json.loads(file.read_bytes()) for file in sorted(Path(folder).glob("*.json"))]
    return {"objects": sum(len(document["items"]) for document in documents)}


async def _dump(folder: Path) -> None:
    from helmward.adapters.clients.kubernetes.client import Client
    from helmward.adapters.clients.kubernetes.config import find
    from helmward.lab.kube.kwok import big_cluster
    from helmward.world.kinds import KINDS

    async with big_cluster(_PODS) as cluster, Client(find(None, cluster.kubeconfig), b"0" * 32) as client:
        for kind in KINDS.values():
            if kind.name in ("Secret", "HTTPRoute"):
                continue
            listing = await client.list(kind.path)
            head = f'{{"apiVersion":"{kind.api}","kind":"'.encode() + f'{kind.name}",'.encode()
            items = b",\n".join(head + raw.lstrip()[1:] for raw in listing.items)
            (folder / f"{kind.plural}.json").write_bytes(b'{"apiVersion":"v1","kind":"List","items":[' + items + b"]}")
