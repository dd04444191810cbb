"""What the tests' model server can do with a request."""

from __future__ import annotations

import asyncio
import json

from . import upstream_words as words
from .upstream_turn import Script, Turn


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
