"""`helmward lab`: up, break, mend, list, build."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Literal, TypeVar

import aiohttp
import click

from helmward.core.errors import UnreachableError
from helmward.faces.cli import options
from helmward.faces.cli.output import emit, table
from helmward.faces.cli.output import names as print_names
from helmward.lab import breaking
from helmward.lab.client import Json
from helmward.lab.runner import Lab

T = TypeVar("T")
_CHECK_SECONDS = 1.0


@click.group(
    epilog="Examples:\n\n  helmward lab up\n\n  helmward lab break image\n\n  helmward lab list\n\n  helmward lab mend"
)
def group() -> None:
    """Run a small cluster on this machine, break it on purpose, and mend it."""


@group.command(epilog="Examples:\n\n  helmward lab up\n\n  helmward lab up --engine kube")
@click.option(
    "--engine",
    type=click.Choice(["embedded", "kube", "auto"]),
    default="auto",
    show_default=True,
    help="embedded: Python alone. kube: a real control plane, see `helmward lab build`. auto: embedded.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The API server's port; 0 takes a free one.")
@click.option("--parent", type=int, hidden=True, help="End when this process, which started us, is gone.")
@options.data_dir
def up(engine: Literal["embedded", "kube", "auto"], port: int, parent: int | None, data_dir: Path | None) -> None:
    """Start the lab, and keep it running."""
    asyncio.run(_up(Lab(folder(data_dir), engine, port=port), parent))


@group.command("break", epilog="Examples:\n\n  helmward lab break image\n\n  helmward lab break port bad-config")
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@options.data_dir
def break_(names: tuple[str, ...], data_dir: Path | None) -> None:
    """Break something in the running lab, as a person with kubectl would. `helmward lab list` has the names."""
    _run(breaking.break_(folder(data_dir), names))
    click.echo(f"Broke {', '.join(names)}. `helmward lab mend` puts it right.")


@group.command(epilog="Examples:\n\n  helmward lab mend\n\n  helmward lab mend image")
@click.argument("names", metavar="[NAME...]", nargs=-1)
@options.data_dir
def mend(names: tuple[str, ...], data_dir: Path | None) -> None:
    """Put right what was broken: the faults named, or all of them."""
    mended = _run(breaking.mend(folder(data_dir), names))
    click.echo(f"Mended {', '.join(mended)}." if mended else "Nothing was broken.")


@group.command(
    "list",
    short_help="List the faults, and which are broken now.",
    epilog="Examples:\n\n  helmward lab list\n\n  helmward lab list -o json",
)
@options.output("table", "json", "yaml", "name")
@options.data_dir
def list_(output: str, data_dir: Path | None) -> None:
    """List the faults, the engines that can show each, and which are broken now."""
    try:
        broken = breaking.broken(folder(data_dir))
    except UnreachableError:
        broken = []
    rows = [
        {
            "name": fault.name,
            "broken": fault.name in broken,
            "engines": list(fault.engines),
            "summary": fault.summary,
            "expects": fault.expects,
        }
        for fault in breaking.faults()
    ]
    _show(rows, output)


@group.command(short_help="Build the real control plane into the cache.", epilog="Example:\n\n  helmward lab build")
@click.option("--force", is_flag=True, help="Build everything again, also what is current.")
def build(force: bool) -> None:
    """Build the real control plane for the kube engine from Go modules into the cache (needs Go)."""
    from helmward.lab.kube import build as builder

    builder.build(force)


def folder(data_dir: Path | None) -> Path:
    """The lab's folder in a data folder; None takes the default one."""
    if data_dir is None:
        state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
        data_dir = Path(state) / "helmward"
    return data_dir.resolve() / "lab"


async def _up(lab: Lab, parent: int | None) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    starting = asyncio.create_task(lab.start())
    interrupted = asyncio.create_task(stopping.wait())
    await asyncio.wait({starting, interrupted}, return_when=asyncio.FIRST_COMPLETED)
    if not starting.done():
        starting.cancel()
        await asyncio.wait({starting})
        return
    starting.result()
    try:
        click.echo(f"The lab is ready: {lab.engine.name} engine at {lab.engine.url}")
        click.echo(f"  kubectl --kubeconfig {lab.kubeconfig} get pods -n production")
        click.echo("  helmward lab break image")
        sys.stdout.flush()
        while not stopping.is_set() and parent in (None, os.getppid()):
            lab.check()
            await asyncio.wait({interrupted}, timeout=_CHECK_SECONDS)
    finally:
        interrupted.cancel()
        await lab.stop()


def _run(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise UnreachableError(f"The lab's API server does not answer: {error}") from error


def _show(rows: list[Json], fmt: str) -> None:
    if fmt in ("json", "yaml"):
        emit({"faults": rows}, fmt)
    elif fmt == "name":
        print_names(row["name"] for row in rows)
    else:
        cells = (
            (row["name"], "broken" if row["broken"] else "-", ",".join(row["engines"]), row["summary"]) for row in rows
        )
        table(("NAME", "STATE", "ENGINES", "WHAT IT DOES"), cells, "")
