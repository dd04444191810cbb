"""What `up` does: lock the data folder, start the lab if asked, run the house, serve, show; until a signal."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import NamedTuple

import click

from helmward.app import running_house
from helmward.core import paths
from helmward.core.settings import Loaded, load
from helmward.faces.cli.lab_process import LabProcess
from helmward.faces.cli.live import follow, greet
from helmward.faces.serve import bind, card, serving


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
        _log_to(folder / "server.log")
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
    address = bind(loaded.settings.server)
    async with AsyncExitStack() as stack:
        stack.callback(address.socket.close)
        if start.lab:
            kubeconfig = await stack.enter_async_context(LabProcess(folder, start.engine))
            loaded = loaded.replaced({"kubernetes.kubeconfig": kubeconfig, "kubernetes.context": None})
        house = await stack.enter_async_context(running_house(loaded, folder, paths.key_dir(os.environ, create=True)))
        await stack.enter_async_context(serving(house, loaded.settings.server, address))
        await stack.enter_async_context(card(folder, address.url, house.local_token))
        greet(house, address.url, start.lab)
        shown = asyncio.create_task(follow(house, live=sys.stdout.isatty() and not start.plain))
        await asyncio.wait([shown, asyncio.create_task(stopped.wait())], return_when=asyncio.FIRST_COMPLETED)
        if shown.done():
            shown.result()
        shown.cancel()
        await asyncio.gather(shown, return_exceptions=True)
        click.echo("Stopping.", err=True)
    return 0


def _stop_signal() -> asyncio.Event:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    return stopped


def _log_to(path: Path) -> None:
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    path.chmod(0o600)
