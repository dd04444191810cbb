"""Which Host and Origin headers may come in: a page in somebody's browser must not reach a server on their machine by a name
that it made point there (DNS rebinding, CVE-2025-66416)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import ip_address

from starlette.datastructures import Headers

from helmward.core.settings_guard import McpSettings
from helmward.faces.api.gate import Message
from helmward.faces.hosts import Names

_LOCAL = ("localhost", "127.0.0.1", "[::1]")


class Hosts:
    """The server's own addresses, and what the settings add to them; `names` are those of the whole server."""

    def __init__(self, settings: McpSettings, names: Sequence[str] = ()) -> None:
        self._names = Names(names)
        self._hosts = frozenset(host.lower() for host in settings.allowed_hosts)
        self._origins = frozenset(origin.lower().rstrip("/") for origin in settings.allowed_origins)

    def knows_host(self, scope: Message) -> bool:
        """Is the request for an address of ours?"""
        host = Headers(scope=scope).get("host", "").lower()
        return host in self._hosts or self._names.declares(host) or host in _of(scope)

    def knows_origin(self, scope: Message) -> bool:
        """Does it come from no page of a browser, or from one that may call?"""
        origin = Headers(scope=scope).get("origin")
        if origin is None:
            return True
        origin = origin.lower()
        return origin in self._origins or origin in {f"{scope['scheme']}://{host}" for host in _of(scope)}


def _of(scope: Message) -> frozenset[str]:
    address, port = scope.get("server") or ("", None)
    return own(address, port, scope["scheme"])


@lru_cache(maxsize=64)
def own(address: str, port: int | None, scheme: str) -> frozenset[str]:
    """The address that a connection came to, as Host headers write it, and this machine's names where it is loopback."""
    try:
        found = ip_address(address)
    except ValueError:
        return frozenset()
    names = {f"[{address}]" if found.version == 6 else address}
    if found.is_loopback:
        names.update(_LOCAL)
    usual = {"http": 80, "https": 443}.get(scheme)
    return frozenset({f"{name}:{port}" for name in names} | (names if port == usual else set()))
