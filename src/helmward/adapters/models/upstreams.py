"""All upstreams of the settings, each with a session of its own."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from helmward.adapters.models.exchange import Exchange
from helmward.adapters.models.keys import read_key
from helmward.adapters.models.line import Line
from helmward.adapters.models.reach import HOSTS
from helmward.core.allowed_hosts import AllowedHosts
from helmward.core.settings_gateway import GatewaySettings, UpstreamSettings


class Upstreams:
    """Implements core.upstreams.Upstreams. Use inside `async with`, from one event loop.

    No proxy of the environment is used and no redirect followed; TLS is verified. Keys are read here, once: raises UsageError
    where one is missing or an authority's file cannot be used. `hosts` is the hosts file of an air-gapped gateway.
    """

    def __init__(self, settings: GatewaySettings, env: Mapping[str, str] = os.environ, hosts: Path = HOSTS) -> None:
        allowed = AllowedHosts(settings.allowed_hosts) if settings.air_gapped else None
        self._lines = {
            upstream.name: Line(upstream, read_key(upstream, env), allowed, hosts) for upstream in settings.upstreams
        }

    async def __aenter__(self) -> Upstreams:
        for line in self._lines.values():
            line.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for line in self._lines.values():
            await line.close()

    def post(
        self,
        upstream: UpstreamSettings,
        path: str,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        seconds: float | None = None,
    ) -> Exchange:
        """See core.upstreams.Upstreams."""
        return Exchange(self._lines[upstream.name], "POST", path, body, headers, seconds)

    def get(self, upstream: UpstreamSettings, path: str, seconds: float | None = None) -> Exchange:
        """See core.upstreams.Upstreams."""
        return Exchange(self._lines[upstream.name], "GET", path, None, None, seconds)
