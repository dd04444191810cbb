"""A server on a lab, as `up --lab` runs it: what is broken there may be mended, once somebody approves it."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from helmward.app import running_house
from helmward.core import paths
from helmward.core.settings import ServerSettings, load
from helmward.faces.serve import bind, card, serving
from helmward.house import House
from helmward.lab import breaking
from helmward.lab.runner import Lab

from .station import Station

Cli = Callable[..., Any]

RESTART = ("tools", "run", "rollout_restart", "namespace=production", "name=frontend")


@asynccontextmanager
async def serve_shop(folder: Path) -> AsyncIterator[tuple[str, House, Lab]]:
    data = folder / "data"
    lab = Lab(data / "lab", "embedded")
    await lab.start()
    try:
        given = {"kubernetes.kubeconfig": lab.kubeconfig, "changes.mode": "ask", "changes.single_operator": True}
        loaded = load(None, {"HOME": str(folder)}, given)
        async with running_house(loaded, data, folder / "keys", local_role="admin") as house:
            address = bind(ServerSettings(port=0))
            with address.socket, paths.lock(data):
                left = card(data, address.url, house.local_token, folder / "keys")
                async with serving(house, ServerSettings(port=0), address), left:
                    yield address.url, house, lab
    finally:
        await lab.stop()


def eventually(look: Callable[[], Any], what: str, seconds: float = 60.0) -> Any:
    """What `look` gives, as soon as it gives something."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.05)
    return found


def broken(shop: Station, cli: Cli, fault: str = "image") -> dict[str, Any]:
    """The row of the incident that a fault makes, once its plan waits."""
    shop.do(breaking.break_(shop.home.folder, [fault]))

    def waits() -> Any:
        rows = json.loads(cli("incidents", "-o", "json").out)["incidents"]
        return next((row for row in rows if row["waitingFor"]), None)

    return dict(eventually(waits, f"an incident of {fault} that waits"))


def plan_of(cli: Cli, identity: str) -> dict[str, Any]:
    result = cli("plan", identity, "-o", "json")
    assert result.code == 0, result.err
    return dict(json.loads(result.out))


def restarted(cli: Cli, *words: str) -> str:
    """The id of a plan that waits."""
    result = cli(*RESTART, *words, "-o", "name")
    assert result.code == 6, result.err
    return result.out.strip()


def mended(cli: Cli) -> None:
    """No incident is left."""
    eventually(lambda: not json.loads(cli("incidents", "-o", "json").out)["incidents"], "all is mended")
