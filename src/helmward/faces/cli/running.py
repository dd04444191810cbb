"""What `up` does: lock the data folder, start the lab if asked, run the house, serve, show; until a signal."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import NamedTuple

import click

from helmward.app import check_settings, running_house
from helmward.core import paths
from helmward.core.settings import Loaded, load
from helmward.door.identity import Role
from helmward.faces.cli.lab_process import LabProcess
from helmward.faces.cli.live import follow, greet
from helmward.faces.cli.logfile import log_to
from helmward.faces.serve import Address, bind, card, serving

_IN_THE_LAB = {"changes.mode": "ask", "changes.single_operator": True}
"""The lab is one person's own: what breaks there may be mended, once they approve it."""

_NEW = {"watch.baseline": False}
"""The lab began just now: what is broken in it at the first look was broken to be seen."""

_ROLE: Role = "requester"
_LAB_ROLE: Role = "admin"
"""What the token in the data folder may. Approving takes a credential of its own everywhere but in the lab."""


class Start(NamedTuple):
    """The words of the call."""

    lab: bool
    engine: str
    context: str | None
    kubeconfig: Path | None
    listen: str | None
    port: int | None
    plain: bool
    config_file: Path | None
    data_dir: Path | None


def run(start: Start) -> int:
    """Run until Ctrl-C or SIGTERM; 0."""
    loaded = load(paths.config_file(start.config_file, os.environ), os.environ, overrides=_overrides(start))
    folder = paths.data_dir(start.data_dir, os.environ, create=True)
    with paths.lock(folder):
        log_to(folder / "server.log")
        try:
            import uvloop
        except ImportError:  # no wheel for this platform: asyncio's own loop does
            return asyncio.run(_run(start, loaded, folder))
        return uvloop.run(_run(start, loaded, folder))


def _overrides(start: Start) -> dict[str, object]:
    given = {
        "kubernetes.context": start.context,
        "kubernetes.kubeconfig": start.kubeconfig,
        "server.listen": start.listen,
        "server.port": start.port,
    }
    return {name: value for name, value in given.items() if value is not None}


async def _run(start: Start, loaded: Loaded, folder: Path) -> int:
    stopped = _stop_signal()
    working, stopping = asyncio.create_task(_work(start, loaded, folder)), asyncio.create_task(stopped.wait())
    await asyncio.wait([working, stopping], return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working
    return 0


async def _work(start: Start, loaded: Loaded, folder: Path) -> None:
    """Everything, until cancelled."""
    address = bind(loaded.settings.server)
    async with AsyncExitStack() as stack:
        stack.callback(address.socket.close)
        try:
            await _serve(stack, start, loaded, folder, address)
        except asyncio.CancelledError:  # said once the screen is off the terminal, which would draw over it
            click.echo("Stopping.", err=True)
            raise


async def _serve(stack: AsyncExitStack, start: Start, loaded: Loaded, folder: Path, address: Address) -> None:
    check_settings(loaded.settings)  # before a lab is started for nothing
    if start.lab:
        kubeconfig = await stack.enter_async_context(LabProcess(folder, start.engine))
        loaded = loaded.replaced({"kubernetes.kubeconfig": kubeconfig, "kubernetes.context": None}).replaced(_NEW)
        loaded = loaded if _names_changes(loaded) else loaded.replaced(_IN_THE_LAB, "up --lab")
    keys, role = paths.key_dir(os.environ, create=True), _LAB_ROLE if start.lab else _ROLE
    house = await stack.enter_async_context(running_house(loaded, folder, keys, local_role=role))
    await stack.enter_async_context(serving(house, loaded.settings.server, address))
    await stack.enter_async_context(card(folder, address.url, house.local_token, keys))
    greet(house, address.url, start.lab)
    await follow(house, live=sys.stdout.isatty() and not start.plain)


def _names_changes(loaded: Loaded) -> bool:
    return any(path == "changes" or path.startswith("changes.") for path in loaded.origins)


def _stop_signal() -> asyncio.Event:
    """Set by the first Ctrl-C or SIGTERM; the second one ends the process as it does without us."""
    stopped, loop = asyncio.Event(), asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM)

    def stop() -> None:
        stopped.set()
        for number in numbers:
            loop.remove_signal_handler(number)

    for number in numbers:
        loop.add_signal_handler(number, stop)
    return stopped
