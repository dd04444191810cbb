"""A proxy between Helmward and an API server that records every request that is no GET, and can lose answers.

It outlives the house: what a killed house had sent on its way still arrives behind, as it would in a network.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import socket
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from helmward.door.audit.head import head_path, read_head
from helmward.lab.client import Client

from .wire import Wire, decoded

_PASSED_ON = ("Accept", "Content-Type", "Audit-ID", "User-Agent")


@dataclass
class Held:
    """A request that waits: `arrived` once it is here, until `released` is set."""

    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)


class Recorder:
    """Listens once `up` was awaited. `writes` is what was seen. `lose` is the share of answers to writes that never come
    back, though the write was made; `down` makes every request end without an answer. `hold(METHOD, path's end)` keeps the next
    such request waiting: see `Held`."""

    def __init__(self, folder: Path, engine_kubeconfig: Path, data_dir: Path, key_dir: Path) -> None:
        self.kubeconfig = folder / "recorded.kubeconfig"
        self.writes: list[Wire] = []
        self.lose, self.down, self.chance = 0.0, False, random.Random(0)
        self._held: dict[tuple[str, str], Held] = {}
        self._direct = Client.from_kubeconfig(engine_kubeconfig)
        self._head = head_path(key_dir, data_dir / "audit")
        self._running: set[asyncio.Task[Any]] = set()
        self._runner: web.AppRunner | None = None
        self._behind: aiohttp.ClientSession | None = None

    async def up(self) -> None:
        """Listen on a free port of loopback, over plain HTTP."""
        app = web.Application(client_max_size=64 << 20)
        app.router.add_route("*", "/{path:.*}", self._handle)
        connector = aiohttp.TCPConnector(ssl=self._direct._ssl, limit=0)
        timeout = aiohttp.ClientTimeout(total=None)
        self._behind = aiohttp.ClientSession(
            connector=connector, headers=self._direct._headers, timeout=timeout, auto_decompress=False
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            await web.SockSite(self._runner, listener.dup()).start()
        self.kubeconfig.write_text(json.dumps(_kubeconfig(f"http://127.0.0.1:{port}")))

    async def close(self) -> None:
        """End every connection."""
        if self._runner is not None:
            await self._runner.cleanup()
        await asyncio.gather(*self._running, return_exceptions=True)
        if self._behind is not None:
            await self._behind.close()

    def hold(self, method: str, ending: str) -> Held:
        """The next request of this kind waits on its way in until it is let go."""
        held = self._held[method, ending] = Held()
        return held

    async def settled(self) -> None:
        """Nothing that was sent is still on its way."""
        while self._running:
            await asyncio.wait(self._running)

    # ---- inside ----

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if self.down:
            return _cut(request)
        if request.method == "GET":
            await self._wait(request)
            return await self._read(request)
        seen = await self._note(request)
        # The house may die while we wait: what was sent goes on without it.
        task = asyncio.ensure_future(self._write(request, seen))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        status, kind, body = await asyncio.shield(task)
        if seen.action and not seen.dry and self.chance.random() < self.lose:
            seen.lost = True
            return _cut(request)
        return web.Response(status=status, body=body, content_type=kind)

    async def _note(self, request: web.Request) -> Wire:
        body = await request.read()
        head = read_head(self._head)
        seen = Wire(
            time.time(),
            request.method,
            request.path,
            dict(request.query),
            request.headers.get("Audit-ID", ""),
            decoded(body),
            head.sequence if head else 0,
        )
        self.writes.append(seen)
        return seen

    async def _wait(self, request: web.Request) -> None:
        for (method, ending), held in list(self._held.items()):
            if request.method == method and request.path.endswith(ending) and "dryRun" not in request.query:
                del self._held[method, ending]
                held.arrived.set()
                await held.released.wait()

    async def _write(self, request: web.Request, seen: Wire) -> tuple[int, str, bytes]:
        await self._wait(request)
        async with self._ask(request, await request.read()) as answer:
            seen.status = answer.status
            return answer.status, answer.content_type, await answer.read()

    async def _read(self, request: web.Request) -> web.StreamResponse:
        async with self._ask(request, b"") as answer:
            if "watch" not in request.query:
                return web.Response(
                    body=await answer.read(), status=answer.status, headers={"Content-Type": answer.content_type}
                )
            response = web.StreamResponse(status=answer.status, headers={"Content-Type": "application/json"})
            with contextlib.suppress(ConnectionResetError):
                await response.prepare(request)
                async for chunk in answer.content.iter_any():
                    await response.write(chunk)
            return response

    def _ask(self, request: web.Request, body: bytes) -> Any:
        assert self._behind is not None
        headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
        headers["Accept-Encoding"] = "identity"
        return self._behind.request(
            request.method, self._direct.url + request.path_qs, data=body or None, headers=headers
        )


@contextlib.asynccontextmanager
async def recording(folder: Path, kubeconfig: Path, data_dir: Path, key_dir: Path) -> AsyncIterator[Recorder]:
    """In front of the API server of `kubeconfig`, whose credentials it uses; its own kubeconfig lies in `folder`."""
    proxy = Recorder(folder, kubeconfig, data_dir, key_dir)
    await proxy.up()
    try:
        yield proxy
    finally:
        await proxy.close()
        await proxy._direct.close()


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()  # to nobody


def _kubeconfig(url: str) -> dict[str, Any]:
    return {
        "current-context": "proof",
        "contexts": [{"name": "proof", "context": {"cluster": "proof", "user": "helmward"}}],
        "clusters": [{"name": "proof", "cluster": {"server": url}}],
        "users": [{"name": "helmward", "user": {"token": "-".join(["seen", "by", "the", "proxy"])}}],
    }
