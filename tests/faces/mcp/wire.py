"""Requests to /mcp byte by byte, for what no well-behaved client would send."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import aiohttp
from multidict import CIMultiDict

from ..station import Station

META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": {"name": "wire", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}


class Got(NamedTuple):
    status: int
    headers: Any
    text: str

    @property
    def body(self) -> Any:
        return json.loads(self.text)

    @property
    def messages(self) -> list[Any]:
        """Those of a stream."""
        return [json.loads(line[5:]) for line in self.text.splitlines() if line.startswith("data:")]


def asked(method: str, revision: str = "2026-07-28", meta: dict[str, Any] | None = None, **params: Any) -> bytes:
    """A request with the envelope of its revision."""
    envelope = {**(META if revision == "2026-07-28" else {}), **(meta or {})}
    body = {
        "jsonrpc": "2.0",
        "id": 7,
        "method": method,
        "params": {**params, **({"_meta": envelope} if envelope else {})},
    }
    return json.dumps(body).encode()


def headers(token: str | None, revision: str = "2026-07-28", **more: str) -> CIMultiDict[str]:
    given = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    given |= {"MCP-Protocol-Version": revision} | ({"Authorization": f"Bearer {token}"} if token else {})
    return CIMultiDict({**given, **{name.replace("_", "-"): value for name, value in more.items()}})


async def post(station: Station, body: bytes, given: CIMultiDict[str], method: str = "POST") -> Got:
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, f"{station.url}/mcp", data=body, headers=given) as answer,
    ):
        return Got(answer.status, answer.headers, await answer.text())


async def call(station: Station, token: str, tool: str, arguments: Any = None, **meta: Any) -> Got:
    """tools/call as a client of 2026-07-28 sends it."""
    body = asked("tools/call", name=tool, arguments={} if arguments is None else arguments, meta=meta)
    return await post(station, body, headers(token, Mcp_Method="tools/call", Mcp_Name=tool))
