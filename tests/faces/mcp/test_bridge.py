"""`helmward mcp` line by line: standard output carries the protocol and nothing else, whatever comes in."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from helmward.faces.cli.server import Server
from helmward.faces.mcp.bridge import Bridge

from ..station import Station
from .clients import HELMWARD
from .wire import asked


def environment(station: Station, **more: str) -> dict[str, str]:
    keys = {"HELMWARD_DATA_DIR": str(station.folder / "data"), "HELMWARD_KEY_DIR": str(station.folder / "keys")}
    return {"HOME": str(station.folder), "PATH": os.environ["PATH"], **keys, **more}


@asynccontextmanager
async def started(**environ: str) -> AsyncIterator[asyncio.subprocess.Process]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(HELMWARD, "mcp", stdin=pipe, stdout=pipe, stderr=pipe, env=environ)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_lines_in_lines_out(station: Station) -> None:
    """Also those that are none, and the answers to what was still open when the input ended."""
    lines = [b"no json", b"[]", b'"x"', b"", asked("tools/list"), asked("tools/call", name="pods_log", arguments={})]
    async with started(**environment(station)) as process:
        out, err = await asyncio.wait_for(process.communicate(b"\n".join(lines) + b"\n"), 60)
    assert (process.returncode, err) == (0, b"")
    answers = [json.loads(line) for line in out.splitlines()]
    assert [one["error"]["code"] for one in answers if "error" in one] == [-32700, -32600, -32600]
    assert len([one for one in answers if "result" in one]) == 2


async def test_without_a_server_it_says_so_and_ends(tmp_path: Path) -> None:
    given = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "HELMWARD_DATA_DIR": str(tmp_path)}
    async with started(**given) as process:
        out, err = await asyncio.wait_for(process.communicate(b""), 60)
    assert (process.returncode, out) == (7, b"")
    assert b"helmward up" in err


async def lines(*given: bytes) -> AsyncIterator[bytes]:
    for line in given:
        yield line


async def test_what_goes_wrong_behind_it_is_an_answer(station: Station) -> None:
    """A token that does not hold, and nobody who listens: the client is told, and the server is looked for again."""
    written: list[Any] = []
    found = [Server("http://127.0.0.1:9", "x"), Server(station.url, "hw_nothing"), Server(station.url, "hw_nothing")]
    bridge = Bridge(lambda: found.pop(0), lambda message: written.append(json.loads(message)))
    await bridge.run(lines(asked("tools/list"), asked("tools/list")))
    assert len(written) == 2
    assert all(one["error"]["code"] == -32603 for one in written)
    assert all(one["error"]["message"].endswith(".") for one in written)


async def test_a_server_that_was_started_anew_is_found(station: Station) -> None:
    written: list[Any] = []
    found = [Server("http://127.0.0.1:9", "x"), Server(station.url, station.token("viewer"))]
    bridge = Bridge(lambda: found.pop(0), lambda message: written.append(json.loads(message)))
    await bridge.run(lines(asked("tools/list")))
    assert written[0]["result"]["tools"]


async def test_what_is_cancelled_is_hung_up_on() -> None:
    """The server sees the connection end; the client gets no answer."""
    asked_for, gone, written = asyncio.Event(), asyncio.Event(), list[bytes]()

    async def hanging(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        asked_for.set()
        while await reader.read(1000):
            pass
        gone.set()
        writer.close()

    async def client() -> AsyncIterator[bytes]:
        yield asked("tools/list")
        await asked_for.wait()
        yield json.dumps(
            {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 7, "reason": "enough"}}
        ).encode()

    server = await asyncio.start_server(hanging, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        await asyncio.wait_for(Bridge(lambda: Server(url, "x"), written.append).run(client()), 20)
        await asyncio.wait_for(gone.wait(), 20)
    assert written == []
