"""A real HTTP server that takes messages as told: with a status, slowly, not at all, or by hanging up."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

# What to do with the next request: a status, a status with Retry-After, "hang", or "cut".
Answer = int | tuple[int, str] | str


class Receiver:
    """`received` holds every request; `answers` what the next ones get, then 200."""

    def __init__(self) -> None:
        self.received: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[Answer] = []
        self.url = ""
        self._arrived = asyncio.Condition()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.received.append(({name.lower(): value for name, value in request.headers.items()}, await request.read()))
        async with self._arrived:
            self._arrived.notify_all()
        answer = self.answers.pop(0) if self.answers else 200
        if answer == "hang":
            await asyncio.Event().wait()
        if answer == "cut":
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        status, after = answer if isinstance(answer, tuple) else (int(answer), "")
        return web.Response(status=status, headers={"Retry-After": after} if after else {}, text="ok")

    async def until(self, count: int, deadline: float = 10.0) -> list[dict[str, Any]]:
        """The bodies, once `count` requests have come."""
        async with asyncio.timeout(deadline), self._arrived:
            await self._arrived.wait_for(lambda: len(self.received) >= count)
        return [json.loads(body) for _, body in self.received]


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver on a free port of this machine."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    receiver.url = f"http://{host}:{port}/hook"
    try:
        yield receiver
    finally:
        await runner.cleanup()


async def eventually(holds: Callable[[], bool], deadline: float = 10.0) -> None:
    """Wait until a condition holds."""
    async with asyncio.timeout(deadline):
        while not holds():
            await asyncio.sleep(0.005)
