"""The management API, called in process with the token of who is signed in: what it refuses, the console refuses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote, unquote, urlencode

import msgspec

from helmward.core.errors import HelmwardError
from helmward.faces.api.gate import App, Message

PREFIX = "/api/v1"


class ApiError(HelmwardError):
    """The API's refusal: its sentence, and its HTTP `status`."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


class Pieces:
    """The body of an answer as it comes; `headers` are the answer's, by their names in lower case."""

    def __init__(self, headers: Mapping[str, str], pieces: AsyncIterator[bytes]) -> None:
        self.headers, self._pieces = headers, pieces

    def __aiter__(self) -> AsyncIterator[bytes]:
        """The pieces, once."""
        return self._pieces


class Api:
    """One signed-in caller's way to the API. `source`: the address that they are connected from."""

    def __init__(self, app: App, token: str, source: str) -> None:
        self._app, self._token, self._source = app, token, source

    async def get(self, path: str, **query: Any) -> Any:
        """GET: `path` below /api/v1, each part of it from elsewhere by `part`; a query's None is left out. Raises ApiError."""
        return await self.call("GET", path, None, query)

    async def post(self, path: str, body: Mapping[str, Any] | None = None, **query: Any) -> Any:
        """POST with a JSON body. Raises ApiError."""
        return await self.call("POST", path, body, query)

    async def call(self, method: str, path: str, body: Mapping[str, Any] | None, query: Mapping[str, Any]) -> Any:
        """Any method. The answer's JSON; None where it has no body. Raises ApiError."""
        status, data = await self.raw(method, path, body, query)
        if status >= 400:
            said = _said(data)
            raise ApiError(said or f"The API answered {status}; server.log in the data folder says more.", status)
        return msgspec.json.decode(data) if data else None

    async def raw(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, query: Mapping[str, Any] | None = None
    ) -> tuple[int, bytes]:
        """The answer's status and its whole body."""
        answer = _Answer()
        await self._app(self._scope(method, path, query or {}), _request(body), answer.take)
        return answer.status, bytes(answer.body)

    @asynccontextmanager
    async def stream(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, seen: str = "", **query: Any
    ) -> AsyncIterator[Pieces]:
        """The pieces of an answer that goes on (server-sent events, exports); leaving the block ends it. `seen` is the id of the
        last event that the browser had. Raises ApiError."""
        scope = self._scope(method, path, query)
        if seen:
            scope["headers"].append((b"last-event-id", seen.encode("latin-1", "replace")))
        running = _Running(self._app, scope, body)
        try:
            headers = await running.begun()
            yield Pieces(headers, running.pieces())
        finally:
            await running.end()

    def _scope(self, method: str, path: str, query: Mapping[str, Any]) -> Message:
        given = {name: _text(value) for name, value in query.items() if value is not None and value != ""}
        full = PREFIX + path
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(full),
            "raw_path": full.encode(),
            "root_path": "",
            "query_string": urlencode(given).encode(),
            "headers": [
                (b"authorization", f"Bearer {self._token}".encode()),
                (b"content-type", b"application/json"),
                (b"host", b"console"),
            ],
            "client": (self._source, 0),
            "server": ("console", 0),
        }


def part(text: str) -> str:
    """One part of a path, whatever stands in it."""
    return quote(text, safe="")


class _Answer:
    def __init__(self) -> None:
        self.status, self.body = 500, bytearray()

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.body += message.get("body", b"")


class _Running:
    """An answer whose pieces are handed over one by one: the API waits until one is taken."""

    def __init__(self, app: App, scope: Message, body: Mapping[str, Any] | None) -> None:
        self._queue: asyncio.Queue[Message | None] = asyncio.Queue(1)
        self._gone, self._first = asyncio.Event(), _request(body)
        self._sent = False
        self._task = asyncio.create_task(self._run(app, scope))

    async def begun(self) -> dict[str, str]:
        """The answer's headers. Raises ApiError."""
        start = await self._queue.get()
        if start is None:
            await self._task  # raises what kept it from answering
            return {}
        if start["status"] < 400:
            return {name.decode().lower(): value.decode() for name, value in start["headers"]}
        data = b"".join([piece async for piece in self.pieces()])
        raise ApiError(_said(data) or f"The API answered {start['status']}.", start["status"])

    async def pieces(self) -> AsyncIterator[bytes]:
        while (message := await self._queue.get()) is not None:
            if piece := message.get("body", b""):
                yield piece
        await self._task  # what broke off must not look whole

    async def end(self) -> None:
        self._gone.set()
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self, app: App, scope: Message) -> None:
        try:
            await app(scope, self._receive, self._queue.put)
        finally:
            if not self._gone.is_set():
                await self._queue.put(None)

    async def _receive(self) -> Message:
        if not self._sent:
            self._sent = True
            first: Message = await self._first()
            return first
        await self._gone.wait()
        return {"type": "http.disconnect"}


def _request(body: Mapping[str, Any] | None) -> Any:
    sent = False

    async def receive() -> Message:
        nonlocal sent
        if sent:
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": b"" if body is None else msgspec.json.encode(body), "more_body": False}

    return receive


def _text(value: Any) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def _said(data: bytes) -> str:
    try:
        return str(msgspec.json.decode(data)["error"])
    except (msgspec.DecodeError, KeyError, TypeError, UnicodeDecodeError):
        return ""
