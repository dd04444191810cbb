"""MCP over stdio: each message goes on to the /mcp of the running server, with the user's token; its answers come back as lines.

A second house is never made. The server keeps no session, so notifications stay here; a cancelled request is hung up on, which
is how the server is told. Framing: modelcontextprotocol.io/specification, Transports, stdio."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp

from helmward.core.errors import HelmwardError
from helmward.faces.cli.server import Server

_VERSION = "io.modelcontextprotocol/protocolVersion"
_NAMED = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
_PLAIN = re.compile(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?")
_PATIENCE = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=180)  # seconds; a call may follow an action
_IDLE = 3.0  # seconds; the server closes what is idle for 5, and a call must not be sent into that
_LAST = 30.0  # seconds for what is still open when the client has said all it has to say
_PARSE_ERROR, _INVALID_REQUEST, _INTERNAL_ERROR = -32700, -32600, -32603  # jsonrpc.org/specification, Error object
_LARGEST_LINE = 1 << 22  # bytes of one line of a stream

Message = dict[str, Any]


class Hung(HelmwardError):
    """The server was not reached, or did not know the token: nothing was done."""


class Bridge:
    """`find` names the server, again where it was started anew; `write` takes one message without its line's end."""

    def __init__(self, find: Callable[[], Server], write: Callable[[bytes], None]) -> None:
        self._find, self._write = find, write
        self._server = find()
        self._revision: str | None = None
        self._open: dict[str | int, asyncio.Task[None]] = {}

    async def run(self, lines: AsyncIterator[bytes]) -> None:
        """Until there are no more lines, and what they asked for is answered."""
        connector = aiohttp.TCPConnector(keepalive_timeout=_IDLE)
        async with aiohttp.ClientSession(timeout=_PATIENCE, read_bufsize=_LARGEST_LINE, connector=connector) as session:
            async for line in lines:
                await self._take(session, line)
            if self._open:
                await asyncio.wait(self._open.values(), timeout=_LAST)
            for task in list(self._open.values()):
                task.cancel()

    async def _take(self, session: aiohttp.ClientSession, line: bytes) -> None:
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            self._fail(None, _PARSE_ERROR, "This line is no JSON.")
            return
        if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
            self._fail(None, _INVALID_REQUEST, "This line is no JSON-RPC message.")
        elif "method" in message and isinstance(message.get("id"), str | int):
            await self._ask(session, message)
        elif message.get("method") == "notifications/cancelled":
            self._cancel((message.get("params") or {}).get("requestId"))

    async def _ask(self, session: aiohttp.ClientSession, message: Message) -> None:
        identity = message["id"]
        task = asyncio.create_task(self._answered(session, message))
        self._open[identity] = task
        task.add_done_callback(lambda _: self._open.pop(identity, None))
        if message["method"] == "initialize":  # all that follows names the revision that is agreed on here
            await asyncio.wait([task])

    def _cancel(self, identity: Any) -> None:
        task = self._open.get(identity) if isinstance(identity, str | int) else None
        if task is not None:
            task.cancel()

    async def _answered(self, session: aiohttp.ClientSession, message: Message) -> None:
        try:
            try:
                await self._send(session, message)
            except Hung:
                known, self._server = self._server, self._find()
                if self._server == known:
                    raise
                await self._send(session, message)
        except HelmwardError as error:
            self._fail(message["id"], _INTERNAL_ERROR, str(error))

    async def _send(self, session: aiohttp.ClientSession, message: Message) -> None:
        """Post it, and write what comes. Raises HelmwardError with a sentence."""
        server = self._server
        headers = {"Authorization": f"Bearer {server.token}", **self._headers(message)}
        try:
            async with session.post(
                f"{server.url}/mcp",
                data=json.dumps(message).encode(),
                headers=headers,
                allow_redirects=False,
                proxy=_proxy(server.url),
            ) as response:
                if response.content_type == "text/event-stream":
                    async for line in response.content:
                        if line.startswith(b"data:") and (data := line[5:].strip()):
                            self._write(data)
                else:
                    self._whole(message, response.status, await response.read())
        except aiohttp.ClientConnectorError as error:
            raise Hung(f"No Helmward server answers at {server.url} ({error.strerror}); start it again.") from None
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            reason = str(error) or type(error).__name__
            raise HelmwardError(f"The server at {server.url} broke off ({reason[:200]}); ask again.") from None

    def _whole(self, message: Message, status: int, body: bytes) -> None:
        """An answer that is no stream: the protocol's own, or a sentence of those who stand before it."""
        try:
            answer = json.loads(body)
        except ValueError:
            raise HelmwardError(f"What answers at {self._server.url} is no Helmward server ({status}).") from None
        if not isinstance(answer, dict) or answer.get("jsonrpc") != "2.0":
            said = str(answer.get("error", status)) if isinstance(answer, dict) else str(status)
            raise (Hung if status == 401 else HelmwardError)(said)
        if message["method"] == "initialize" and "result" in answer:
            self._revision = answer["result"].get("protocolVersion")
        self._write(json.dumps(answer, separators=(",", ":")).encode())

    def _headers(self, message: Message) -> Mapping[str, str]:
        """What the HTTP transport of the message's revision asks for."""
        headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
        params = message.get("params")
        params = params if isinstance(params, dict) else {}
        meta = params.get("_meta")
        revision = meta.get(_VERSION) if isinstance(meta, dict) else None
        if not isinstance(revision, str):
            return headers | ({"MCP-Protocol-Version": self._revision} if self._revision else {})
        headers |= {"MCP-Protocol-Version": _header(revision), "Mcp-Method": _header(str(message["method"]))}
        name = params.get(_NAMED.get(str(message["method"]), ""))
        return headers | ({"Mcp-Name": _header(name)} if isinstance(name, str) else {})

    def _fail(self, identity: str | int | None, code: int, sentence: str) -> None:
        body = {"jsonrpc": "2.0", "id": identity, "error": {"code": code, "message": sentence}}
        self._write(json.dumps(body, separators=(",", ":")).encode())


def _proxy(url: str) -> str | None:
    """The proxy of the environment; none gets to see the token of a server on this machine."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host in ("127.0.0.1", "::1", "localhost") or proxy_bypass(host):
        return None
    return getproxies().get(parts.scheme)


def _header(value: str) -> str:
    """As the transport writes a value that may be no plain text (2026-07-28, Transports, Header values)."""
    if _PLAIN.fullmatch(value) and not value.startswith("=?base64?"):
        return value
    return f"=?base64?{base64.b64encode(value.encode()).decode()}?="
