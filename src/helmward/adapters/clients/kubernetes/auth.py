"""Who we say we are, request by request: tokens that rotate, exec plugins that expire, impersonation."""

from __future__ import annotations

import asyncio
import os
import ssl
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote

from helmward.adapters.clients.kubernetes.connection import Connection, Impersonation
from helmward.adapters.clients.kubernetes.exec_plugin import Printed, run_plugin
from helmward.adapters.clients.kubernetes.tls import tls_context
from helmward.core.cluster import Unauthorized
from helmward.core.errors import UnreadableError, UsageError
from helmward.core.times import parse_time

_TOKEN_FILE_SECONDS = 60.0  # as client-go re-reads it; a bound token lives at least ten minutes


@dataclass(frozen=True, slots=True)
class Login:
    """What one request carries. `turn` counts how often credentials were fetched anew."""

    headers: tuple[tuple[str, str], ...] = field(repr=False)
    tls: ssl.SSLContext | None
    turn: int


class Credentials:
    """The credentials of one connection. Of several the first counts: token, password, exec plugin."""

    def __init__(
        self,
        connection: Connection,
        env: Mapping[str, str] = os.environ,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        plugin_timeout: float = 60.0,
    ) -> None:
        self._connection = connection
        self._env, self._clock, self._now = env, clock, now
        self._plugin_timeout = plugin_timeout
        self._fixed = _fixed_headers(connection)
        self._tls = tls_context(connection) if connection.server.startswith("https://") else None
        self._lock = asyncio.Lock()
        self._login: Login | None = None
        self._fresh: Callable[[], bool] = lambda: False
        self._turn = 0
        self._last_token = connection.token

    async def login(self) -> Login:
        """What to send now. Raises Unauthorized where it cannot be had."""
        async with self._lock:
            if self._login is None or not self._fresh():
                self._turn += 1
                self._login = await self._fetch()
            return self._login

    def refused(self, login: Login) -> bool:
        """The server said 401 to `login`. True if asking again for a login may give other credentials."""
        connection = self._connection
        renewable = connection.token_file is not None or (connection.exec_plugin is not None and not self._fixed_user)
        if renewable and self._login is login:
            self._login = None
        return renewable

    @property
    def _fixed_user(self) -> bool:
        return bool(self._connection.token or self._connection.username)

    async def _fetch(self) -> Login:
        connection = self._connection
        if connection.token_file is not None:
            return self._from_token_file()
        if connection.exec_plugin is not None and not self._fixed_user:
            printed = await run_plugin(connection, connection.exec_plugin, self._env, self._plugin_timeout)
            return self._from_plugin(printed)
        self._fresh = lambda: True
        if connection.token:
            return self._bearing(connection.token)
        return Login(self._fixed, self._tls, self._turn)

    def _from_token_file(self) -> Login:
        until = self._clock() + _TOKEN_FILE_SECONDS
        self._fresh = lambda: self._clock() < until
        file = self._connection.token_file
        assert file is not None
        try:
            self._last_token = file.read_text("ascii").strip() or self._last_token
        except (OSError, UnicodeDecodeError) as error:
            if not self._last_token:
                raise Unauthorized(
                    f"The token of the user '{self._connection.user}' cannot be read from {file}: {error}."
                ) from None
        return self._bearing(self._last_token)

    def _from_plugin(self, printed: Printed) -> Login:
        expires = parse_time(printed.expires)
        self._fresh = lambda: expires is None or self._now() < expires
        tls = self._tls
        if printed.certificate and tls is not None:
            try:
                tls = tls_context(self._connection, printed.certificate, printed.key)
            except UnreadableError as error:
                raise Unauthorized(str(error)) from None
        return self._bearing(printed.token, tls) if printed.token else Login(self._fixed, tls, self._turn)

    def _bearing(self, token: str, tls: ssl.SSLContext | None = None) -> Login:
        if not (token.isascii() and token.isprintable()):
            raise Unauthorized(f"The token of the user '{self._connection.user}' is not one line of ASCII text.")
        return Login((*self._fixed, ("Authorization", f"Bearer {token}")), tls or self._tls, self._turn)


def _fixed_headers(connection: Connection) -> tuple[tuple[str, str], ...]:
    headers: list[tuple[str, str]] = []
    if connection.username and not connection.token and connection.token_file is None:
        pair = f"{connection.username}:{connection.password}".encode()
        headers.append(("Authorization", "Basic " + b64encode(pair).decode()))
    if connection.impersonate is not None:
        headers.extend(_impersonation_headers(connection.impersonate))
    if not all(value.isprintable() for _, value in headers):
        raise UsageError(f"The user '{connection.user}' impersonates a name with control characters; mend it.")
    return tuple(headers)


def _impersonation_headers(who: Impersonation) -> list[tuple[str, str]]:
    """kubernetes.io/docs: User impersonation. Extra keys are percent-encoded, as client-go does."""
    headers = [("Impersonate-User", who.user)]
    if who.uid:
        headers.append(("Impersonate-Uid", who.uid))
    headers.extend(("Impersonate-Group", group) for group in who.groups)
    for key, values in who.extra.items():
        headers.extend((f"Impersonate-Extra-{quote(key, safe='')}", value) for value in values)
    return headers
