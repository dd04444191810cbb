"""/mcp as raw ASGI: host, origin, token, size; then the SDK's server, which is loaded with the first request that gets so far."""

from __future__ import annotations

import asyncio
import importlib
from typing import Protocol

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware

from helmward.core.errors import DeniedError, HelmwardError, UsageError
from helmward.door.identity import Refused
from helmward.faces.api.gate import (
    LARGEST_BODY,
    App,
    Message,
    Receive,
    Send,
    TooLarge,
    answer,
    bearer,
    refusal,
    source_of,
)
from helmward.faces.mcp import messages
from helmward.faces.mcp.hosts import Hosts
from helmward.house import House

PATH = "/mcp"
_HOST = "This server is not called so; name the host in mcp.allowed_hosts of its settings."
_ORIGIN = "Pages of this origin may not call; name it in mcp.allowed_origins of the server's settings."
_METHOD = "MCP is spoken here by POST alone: there are no sessions, and no stream of the server's own."


class Service(Protocol):
    """What answers once it is loaded (service.py)."""

    async def handle(self, scope: Message, receive: Receive, send: Send, stream: bool) -> None:
        """ASGI; `stream`: the caller wants to be told of progress."""
        ...

    async def close(self) -> None:
        """End what runs."""
        ...


class McpEndpoint:
    """Made at the start; costs nothing until somebody calls. `closing` is set when the server stops."""

    def __init__(self, house: House, closing: asyncio.Event) -> None:
        self._closing = closing
        settings = house.loaded.settings.mcp
        self._house, self._hosts = house, Hosts(settings, house.loaded.settings.server.names)
        self._next: App = self._admitted
        if settings.allowed_origins:
            # Their browsers ask first, without a token, and read no answer that does not name them.
            self._next = CORSMiddleware(self._admitted, list(settings.allowed_origins), ["POST"], ["*"])
        self._service: asyncio.Task[Service] | None = None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """ASGI 3, for requests at PATH."""
        if not self._hosts.knows_host(scope):
            await answer(421, _HOST, DeniedError.exit_code)(scope, receive, send)
        elif not self._hosts.knows_origin(scope):
            await answer(403, _ORIGIN, DeniedError.exit_code)(scope, receive, send)
        else:
            await self._next(scope, receive, send)

    async def close(self) -> None:
        """End what runs."""
        if self._service is not None:
            await (await self._service).close()

    async def _admitted(self, scope: Message, receive: Receive, send: Send) -> None:
        try:
            state = scope.setdefault("state", {})
            state["actor"] = self._house.identity.check_again(bearer(Headers(scope=scope)), self._house.clock())
            if scope["method"] != "POST":
                await _refuse_method(scope, receive, send)
                return
            body = await _body(scope, receive)
        except HelmwardError as error:
            if isinstance(error, Refused):
                await self._house.people.refused(error, f"{scope['method']} {PATH}", source_of(scope))
            await refusal(error)(scope, receive, send)
            return
        try:
            message = messages.read(body)
        except messages.Malformed as malformed:
            await messages.malformed(malformed)(scope, receive, send)
            return
        service = await self._loaded()
        await service.handle(scope, _again(body, receive), send, stream=message.follows)

    async def _loaded(self) -> Service:
        if self._service is None:
            self._service = asyncio.create_task(self._load())
        return await asyncio.shield(self._service)

    async def _load(self) -> Service:
        # A second of importing, in a thread: whoever is being served meanwhile is not kept waiting for all of it.
        module = await asyncio.to_thread(importlib.import_module, "helmward.faces.mcp.service")
        service: Service = await module.started(self._house, self._closing)
        return service


async def _refuse_method(scope: Message, receive: Receive, send: Send) -> None:
    response = answer(405, _METHOD, UsageError.exit_code)
    response.headers["Allow"] = "POST"
    await response(scope, receive, send)


async def _body(scope: Message, receive: Receive) -> bytes:
    """The whole body. Raises TooLarge as soon as it is."""
    announced = Headers(scope=scope).get("content-length", "0")
    if not announced.isdecimal() or len(announced) > 20 or int(announced) > LARGEST_BODY:
        raise TooLarge
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > LARGEST_BODY:
            raise TooLarge
        more = message.get("more_body", False)
    return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """The body that was read, and then what comes."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
