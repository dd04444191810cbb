"""Helmward's server of bench/console.py: as it runs, on a lab with many incidents."""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack
from pathlib import Path

from bench.measure import loop_of_the_server, served


def main() -> None:
    """Serve until SIGTERM; the first line says where, and the token."""
    folder, kubeconfig, incidents = sys.argv[1:]
    loop_of_the_server(_serve(Path(folder), kubeconfig, int(incidents)))


async def _serve(folder: Path, kubeconfig: str, incidents: int) -> None:
    from helmward.app import running_house
    from helmward.core.settings import load

    (folder / "data").mkdir()
    loaded = load(None, {"HOME": str(folder)}, {"kubernetes.kubeconfig": kubeconfig})
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(running_house(loaded, folder / "data", folder / "keys"))
        while len(house.incidents()) < incidents:
            await asyncio.sleep(0.1)
        events = -1
        while house.watch.events != events:  # the lab's own words about so many pods come to an end
            events = house.watch.events
            await asyncio.sleep(3)
        await served(stack, house)


if __name__ == "__main__":
    main()
