"""The official Python MCP client, as a person would set it up: a URL, and a token in a header."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from ..station import Station

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


def said(result: Any) -> str:
    """The text of a result."""
    return "\n".join(block.text for block in result.content)
