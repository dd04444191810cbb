"""A server with the suite's fixtures, behind the proxy that adds the token."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from helmward.core import paths
from helmward.core.settings import ServerSettings
from helmward.door.identity import NewToken
from helmward.faces.serve import bind, serving
from helmward.house.auditing import HELMWARD

from ....house.home import home
from .proxy import proxy

FIXTURES = Path(__file__).with_name("plugin")


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[str]:
    """The URL of its /mcp. The actor is an agent that may propose."""
    port = _free_port()
    names = [f"{name}:{port}" for name in ("127.0.0.1", "localhost")]
    given = {
        "plugins.folders": [str(FIXTURES)],
        "mcp.allowed_hosts": names,
        "mcp.allowed_origins": [f"http://{name}" for name in names],
    }
    async with home(folder) as at, at.house(**given) as house:
        wish = NewToken("conformance", ("requester",), "agent")
        token = house.identity.create(HELMWARD, wish, house.clock()).text
        address = bind(ServerSettings(port=0))
        with address.socket, paths.lock(folder / "data"):
            async with serving(house, ServerSettings(port=0), address), proxy(address.url, token, port) as url:
                yield f"{url}/mcp"


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
