"""The line to one upstream: its session, its key, its times."""

from __future__ import annotations

import io
import ssl
from collections.abc import Mapping
from pathlib import Path

import aiohttp
from aiohttp.resolver import ThreadedResolver
from yarl import URL

import helmward
from helmward.adapters.models.keys import ANTHROPIC_VERSION, Key
from helmward.adapters.models.reach import HostsFile, gate
from helmward.core.allowed_hosts import AllowedHosts
from helmward.core.errors import UsageError
from helmward.core.settings_gateway import UpstreamSettings

_KEPT_ALIVE = 4.0  # seconds; uvicorn, on which vLLM runs, closes after 5, and a call must not meet that moment
_LARGE = 1 << 20  # bytes; aiohttp wants to be given larger bodies as files
_HEADER_BYTES = 8 << 10
_OF_THE_API = frozenset({"anthropic-version", "anthropic-beta", "openai-beta"})


class _Cut(aiohttp.ClientResponse):
    """An answer that is closed before its end drops its connection at once. aiohttp would first wait until all of the request
    is sent, which a server that does not read can put off for ever."""

    def close(self) -> None:
        connection = self.connection  # None: the answer is at its end, and the connection is kept
        if connection is not None and connection.transport is not None:
            connection.transport.abort()
        super().close()


class Line:
    """Sends to one upstream. `open` it on the event loop, and `close` it."""

    def __init__(self, upstream: UpstreamSettings, key: Key, allowed: AllowedHosts | None, hosts: Path) -> None:
        self.upstream = upstream
        self.key = key
        self._allowed, self._hosts = allowed, hosts
        self._base = upstream.url.rstrip("/")
        self._urls: dict[str, URL] = {}
        self._times = self._patience(upstream.total_seconds)
        self._tls = _trust(upstream)
        self._session: aiohttp.ClientSession | None = None

    def open(self) -> None:
        """Make the session; no connection is made yet."""
        host = URL(self._base).host or ""
        resolver = ThreadedResolver() if self._allowed is None else HostsFile(self._allowed, self._hosts)
        connector = aiohttp.TCPConnector(
            limit=0,  # how many calls run at once is the caller's to say
            keepalive_timeout=_KEPT_ALIVE,
            ssl=self._tls,
            resolver=resolver,
            use_dns_cache=self._allowed is None,
            socket_factory=gate(host, self._allowed),
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=self._fixed_headers(),
            timeout=self._times,
            response_class=_Cut,
            auto_decompress=False,
            trust_env=False,
            max_line_size=_HEADER_BYTES,
            max_field_size=_HEADER_BYTES,
        )

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()

    async def send(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str] | None, seconds: float | None
    ) -> aiohttp.ClientResponse:
        """Send, and give the answer once its header is there. Raises what aiohttp raises."""
        if self._session is None:
            raise RuntimeError("use the upstreams inside `async with`")
        times = self._times
        if seconds is not None and seconds < self.upstream.total_seconds:
            times = self._patience(max(seconds, 0.001))  # 0 would be no limit
        return await self._session.request(
            method,
            self._url(path),
            data=io.BytesIO(body) if body is not None and len(body) >= _LARGE else body,
            headers=_passed_on(headers),
            allow_redirects=False,
            timeout=times,
        )

    def _url(self, path: str) -> URL:
        url = self._urls.get(path)
        if url is None:
            url = self._urls[path] = URL(self._base + path)
        return url

    def _fixed_headers(self) -> dict[str, str]:
        version = {"anthropic-version": ANTHROPIC_VERSION} if self.upstream.api == "anthropic" else {}
        return {
            "User-Agent": f"helmward/{helmward.__version__}",
            "Accept": "application/json, text/event-stream",
            "Accept-Encoding": "identity",
            "Content-Type": "application/json",
            **version,
            **self.key.headers(self.upstream.api),
        }

    def _patience(self, total: float) -> aiohttp.ClientTimeout:
        upstream = self.upstream
        return aiohttp.ClientTimeout(
            total=total, connect=upstream.connect_seconds, sock_read=upstream.first_byte_seconds
        )


def _passed_on(headers: Mapping[str, str] | None) -> dict[str, str] | None:
    if not headers:
        return None
    return {name: value for name, value in headers.items() if name.lower() in _OF_THE_API and value.isprintable()}


def _trust(upstream: UpstreamSettings) -> ssl.SSLContext | bool:
    """Whom we believe. True is aiohttp's own: the system's authorities, host names checked."""
    if upstream.ca_file is None:
        return True
    try:
        return ssl.create_default_context(cafile=upstream.ca_file)
    except OSError as error:  # ssl.SSLError is an OSError
        why = error.strerror or "it holds no certificate"
        raise UsageError(
            f"The `ca_file` of the upstream '{upstream.name}', {upstream.ca_file}, cannot be used: {why}."
        ) from None
