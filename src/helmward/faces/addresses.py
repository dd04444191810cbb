"""Addresses of peers and of ourselves, as sockets say them: text that may be none, or version 4 in the clothes of version 6."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Network = IPv4Network | IPv6Network


@lru_cache(maxsize=256)
def address_of(text: str) -> IPv4Address | IPv6Address | None:
    """The address; None for what is none, as of a peer that is gone. `::ffff:192.0.2.1`, as a socket that takes both calls an
    IPv4 peer (RFC 4291, 2.5.5.2), is 192.0.2.1."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def is_loopback(host: str) -> bool:
    """Whether it is an address of this machine that nobody else can reach."""
    address = address_of(host)
    return address is not None and address.is_loopback


def is_in(peer: str, networks: Sequence[Network]) -> bool:
    """Whether an address is of one of these networks."""
    address = address_of(peer) if networks else None
    return address is not None and any(address in network for network in networks)
