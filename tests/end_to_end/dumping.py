"""What a person collects of a cluster with kubectl as JSON: `get/<kind>.json` and logs, read through the API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from helmward.core.extend import REGISTRY, load_package
from helmward.explain import analyzers
from helmward.explain.needs import kinds_needed
from helmward.lab.client import ApiError, Client, path_of
from helmward.world.kinds import KINDS, Kind

Json = dict[str, Any]


async def dump(client: Client, folder: Path) -> Path:
    """Every kind that Helmward reads, as `kubectl get <kind> -A -o json` prints it, and every container's logs."""
    load_package(analyzers)
    (folder / "get").mkdir(parents=True)
    for name in sorted(kinds_needed(REGISTRY.build("analyzer"))):
        kind = KINDS[name]
        items = await _list(client, kind)
        if items is not None:
            text = json.dumps({"apiVersion": "v1", "items": items, "kind": "List"}, indent=4)
            (folder / f"get/{kind.plural}.json").write_text(text)
    for pod in await client.list_all(KINDS["Pod"].path):
        await _logs(client, pod, folder)
    return folder


async def _list(client: Client, kind: Kind) -> list[Json] | None:
    """The objects of a kind; None where the cluster does not have it."""
    try:
        items = await client.list_all(kind.path)
    except ApiError as error:
        if error.status == 404:
            return None
        raise
    return [{"apiVersion": kind.api, "kind": kind.name, **item} for item in items]


async def _logs(client: Client, pod: Json, folder: Path) -> None:
    metadata = pod["metadata"]
    path = path_of("Pod", metadata["namespace"], metadata["name"], "log")
    for container in pod["spec"]["containers"]:
        for suffix, previous in (("", "false"), (".previous", "true")):
            try:
                text = await client.text(path, container=container["name"], previous=previous)
            except ApiError:  # it has not run (before)
                continue
            file = folder / f"logs/{metadata['namespace']}/{metadata['name']}/{container['name']}{suffix}.log"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
