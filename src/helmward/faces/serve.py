"""The one ASGI application and the server that carries it."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_network
from pathlib import Path
from typing import NamedTuple

import uvicorn
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response

from helmward.core.errors import DeniedError, HelmwardError, UsageError
from helmward.core.settings import ServerSettings
from helmward.faces.addresses import Network, is_in, is_loopback
from helmward.faces.api.build import build_api
from helmward.faces.api.gate import Message, Receive, Send, answer, source_of
from helmward.faces.api.links import Links
from helmward.faces.cards import sealed
from helmward.faces.console.application import Console
from helmward.faces.hosts import Names
from helmward.faces.mcp.endpoint import PATH, McpEndpoint
from helmward.faces.models.application import PREFIX, ModelApis
from helmward.faces.room import Room
from helmward.faces.server import BACKLOG, Server, most_connections
from helmward.house import House

_HEALTHY = b'{"status": "ok"}'
_CLEAR = "Without TLS only the proxies named in server.trusted_proxies may connect here; go through one of them."
_NAME = "This server is not called so; name the host in server.names of its settings."
_PAGE = f"""<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Helmward</title>
<h1>Not this name</h1><p>{_NAME}</p></html>
"""
_STOP_WITHIN = 3  # seconds for open requests to end


class Application:
    """Dispatches by path: `/healthz` (no token, tells nothing), `/mcp`, the model APIs under `/v1`, the management API under
    `/api` and its gate, everything else to the console.

    `direct`: whose connections are accepted (None: anybody's); set where TLS ends at a proxy before us. `secure`: browsers come
    over TLS. `names`: what the server is called by who comes with a cookie, or tries passwords; /v1 takes keys alone, /mcp knows
    its own.
    """

    def __init__(
        self, house: House, direct: Sequence[Network] | None = None, secure: bool = False, names: Names | None = None
    ) -> None:
        self.closing = asyncio.Event()
        links = Links()
        self._api = build_api(house, self.closing, links)
        self._console = Console(house, self._api, links, self.closing, secure)
        self._models = ModelApis(house)
        self._mcp = McpEndpoint(house, self.closing) if house.loaded.settings.mcp.enabled else None
        self._direct, self._names = direct, names or Names()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """ASGI 3."""
        if scope["type"] == "http" and not self._welcome(scope):
            await answer(403, _CLEAR, DeniedError.exit_code)(scope, receive, send)
        elif scope["type"] == "http" and scope["path"].startswith(PREFIX):
            await self._models(scope, receive, send)
        elif scope["type"] == "http" and scope["path"] == "/healthz":
            await Response(_HEALTHY, media_type="application/json")(scope, receive, send)
        elif scope["type"] == "http" and scope["path"] == PATH and self._mcp is not None:
            await self._mcp(scope, receive, send)
        elif scope["type"] == "http" and not self._names.knows(scope):
            await _misdirected(scope)(scope, receive, send)
        elif scope["type"] == "http" and scope["path"] != PATH and not scope["path"].startswith("/api/"):
            await self._console(scope, receive, send)
        else:
            await self._api(scope, receive, send)

    async def close(self) -> None:
        """End what runs beside requests."""
        await self._console.close()
        if self._mcp is not None:
            await self._mcp.close()

    def _welcome(self, scope: Message) -> bool:
        if self._direct is None:
            return True
        peer = source_of(scope)
        return is_loopback(peer) or is_in(peer, self._direct)


class Address(NamedTuple):
    """Where the server listens: a bound socket and the URL that reaches it."""

    socket: socket.socket
    url: str


def bind(server: ServerSettings) -> Address:
    """Listen where the settings say. Raises UsageError if that is beyond loopback without TLS or a declared proxy, or
    if certificate or key cannot be used, HelmwardError if the port cannot."""
    secure = _check_tls(server)
    if not _is_here(server.listen) and not secure and not _networks(server):
        raise UsageError(
            f"Listening on {server.listen} would send tokens in the clear: set server.tls_cert and server.tls_key, "
            "or name the proxy that ends TLS in server.trusted_proxies."
        )
    family = socket.AF_INET6 if ":" in server.listen else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((server.listen, server.port))
        listener.listen(BACKLOG)  # now: two sockets can be bound to one port until one of them listens
    except OSError as error:
        listener.close()
        raise HelmwardError(
            f"Port {server.port} on {server.listen} cannot be used ({error.strerror}); "
            "stop what holds it, or choose another with --port."
        ) from None
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(server.listen, server.listen)  # noqa: S104 - replaced
    host = f"[{host}]" if ":" in host else host
    return Address(listener, f"{'https' if secure else 'http'}://{host}:{listener.getsockname()[1]}")


@asynccontextmanager
async def serving(house: House, server: ServerSettings, address: Address) -> AsyncIterator[None]:
    """Serve until the block is left."""
    clear = server.tls_cert is None and not _is_here(server.listen)
    networks = _networks(server)
    application = Application(
        house,
        networks if clear else None,
        secure=server.tls_cert is not None or bool(networks),
        names=Names(server.names, lambda peer: is_in(peer, networks)),
    )
    config = uvicorn.Config(
        application,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # we look at who is connected, never at who is said to be behind
        ws="none",
        ssl_certfile=server.tls_cert,
        ssl_keyfile=server.tls_key,
        timeout_graceful_shutdown=_STOP_WITHIN,
    )
    runner = Server(config, Room(most_connections()))
    task = asyncio.create_task(runner.serve([address.socket]))
    ready = asyncio.create_task(runner.ready.wait())
    try:
        await asyncio.wait([task, ready], return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
            raise HelmwardError(f"The server at {address.url} did not start; see the log in the data folder.")
        yield
    finally:
        application.closing.set()
        runner.should_exit = True
        ready.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await application.close()


@asynccontextmanager
async def card(folder: Path, url: str, token: str, key_dir: Path) -> AsyncIterator[None]:
    """Leave `server.json` in the data folder for the commands of the same user, as long as the server runs (cards.py)."""
    path = folder / "server.json"
    fresh = folder / f".server.json.{os.getpid()}"
    try:
        fresh.unlink(missing_ok=True)
        # Exclusive: the token goes into no file that somebody else put there, nor through a link.
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(sealed(key_dir, url, token, os.getpid()))
        fresh.replace(path)
    except OSError as error:
        raise HelmwardError(
            f"{path} cannot be written ({error.strerror}); free some space or mend the folder."
        ) from None
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _misdirected(scope: Message) -> Response:
    """For a person, a page; for a program, what the API answers."""
    if "text/html" not in Headers(scope=scope).get("accept", ""):
        return answer(421, _NAME, DeniedError.exit_code)
    headers = {"Content-Security-Policy": "default-src 'none'", "Cache-Control": "no-store"}
    return HTMLResponse(_PAGE, 421, headers)


def _is_here(host: str) -> bool:
    return host == "localhost" or is_loopback(host)


def _networks(server: ServerSettings) -> list[Network]:
    try:
        return [ip_network(proxy, strict=False) for proxy in server.trusted_proxies]
    except ValueError as error:
        raise UsageError(
            f"server.trusted_proxies takes IP addresses or networks such as 10.0.0.0/8: {error}."
        ) from None


def _check_tls(server: ServerSettings) -> bool:
    if server.tls_cert is None or server.tls_key is None:
        return False
    try:
        # The password is never asked for: a server has no terminal.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(server.tls_cert, server.tls_key, password=lambda: "")
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise UsageError(
            f"server.tls_cert {server.tls_cert} and server.tls_key {server.tls_key} cannot be used ({error}); "
            "they must be a PEM certificate chain and its private key, without a password."
        ) from None
    return True
