"""An API server written by hand that can misbehave: it answers each request with the next answer it was told."""

from __future__ import annotations

import json
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Seen:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: list[tuple[str, str]]
    body: bytes
    peer_certificate: dict[str, Any] | None

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]


@dataclass
class Api:
    """`answers` are used in order; the last one is used again and again."""

    answers: list[Answer] = field(default_factory=list)
    by_path: dict[str, Answer] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    url: str = ""

    def then(self, *answers: Answer) -> Api:
        self.answers.extend(answers)
        return self

    async def handle(self, request: web.Request) -> web.StreamResponse:
        transport = request.transport
        secure = transport.get_extra_info("ssl_object") if transport else None
        self.seen.append(
            Seen(
                request.method,
                request.path,
                dict(request.query),
                list(request.headers.items()),
                await request.read(),
                secure.getpeercert() if secure else None,
            )
        )
        if request.path in self.by_path:
            return await self.by_path[request.path](request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return await answer(request)


async def serve(api: Api, tls: ssl.SSLContext | None = None) -> web.AppRunner:
    """Serve on a free loopback port; `api.url` says where."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", api.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    port = runner.addresses[0][1]
    api.url = f"https://localhost:{port}" if tls else f"http://127.0.0.1:{port}"
    return runner


def says(document: Any, status: int = 200, **headers: str) -> Answer:
    """A JSON answer. In header names `_` stands for `-`."""
    return says_text(json.dumps(document), status, content_type="application/json", **headers)


def says_text(text: str | bytes, status: int = 200, content_type: str = "text/plain", **headers: str) -> Answer:
    """An answer of this text."""

    async def answer(request: web.Request) -> web.StreamResponse:
        body = text if isinstance(text, bytes) else text.encode()
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(body=body, status=status, content_type=content_type, headers=names)

    return answer


def refuses(code: int, message: str = "no", reason: str = "", **headers: str) -> Answer:
    """A metav1.Status."""
    status = {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "message": message,
        "reason": reason,
        "code": code,
    }
    return says(status, code, **headers)


def page(kind: str, items: Any, version: str = "100", token: str = "") -> Answer:
    """One page of a list."""
    metadata = {"resourceVersion": version, **({"continue": token} if token else {})}
    return says({"kind": kind, "apiVersion": "v1", "metadata": metadata, "items": items})


def pod(name: str, **more: Any) -> dict[str, Any]:
    """A pod as a list shows it: without apiVersion and kind."""
    return {"metadata": {"name": name, "namespace": "default", "resourceVersion": "7"}, **more}


def frame(kind: str, item: Any) -> bytes:
    """One line of a watch."""
    return json.dumps({"type": kind, "object": item}).encode() + b"\n"


def streams(*chunks: bytes, cut: bool = False, hold: Awaitable[Any] | None = None) -> Answer:
    """A chunked answer. `cut` breaks the connection instead of ending it; `hold` is awaited before the end."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        for chunk in chunks:
            await response.write(chunk)
        if hold is not None:
            await hold
        if cut and request.transport is not None:
            request.transport.close()
        return response

    return answer


def hangs_up() -> Answer:
    """Closes the connection without an answer."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.transport is not None:
            request.transport.close()
        return web.Response()

    return answer
