"""A node's connection to the API server: its calls wait while the node is off the network."""

from __future__ import annotations

import asyncio
from typing import Any

from helmward.lab.client import Client, Json


class NodeClient(Client):
    """A Client whose `online` can be cleared, and set again."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.online = asyncio.Event()
        self.online.set()

    async def _ask(self, method: str, path: str, body: Any = None, **more: Any) -> Json:
        await self.online.wait()
        return await super()._ask(method, path, body, **more)
