"""The list of an air-gapped gateway: which hosts may be connected to, by name and by address."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple

_NAME = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")
_BRACKETED = re.compile(r"\[([^\[\]]+)\](?::(\d+))?")


class _Entry(NamedTuple):
    """A name, or a network (an address is one of a single host); `port` None: each."""

    host: str | IPv4Network | IPv6Network
    port: int | None


class AllowedHosts:
    """Entries such as `vllm.internal`, `vllm.internal:8000`, `10.1.2.3`, `10.1.0.0/16:8000`, `[fd00::7]:443`.

    Raises ValueError for an entry that is none of these. A name that is listed may be at any address that the hosts file gives
    it, as long as only names are listed; where addresses or networks are listed too, it must be at one of them.
    """

    def __init__(self, entries: Iterable[str]) -> None:
        parsed = [_parsed(entry) for entry in entries]
        self._names = {entry for entry in parsed if isinstance(entry.host, str)}
        self._networks = [(entry.host, entry.port) for entry in parsed if not isinstance(entry.host, str)]

    def host(self, host: str, port: int) -> bool:
        """Whether an upstream may be at this host (a name, or an address as it stands in a URL without brackets)."""
        address = _address(host)
        if address is not None:
            return self._listed(address, port)
        name = host.lower().rstrip(".")
        return _Entry(name, port) in self._names or _Entry(name, None) in self._names

    def connection(self, host: str, address: str, port: int) -> bool:
        """Whether `host` may be connected to at `address` (numeric), which is what it resolved to."""
        found = _address(address)
        if found is None or not self.host(host, port):
            return False
        return self._listed(found, port) or (not self._networks and _address(host) is None)

    def _listed(self, address: IPv4Address | IPv6Address, port: int) -> bool:
        return any(address in network and allowed in (None, port) for network, allowed in self._networks)


def _parsed(entry: str) -> _Entry:
    text = entry.strip().lower()
    port: str | None = None
    if match := _BRACKETED.fullmatch(text):
        text, port = match[1], match[2]
    elif text.count(":") == 1:
        text, _, port = text.partition(":")
        if not port.isdecimal():
            raise ValueError(f"'{entry}' is no host:port")
    if port is not None and not 0 < int(port) < 65536:
        raise ValueError(f"'{entry}' has a port that does not exist")
    return _Entry(_host(text, entry), int(port) if port else None)


def _host(text: str, entry: str) -> str | IPv4Network | IPv6Network:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        name = text.rstrip(".")
        if "/" in name or not _NAME.fullmatch(name) or name.replace(".", "").isdigit():
            raise ValueError(f"'{entry}' is no host, host:port, address or network") from None
        return name


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
