"""A request at the tests' model server, and how it is answered: byte by byte if need be."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

_PHRASES = {200: "OK", 302: "Found", 307: "Temporary Redirect", 429: "Too Many Requests", 500: "Internal Server Error"}


@dataclass
class Received:
    """A request. `gone` is set when its peer has closed the connection before the answer's end; `gone_at` is when (monotonic)."""

    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes
    connection: int
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    gone_at: float = 0.0
    answered: bool = False

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def anthropic(self) -> bool:
        return self.path.endswith("/messages")

    @property
    def asked(self) -> dict[str, Any]:
        """The body as an object; an empty one where it is none."""
        try:
            body = self.json()
        except ValueError:
            return {}
        return body if isinstance(body, dict) else {}


class Turn:
    """A request that is being answered: write what the script wants, byte by byte if need be."""

    def __init__(self, received: Received, writer: asyncio.StreamWriter) -> None:
        self.received, self._writer = received, writer
        self.close_after = False

    async def raw(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def head(self, status: int = 200, content_type: str | None = "application/json", **headers: str) -> None:
        """A status line and headers; in names `_` stands for `-`. Give `content_length`, or the body is chunked."""
        if content_type:
            headers["content_type"] = content_type
        if "content_length" not in headers:
            headers["transfer_encoding"] = "chunked"
        lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        await self.raw("\r\n".join([f"HTTP/1.1 {status} {_PHRASES.get(status, 'Status')}", *lines, "", ""]).encode())

    async def chunk(self, data: bytes) -> None:
        await self.raw(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    async def end(self) -> None:
        await self.raw(b"0\r\n\r\n")

    def cut(self) -> None:
        """Close the connection as a process that dies does."""
        self.close_after = True


Script = Callable[[Turn], Awaitable[None]]
