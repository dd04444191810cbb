"""A model server as fast as Python can be, in a process of its own: canned answers of both APIs, whole or streaming.

`python -m bench.mock_upstream [CHUNKS [DELAY]]` prints its URL and serves until SIGTERM. A stream has CHUNKS pieces of text (20),
DELAY seconds apart (0). It reads of a request what it must: where it ends, its path, and whether it asks for a stream.
"""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sys
from typing import Any

from bench.measure import loop_of_the_server

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_STREAM = re.compile(rb'"stream": *true')
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: "
_TEXT = "The quick brown fox jumps over the lazy dog near the river bank. "


def main() -> None:
    """Serve until SIGTERM; the first line says where."""
    chunks, delay = int(sys.argv[1]) if len(sys.argv) > 1 else 20, float(sys.argv[2]) if len(sys.argv) > 2 else 0.0
    loop_of_the_server(_serve(chunks, delay))


async def _serve(chunks: int, delay: float) -> None:
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    canned = _canned(chunks)
    server = await loop.create_server(lambda: _Peer(canned, delay), "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", flush=True)
    await ended.wait()
    server.close()


class _Peer(asyncio.Protocol):
    """One connection. Requests come one after the other, as clients that do not pipeline send them."""

    def __init__(self, canned: dict[tuple[bytes, bool], list[bytes]], delay: float) -> None:
        self._canned, self._delay = canned, delay
        self._loop = asyncio.get_running_loop()
        self._buffer = b""
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer + data if self._buffer else data
        end = buffer.find(b"\r\n\r\n")
        if end >= 0:
            found = _LENGTH.search(buffer, 0, end)
            size = end + 4 + (int(found[1]) if found else 0)
            if len(buffer) >= size:
                self._buffer = buffer[size:]
                self._answer(
                    buffer[: buffer.index(b"\r\n")].split(b" ")[1], _STREAM.search(buffer, end, size) is not None
                )
                return
        self._buffer = buffer

    def _answer(self, path: bytes, stream: bool) -> None:
        pieces = self._canned.get((path.rpartition(b"/")[2], stream))
        if pieces is None:
            self._transport.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        elif len(pieces) == 1:
            self._transport.write(pieces[0])
        else:
            self._piece(pieces, 0)

    def _piece(self, pieces: list[bytes], at: int) -> None:
        if self._transport.is_closing():
            return
        self._transport.write(pieces[at])
        if at + 1 < len(pieces):
            self._loop.call_later(self._delay, self._piece, pieces, at + 1)


def _canned(chunks: int) -> dict[tuple[bytes, bool], list[bytes]]:
    """By the end of the path and whether a stream is asked for: what is written, piece by piece."""
    return {
        (b"completions", False): [_whole(_OPENAI)],
        (b"completions", True): _streamed(_openai_events(chunks)),
        (b"messages", False): [_whole(_ANTHROPIC)],
        (b"messages", True): _streamed(_anthropic_events(chunks)),
        (b"embeddings", False): [_whole(_EMBEDDINGS)],
        (b"models", False): [
            _whole({"object": "list", "data": [{"id": "mock", "object": "model", "owned_by": "mock"}]})
        ],
    }


_USAGE = {"prompt_tokens": 120, "completion_tokens": 40, "total_tokens": 160}
_OPENAI = {
    "id": "chatcmpl-mock",
    "object": "chat.completion",
    "created": 1,
    "model": "mock",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": _TEXT * 3}, "finish_reason": "stop"}],
    "usage": _USAGE,
}
_ANTHROPIC = {
    "id": "msg_mock",
    "type": "message",
    "role": "assistant",
    "model": "mock",
    "content": [{"type": "text", "text": _TEXT * 3}],
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "usage": {"input_tokens": 120, "output_tokens": 40},
}
_EMBEDDINGS = {
    "object": "list",
    "model": "mock",
    "data": [{"object": "embedding", "index": 0, "embedding": [0.01] * 384}],
    "usage": {"prompt_tokens": 12, "total_tokens": 12},
}


def _openai_events(chunks: int) -> list[bytes]:
    head = {"id": "chatcmpl-mock", "object": "chat.completion.chunk", "created": 1, "model": "mock"}
    deltas: list[dict[str, Any]] = [
        {"role": "assistant", "content": ""},
        *({"content": _word(at)} for at in range(chunks)),
    ]
    events = [{**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    events.append({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    events.append({**head, "choices": [], "usage": _USAGE})
    return [b"data: " + _json(event) + b"\n\n" for event in events] + [b"data: [DONE]\n\n"]


def _anthropic_events(chunks: int) -> list[bytes]:
    message = {**_ANTHROPIC, "content": [], "stop_reason": None, "usage": {"input_tokens": 120, "output_tokens": 1}}
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    ]
    for at in range(chunks):
        delta = {"type": "text_delta", "text": _word(at)}
        events.append({"type": "content_block_delta", "index": 0, "delta": delta})
    stop = {"stop_reason": "end_turn", "stop_sequence": None}
    events += [
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": stop, "usage": {"output_tokens": 40}},
        {"type": "message_stop"},
    ]
    return [b"event: " + event["type"].encode() + b"\ndata: " + _json(event) + b"\n\n" for event in events]


def _word(at: int) -> str:
    words = _TEXT.split(" ")
    return words[at % len(words)] + " "


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _whole(value: Any) -> bytes:
    body = _json(value)
    return _HEAD + b"application/json\r\nContent-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body


def _streamed(events: list[bytes]) -> list[bytes]:
    """Chunked (RFC 9112, 7.1), each event a write of its own."""
    head = _HEAD + b"text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    return [head, *(f"{len(event):x}\r\n".encode() + event + b"\r\n" for event in events), b"0\r\n\r\n"]


if __name__ == "__main__":
    main()
