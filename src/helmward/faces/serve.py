"""The one ASGI application and the server that carries it."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator, Callable, MutableMapping
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple

import uvicorn

from helmward.core.errors import HelmwardError, UsageError
from helmward.core.settings import ServerSettings
from helmward.faces.api.build import build_api
from helmward.house import House

Scope = MutableMapping[str, Any]
_HEALTHY = b'{"status": "ok"}'
_STOP_WITHIN = 3  # seconds for open streams to end


class Application:
    """Dispatches by path: `/healthz` (no token, tells nothing), `/api/…` to the management API."""

    def __init__(self, house: House) -> None:
        self._api = build_api(house)

    async def __call__(self, scope: Scope, receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        """ASGI 3."""
        if scope["type"] == "http" and scope["path"] == "/healthz":
            headers = [(b"content-type", b"application/json"), (b"content-length", str(len(_HEALTHY)).encode())]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": _HEALTHY})
            return
        await self._api(scope, receive, send)


class Address(NamedTuple):
    """Where the server listens: a bound socket and the URL that reaches it."""

    socket: socket.socket
    url: str


def bind(server: ServerSettings) -> Address:
    """Listen where the settings say. Raises UsageError if that is beyond loopback without TLS or a declared proxy."""
    secure = server.tls_cert is not None and server.tls_key is not None
    if not _is_loopback(server.listen) and not secure and not server.trusted_proxies:
        raise UsageError(
            f"Listening on {server.listen} would send tokens in the clear: set server.tls_cert and server.tls_key, "
            "or name the proxy that ends TLS in server.trusted_proxies."
        )
    family = socket.AF_INET6 if ":" in server.listen else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((server.listen, server.port))
    except OSError as error:
        listener.close()
        raise HelmwardError(
            f"Port {server.port} on {server.listen} cannot be used ({error.strerror}); "
            "stop what holds it, or choose another with --port."
        ) from None
    host = f"[{server.listen}]" if ":" in server.listen else server.listen
    return Address(listener, f"{'https' if secure else 'http'}://{host}:{listener.getsockname()[1]}")


@asynccontextmanager
async def serving(house: House, server: ServerSettings, address: Address) -> AsyncIterator[None]:
    """Serve until the block is left."""
    config = uvicorn.Config(
        Application(house),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(server.trusted_proxies),
        forwarded_allow_ips=list(server.trusted_proxies) or None,
        ssl_certfile=server.tls_cert,
        ssl_keyfile=server.tls_key,
        timeout_graceful_shutdown=_STOP_WITHIN,
    )
    runner = _Server(config)
    task = asyncio.create_task(runner.serve([address.socket]))
    await asyncio.wait([task, asyncio.create_task(runner.ready.wait())], return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        task.result()
        raise HelmwardError(f"The server at {address.url} did not start; see the log in the data folder.")
    try:
        yield
    finally:
        runner.should_exit = True
        await task


class _Server(uvicorn.Server):
    """Signals are the command's business, not uvicorn's; `ready` is set when it serves."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        self.ready.set()

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        """Capture none."""
        return nullcontext()


@asynccontextmanager
async def card(folder: Path, url: str, token: str) -> AsyncIterator[None]:
    """Leave `server.json` in the data folder for the commands of the same user, as long as the server runs."""
    path = folder / "server.json"
    fresh = folder / f".server.json.{os.getpid()}"
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump({"url": url, "token": token, "pid": os.getpid()}, file)
    fresh.replace(path)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
