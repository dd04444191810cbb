"""A proxy between Helmward and a real API server that passes everything on until it is told to misbehave."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from helmward.lab.client import Client

TOKEN = "-".join(["the", "tests", "own", "token"])


@dataclass
class Misbehaving:
    """By plural (`pods`): `refused` answers this status, `refused_watches` only watches, `truncated` breaks lists off,
    `replies` are these bytes instead. `gone` makes new watches end with 410, `brief` after one event or bookmark, `slow`
    delays each answer (seconds). `version` is the resourceVersion lists claim when they were asked for an exact one."""

    kubeconfig: Path
    engine: Any
    url: str = ""
    refused: dict[str, int] = field(default_factory=dict)
    refused_watches: dict[str, int] = field(default_factory=dict)
    truncated: set[str] = field(default_factory=set)
    replies: dict[str, bytes] = field(default_factory=dict)
    gone: bool = False
    brief: bool = False
    slow: float = 0.0
    inexact: str | None = None
    lists: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    watches: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    _open: dict[int, tuple[web.Request, web.StreamResponse]] = field(default_factory=dict)
    _runner: web.AppRunner | None = None
    _behind: aiohttp.ClientSession | None = None
    _port: int = 0

    async def up(self) -> None:
        """Listen, always on the same port."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        with socket.create_server(("127.0.0.1", self._port)) as listener:
            self._port = listener.getsockname()[1]
            await web.SockSite(self._runner, listener.dup()).start()
        self.url = f"http://127.0.0.1:{self._port}"
        self.kubeconfig.write_text(json.dumps(_kubeconfig(self.url)))

    async def down(self) -> None:
        """Nobody listens any more, and whoever was connected is cut off."""
        self.cut()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def cut(self) -> None:
        """Cut every watch that is open, in the middle of an object."""
        for request, _ in list(self._open.values()):
            if request.transport is not None:
                request.transport.write(b'1f\r\n{"type":"MODIFIED","object":{"a\r\n')
                request.transport.close()

    async def tell(self, plural: str, line: bytes) -> None:
        """A line of our own in every open watch of `plural`."""
        for request, response in self._open.values():
            if request.path.endswith(f"/{plural}"):
                await response.write(line + b"\n")

    async def close(self) -> None:
        await self.down()
        if self._behind is not None:
            await self._behind.close()

    # ---- inside ----

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        plural = request.path.rpartition("/")[2]
        query = dict(request.query)
        watching = "watch" in query
        if request.method == "GET":
            (self.watches if watching else self.lists).append((plural, query))
        await asyncio.sleep(self.slow)
        code = self.refused.get(plural) or self.refused.get("*") or (watching and self.refused_watches.get(plural))
        if code:
            return _status(code, plural)
        if not watching and plural in self.replies:
            return web.Response(body=self.replies[plural], content_type="application/json")
        if self.inexact and query.get("resourceVersionMatch") == "Exact":
            return await self._inexact(request)
        return await self._pass(request, plural, watching)

    async def _pass(self, request: web.Request, plural: str, watching: bool) -> web.StreamResponse:
        async with await self._ask(request, request.path_qs) as answer:
            if watching and answer.status == 200:
                return await self._stream(request, answer)
            body = await answer.read()
            if plural in self.truncated:
                body = body[: len(body) // 2]
            return web.Response(body=body, status=answer.status, content_type=answer.content_type)

    async def _inexact(self, request: web.Request) -> web.StreamResponse:
        if self.inexact == "refused":
            return _status(400, "resourceVersionMatch")
        async with await self._ask(request, request.path) as answer:  # the query is ignored, as old proxies do
            return web.Response(body=await answer.read(), content_type="application/json")

    async def _stream(self, request: web.Request, answer: aiohttp.ClientResponse) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        if self.gone:
            status = {"kind": "Status", "code": 410, "reason": "Expired", "message": "too old resource version"}
            await response.write(json.dumps({"type": "ERROR", "object": status}).encode() + b"\n")
            return response
        if self.brief:
            version = request.query["resourceVersion"]
            bookmark = {"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": version}}}
            await response.write(json.dumps(bookmark).encode() + b"\n")
            return response
        self._open[id(request)] = request, response
        try:
            async for chunk in answer.content.iter_any():
                await response.write(chunk)
        finally:
            del self._open[id(request)]
        return response

    async def _ask(self, request: web.Request, path: str) -> Any:
        if self._behind is None:
            direct = Client.from_kubeconfig(self.engine.kubeconfig)
            connector = aiohttp.TCPConnector(ssl=direct._ssl, limit=0)
            timeout = aiohttp.ClientTimeout(total=None)
            self._behind = aiohttp.ClientSession(connector=connector, headers=direct._headers, timeout=timeout)
        body = await request.read()
        headers = {"Content-Type": request.content_type} if body else {}
        return self._behind.request(request.method, self.engine.url + path, data=body or None, headers=headers)


@contextlib.asynccontextmanager
async def misbehaving(engine: Any, folder: Path) -> AsyncIterator[Misbehaving]:
    """In front of `engine`; its kubeconfig lies in `folder`."""
    proxy = Misbehaving(folder / "misbehaving.kubeconfig", engine)
    await proxy.up()
    try:
        yield proxy
    finally:
        await proxy.close()


def _status(code: int, what: str) -> web.Response:
    message = {401: "Unauthorized", 403: f'{what} is forbidden: User "jane" cannot list resource "{what}"'}
    body = {"kind": "Status", "status": "Failure", "code": code, "message": message.get(code, "no")}
    return web.json_response(body, status=code)


def _kubeconfig(url: str) -> dict[str, Any]:
    return {
        "current-context": "test",
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "jane"}}],
        "clusters": [{"name": "test", "cluster": {"server": url}}],
        "users": [{"name": "jane", "user": {"token": TOKEN}}],
    }
