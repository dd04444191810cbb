"""`mcp`: what an MCP client starts. Standard output carries the protocol and nothing else."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import click

from helmward.faces.cli import http, options


@click.command(
    epilog="Examples:\n\n  helmward mcp\n\n"
    '  In the settings of an MCP client: {"command": "helmward", "args": ["mcp"]}\n\n'
    "  HELMWARD_URL=https://helmward.example.com HELMWARD_TOKEN=… helmward mcp"
)
@options.server
def mcp(url: str | None, data_dir: Path | None) -> int:
    """Serve MCP on standard input and output, for clients that start their servers.

    It passes everything on to the running server, in the name of the token that it finds as other commands do
    (HELMWARD_TOKEN, or the data folder). Clients that speak HTTP connect to /mcp of the server itself.
    """
    from helmward.faces.mcp.bridge import Bridge

    asyncio.run(Bridge(lambda: http.find(url, data_dir), _write).run(_lines()))
    return 0


def _write(message: bytes) -> None:
    rest = memoryview(message + b"\n")
    with suppress(BrokenPipeError):  # the client is gone; its input ends too
        while rest:
            rest = rest[os.write(sys.stdout.fileno(), rest) :]


async def _lines() -> AsyncIterator[bytes]:
    """The lines of standard input: a pipe, a terminal or a file, so read by a thread."""
    loop, queue = asyncio.get_running_loop(), asyncio.Queue[bytes]()

    def read() -> None:
        for line in sys.stdin.buffer:
            loop.call_soon_threadsafe(queue.put_nowait, line)
        loop.call_soon_threadsafe(queue.put_nowait, b"")

    threading.Thread(target=read, name="stdin", daemon=True).start()
    while line := await queue.get():
        if line.strip():
            yield line
