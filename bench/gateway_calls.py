"""The callers of bench/gateway.py: plain HTTP over sockets that stay open, each request of about 0.6 KB and of other words."""

from __future__ import annotations

import asyncio
import json
import random
import time
from urllib.parse import urlsplit

from bench.measure import loop_of_the_server

_WORDS = [
    "the",
    "payment",
    "service",
    "restarts",
    "because",
    "its",
    "probe",
    "fails",
    "on",
    "the",
    "third",
    "try",
    "and",
    "nobody",
    "changed",
    "the",
    "deployment",
    "since",
    "monday",
    "while",
    "the",
    "node",
    "pool",
    "grows",
    "and",
    "the",
    "queue",
    "in",
    "front",
    "of",
    "it",
    "holds",
    "requests",
    "for",
    "longer",
    "than",
    "the",
    "timeout",
    "allows",
]


def called(url: str, token: str, callers: str, seconds: str, rate: str, stream: str) -> dict[str, float]:
    """Call for so many seconds: as fast as it goes, or at `rate` requests a second (0: as fast as it goes)."""
    return loop_of_the_server(_call(url, token, int(callers), float(seconds), float(rate), stream == "stream"))


async def _call(url: str, token: str, callers: int, seconds: float, rate: float, stream: bool) -> dict[str, float]:
    taken: list[float] = []
    place = urlsplit(url)
    started = time.perf_counter()
    until = started + seconds

    async def caller(number: int) -> int:
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        chance, done = random.Random(number), 0
        pause = callers / rate if rate else 0.0
        due = time.perf_counter() + pause * chance.random()
        while time.perf_counter() < until:
            if pause:
                due += pause * 2 * chance.random()
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
            request = _request(place.netloc, f"{place.path}/chat/completions", token, chance, stream)
            began = time.perf_counter()
            writer.write(request)
            await _answer(reader)
            taken.append(time.perf_counter() - began)
            done += 1
        writer.close()
        return done

    counts = await asyncio.gather(*(caller(number) for number in range(callers)))
    wall = time.perf_counter() - started
    taken.sort()
    return {
        "calls": sum(counts),
        "rate": sum(counts) / wall,
        "p50": taken[len(taken) // 2],
        "p99": taken[int(len(taken) * 0.99)],
    }


def _request(host: str, path: str, token: str, chance: random.Random, stream: bool) -> bytes:
    text = " ".join(chance.choices(_WORDS, k=70))
    body = json.dumps(
        {
            "model": "bench",
            "messages": [
                {"role": "system", "content": "You are a helpful assistant of an operations team."},
                {"role": "user", "content": text},
            ],
            "max_tokens": 100,
            "stream": stream,
        },
        separators=(",", ":"),  # as the SDKs send it (httpx)
    ).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
    )
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def _answer(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise SystemExit(f"The server answered {head[:60]!r}.")
    lower = head.lower()
    at = lower.find(b"content-length:")
    if at >= 0:
        await reader.readexactly(int(lower[at + 15 : lower.index(b"\r\n", at)]))
        return
    while True:
        size = int(await reader.readuntil(b"\r\n"), 16)
        await reader.readexactly(size + 2)
        if size == 0:
            return
