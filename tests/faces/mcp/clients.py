"""The official Python MCP client, as a person would set it up: a URL, and a token in a header."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from ..station import Station

HELMWARD = Path(sys.executable).with_name("helmward")
REVISIONS = {"2026-07-28": "2026-07-28", "2025-11-25": "legacy"}
"""What the client calls them."""


@asynccontextmanager
async def client(station: Station, token: str, revision: str = "2026-07-28") -> AsyncIterator[Client]:
    """A client that speaks this revision."""
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(headers=headers, timeout=30) as http:
        transport = streamable_http_client(f"{station.url}/mcp", http_client=http)
        async with Client(transport, mode=REVISIONS[revision]) as made:  # type: ignore[arg-type]
            yield made


@asynccontextmanager
async def stdio(station: Station, token: str | None = None, revision: str = "2026-07-28") -> AsyncIterator[Client]:
    """The same by `helmward mcp`, started by the client, on the data folder of the server (`token`: with this one)."""
    environment = {
        "HOME": str(station.folder),
        "HELMWARD_DATA_DIR": str(station.folder / "data"),
        "HELMWARD_KEY_DIR": str(station.folder / "keys"),
        **({"HELMWARD_TOKEN": token} if token else {}),
    }
    words = StdioServerParameters(command=str(HELMWARD), args=["mcp"], env=environment)
    async with Client(words, mode=REVISIONS[revision]) as made:  # type: ignore[arg-type]
        yield made


def said(result: Any) -> str:
    """The text of a result."""
    return "\n".join(block.text for block in result.content)
