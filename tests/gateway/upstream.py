"""A model server for tests, on a real socket: it speaks both APIs, does what its scripts say, and keeps what it received.

    async with serving() as upstream:
        upstream.then(refuses(429, retry_after="1"), says("hello"))     # in this order; the last one goes on
        … upstream.url … upstream.received[0].json() … await upstream.received[0].gone.wait()

Without scripts it answers as a model would: by path, and streaming where the request says so.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from . import upstream_words as words

_PHRASES = {200: "OK", 302: "Found", 307: "Temporary Redirect", 429: "Too Many Requests", 500: "Internal Server Error"}
_MOST = 128 << 20  # bytes of a request


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


class Upstream:
    """`received` holds every request whose body has come, `connections` counts those that were accepted."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.scripts: list[Script] = []
        self.url = ""
        self.port = 0
        self.connections = 0
        self._open: set[asyncio.Task[None]] = set()
        self._arrived = asyncio.Condition()

    def then(self, *scripts: Script) -> Upstream:
        """What the next requests get, one script each; the last one stays."""
        self.scripts.extend(scripts)
        return self

    async def until(self, count: int, seconds: float = 20.0) -> list[Received]:
        """The requests, once `count` have come."""
        async with asyncio.timeout(seconds), self._arrived:
            await self._arrived.wait_for(lambda: len(self.received) >= count)
        return self.received

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        self.connections += 1
        number = self.connections
        try:
            while (received := await _read(reader, number)) is not None:
                self.received.append(received)
                async with self._arrived:
                    self._arrived.notify_all()
                if not await self._answer(received, reader, writer):
                    break
        except (ConnectionError, asyncio.CancelledError, TimeoutError):
            pass
        finally:
            self._open.discard(task)
            writer.transport.abort()

    async def close(self) -> None:
        """Cut every connection that is open."""
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _answer(self, received: Received, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Run the next script, watching for a peer that goes; whether the connection can be used again."""
        script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0] if self.scripts else answers()
        turn = Turn(received, writer)
        running = asyncio.ensure_future(script(turn))
        watching = asyncio.ensure_future(reader.read(1))
        try:
            await asyncio.wait({running, watching}, return_when=asyncio.FIRST_COMPLETED)
            lost = running.done() and isinstance(running.exception(), ConnectionError)
            if lost or not running.done():
                received.gone_at = time.monotonic()
                received.gone.set()
                return False
            running.result()
            received.answered = True
            return not turn.close_after and not watching.done()
        finally:
            for task in (running, watching):
                task.cancel()
            await asyncio.gather(running, watching, return_exceptions=True)


async def _read(reader: asyncio.StreamReader, connection: int) -> Received | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return None
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    size = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
    try:
        body = await reader.readexactly(min(size, _MOST))
    except asyncio.IncompleteReadError:
        return None
    return Received(method, path, headers, body, connection)


@contextlib.asynccontextmanager
async def serving(tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> AsyncIterator[Upstream]:
    """A server on a free port; its `url` ends with /v1."""
    upstream = Upstream()
    server = await asyncio.start_server(upstream.handle, host, 0, ssl=tls, limit=1 << 20)
    upstream.port = server.sockets[0].getsockname()[1]
    upstream.url = f"{'https' if tls else 'http'}://{'localhost' if tls else host}:{upstream.port}/v1"
    try:
        yield upstream
    finally:
        server.close()
        await upstream.close()
        await server.wait_closed()


# ---- what a script can be ----


def answers(
    text: str = "Hello, world.",
    *,
    chunks: list[str] | None = None,
    calls: list[tuple[str, str]] | None = None,
    usage: tuple[int, int] = words.USAGE,
    delay: float = 0.0,
    cut_after: int | None = None,
) -> Script:
    """As a model: in the API of the path, whole or streaming as asked. A stream says `chunks` (by default the words of `text`),
    `delay` seconds apart, and is cut after `cut_after` events. `calls` are tool calls: (name, arguments as JSON text)."""
    spoken = chunks if chunks is not None else [part + " " for part in text.split(" ")[:-1]] + text.split(" ")[-1:]
    spoken = [part for part in spoken if part]

    async def script(turn: Turn) -> None:
        received, asked = turn.received, turn.received.asked
        model = str(asked.get("model", "none"))
        if asked.get("stream"):
            speak = words.anthropic_stream if received.anthropic else words.openai_stream
            await _stream(turn, speak(model, spoken, usage, calls), delay, cut_after)
        elif received.path.endswith("/embeddings"):
            given = asked.get("input")
            await _whole(turn, words.embeddings(model, len(given) if isinstance(given, list) else 1, usage[0]))
        elif received.path.endswith("/models"):
            await _whole(turn, words.models(["small", "large"]))
        else:
            say = words.anthropic_message if received.anthropic else words.openai_chat
            await _whole(turn, say(model, "".join(spoken), usage, calls))

    return script


def says(body: bytes, status: int = 200, content_type: str | None = "application/json", **headers: str) -> Script:
    """These bytes: malformed JSON, a wrong content type, an empty body, whatever a test needs."""

    async def script(turn: Turn) -> None:
        await _whole(turn, body, status, content_type, **headers)

    return script


def refuses(status: int, message: str = "no", **headers: str) -> Script:
    """An error of this status in the API's own shape (429 with retry_after="1", 500, 503 …)."""

    async def script(turn: Turn) -> None:
        await _whole(turn, words.error(turn.received.path, message), status, **headers)

    return script


def streams(*pieces: bytes, delay: float = 0.0, cut: bool = False, hold: asyncio.Event | None = None) -> Script:
    """Server-sent events of these bytes, valid or not; cut in the middle, or held open until `hold` is set."""

    async def script(turn: Turn) -> None:
        await _stream(turn, list(pieces), delay, len(pieces) if cut else None, hold)

    return script


def hangs(before: bytes = b"") -> Script:
    """Sends `before` (part of a header, or nothing) and then nothing more, until its peer goes."""

    async def script(turn: Turn) -> None:
        await turn.raw(before)
        await asyncio.Event().wait()

    return script


def hangs_in_body(body: bytes = b'{"id":', content_type: str = "application/json") -> Script:
    """A header and the beginning of a body, then nothing more."""

    async def script(turn: Turn) -> None:
        await turn.head(content_type=content_type)
        await turn.chunk(body)
        await asyncio.Event().wait()

    return script


def drips(data: bytes, delay: float) -> Script:
    """These bytes (header and all) one by one."""

    async def script(turn: Turn) -> None:
        for at in range(len(data)):
            await turn.raw(data[at : at + 1])
            await asyncio.sleep(delay)
        turn.cut()

    return script


def huge(mib: int, content_type: str = "application/json") -> Script:
    """A body of so many MiB."""

    async def script(turn: Turn) -> None:
        await turn.head(content_type=content_type)
        for _ in range(mib):
            await turn.chunk(b" " * (1 << 20))
        await turn.end()

    return script


def hangs_up(after: bytes = b"") -> Script:
    """Closes the connection without an answer, or after these bytes of one."""

    async def script(turn: Turn) -> None:
        await turn.raw(after)
        turn.cut()

    return script


def cut_in_body(body: bytes = b'{"id":"chatcmpl-1","choices":[') -> Script:
    """An answer that promises more than it sends."""

    async def script(turn: Turn) -> None:
        await turn.head(content_length=str(len(body) + 100))
        await turn.raw(body)
        turn.cut()

    return script


def redirects(to: str, status: int = 307) -> Script:
    """Sends its caller elsewhere."""
    return says(b"", status, None, location=to)


def echoes() -> Script:
    """Says what it received, as a chat answer whose text is JSON: method, path, headers, body."""

    async def script(turn: Turn) -> None:
        received = turn.received
        text = json.dumps(
            {"method": received.method, "path": received.path, "headers": received.headers, "body": received.asked}
        )
        await answers(text, chunks=[text])(turn)

    return script


async def _whole(
    turn: Turn, body: bytes, status: int = 200, content_type: str | None = "application/json", **more: str
) -> None:
    await turn.head(status, content_type, content_length=str(len(body)), **more)
    await turn.raw(body)


async def _stream(
    turn: Turn, pieces: list[bytes], delay: float, cut_after: int | None, hold: asyncio.Event | None = None
) -> None:
    await turn.head(content_type="text/event-stream")
    for number, piece in enumerate(pieces):
        if number == cut_after:
            break
        await turn.chunk(piece)
        await asyncio.sleep(delay)
    if hold is not None:
        await hold.wait()
    if cut_after is not None:
        turn.cut()
        return
    await turn.end()
