"""Helmward's server of bench/gateway.py: as it runs, before the bench's model server."""

from __future__ import annotations

import sys
from contextlib import AsyncExitStack
from pathlib import Path

from bench.measure import loop_of_the_server, served


def main() -> None:
    """Serve until SIGTERM; the first line says where, and the token."""
    folder, kubeconfig, upstream = sys.argv[1:]
    loop_of_the_server(_serve(Path(folder), kubeconfig, upstream))


async def _serve(folder: Path, kubeconfig: str, upstream: str) -> None:
    from helmward.app import running_house
    from helmward.core.settings import load

    (folder / "data").mkdir()
    loaded = load(
        None,
        {"HOME": str(folder)},
        {
            "kubernetes.kubeconfig": kubeconfig,
            "gateway.upstreams": [{"name": "mock", "api": "openai", "url": upstream, "connections": 1000}],
            "gateway.models": [
                {"name": "bench", "upstream": "mock", "input_usd_per_million": 1, "output_usd_per_million": 2}
            ],
            "gateway.budgets": [{"requests": 10**9, "tokens": 10**13, "usd": 10**6}],
        },
    )
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(running_house(loaded, folder / "data", folder / "keys"))
        await served(stack, house)


if __name__ == "__main__":
    main()
