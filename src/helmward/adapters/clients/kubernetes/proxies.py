"""Which proxy a request goes through: the kubeconfig's, else the environment's, as client-go decides it."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from helmward.core.errors import UsageError


def proxy_for(server: str, configured: str, env: Mapping[str, str]) -> str | None:
    """The proxy's URL, or None for a direct connection. Loopback never goes through an environment's proxy.

    Environment as in Go's net/http ProxyFromEnvironment. Raises UsageError for a proxy that is not HTTP.
    """
    parts = urlsplit(server)
    host = parts.hostname or ""
    chosen = configured
    if not chosen and not _bypassed(host, parts.port, _variable(env, "no_proxy")):
        chosen = _variable(env, f"{parts.scheme}_proxy")
    if not chosen:
        return None
    if "://" not in chosen:
        chosen = f"http://{chosen}"
    if urlsplit(chosen).scheme not in ("http", "https"):
        raise UsageError("The proxy of this cluster is not an http:// or https:// one (SOCKS is not supported).")
    return chosen


def _variable(env: Mapping[str, str], name: str) -> str:
    return env.get(name.upper()) or env.get(name) or ""


def _bypassed(host: str, port: int | None, no_proxy: str) -> bool:
    address = _address(host)
    if host == "localhost" or (address is not None and address.is_loopback):
        return True
    return any(_matches(entry.strip().lower(), host.lower(), port, address) for entry in no_proxy.split(","))


def _matches(
    entry: str, host: str, port: int | None, address: ipaddress.IPv4Address | ipaddress.IPv6Address | None
) -> bool:
    if entry in ("", "*"):
        return entry == "*"
    if address is not None and "/" in entry:
        try:
            return address in ipaddress.ip_network(entry, strict=False)
        except ValueError:
            return False
    name, colon, wanted = entry.rpartition(":")
    if colon and wanted.isdigit() and ":" not in name:
        if port != int(wanted):
            return False
        entry = name
    entry = entry.removeprefix("*")
    return host == entry.lstrip(".") or host.endswith(entry if entry.startswith(".") else f".{entry}")


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
