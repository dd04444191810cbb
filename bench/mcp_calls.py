"""The callers of bench/mcp.py: so many at once, over plain HTTP, each with a connection of its own."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from typing import Any

import aiohttp

from bench.mcp import CALLERS, SECONDS

_META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": {"name": "bench", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}


def called(url: str, token: str, revision: str) -> dict[str, float]:
    """How many calls, how many a second, and how long one took (p50, p99) in seconds."""
    return asyncio.run(_called(url, token, revision))


async def _called(url: str, token: str, revision: str) -> dict[str, float]:
    numbers, waits = itertools.count(1), list[float]()
    async with aiohttp.ClientSession(headers=_headers(token, revision)) as session:
        await _call(session, url, revision, next(numbers))
        begun = time.perf_counter()

        async def caller() -> None:
            while (start := time.perf_counter()) < begun + SECONDS:
                await _call(session, url, revision, next(numbers))
                waits.append(time.perf_counter() - start)

        await asyncio.gather(*(caller() for _ in range(CALLERS)))
        wall = time.perf_counter() - begun
    ranked = sorted(waits)
    p50, p99 = (ranked[int(len(ranked) * share)] for share in (0.5, 0.99))
    return {"calls": len(waits), "rate": len(waits) / wall, "p50": p50, "p99": p99}


def _headers(token: str, revision: str) -> dict[str, str]:
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": revision,
    }
    return headers | {"Mcp-Method": "tools/call", "Mcp-Name": "nothing_list"} if revision == "2026-07-28" else headers


async def _call(session: aiohttp.ClientSession, url: str, revision: str, number: int) -> None:
    given = {"namespace": f"team-{number % 20}", "name": f"payment-{number}", "limit": 50}
    params: dict[str, Any] = {"name": "nothing_list", "arguments": given}
    if revision == "2026-07-28":
        params["_meta"] = _META
    body = json.dumps({"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}).encode()
    async with session.post(url, data=body) as response:
        answer = json.loads(await response.read())
    if response.status != 200 or answer["result"].get("isError", False):
        raise SystemExit(f"The call failed: {response.status} {answer}"[:300])
