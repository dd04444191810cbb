"""Where an upstream's connections may go: anywhere that its name leads, or, air-gapped, to what is listed and nowhere else.

Air-gapped, names are looked up in the hosts file alone: a question to a name server would be a packet to somebody who is not
listed, and its answer could lead anywhere. A container gets such names by `hostAliases` (Kubernetes) or `extra_hosts` (Compose).
Each connection is checked once more by its address, right before it is opened.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.connector import AddrInfoType

from helmward.core.allowed_hosts import AllowedHosts

HOSTS = Path("/etc/hosts")
_NUMERIC = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
_LOOPBACK = ("127.0.0.1", "::1")  # RFC 6761, 6.3: what localhost is, whatever a file says


class NotAllowed(OSError):
    """A connection that may not be, or a name that is not there: its text is a sentence."""


class HostsFile(AbstractResolver):
    """Resolves names by a hosts file (man 5 hosts), which is read anew for each connection; no name server is asked."""

    def __init__(self, allowed: AllowedHosts, file: Path = HOSTS) -> None:
        self._allowed, self._file = allowed, file

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of a listed name. Raises NotAllowed."""
        if not self._allowed.host(host, port):
            raise NotAllowed(f"'{host}:{port}' is not in `gateway.allowed_hosts`")
        found = [self._result(host, address, port) for address in self._addresses(host.lower().rstrip("."))]
        found = [result for result in found if family in (socket.AF_UNSPEC, result["family"])]
        if not found:
            raise NotAllowed(
                f"air-gapped, names are looked up in {self._file} alone, and '{host}' is not there: add it, or write its address"
            )
        return found

    async def close(self) -> None:
        """There is nothing to close."""

    def _addresses(self, name: str) -> list[str]:
        if name == "localhost":
            return list(_LOOPBACK)
        try:
            lines = self._file.read_text("utf-8", "replace").splitlines()
        except OSError as error:
            raise NotAllowed(f"{self._file} cannot be read: {error.strerror}") from None
        words = [line.partition("#")[0].lower().split() for line in lines]
        return list(dict.fromkeys(line[0] for line in words if name in line[1:]))

    def _result(self, host: str, address: str, port: int) -> ResolveResult:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=_NUMERIC)


def gate(host: str, allowed: AllowedHosts | None) -> Callable[[AddrInfoType], socket.socket]:
    """Makes the sockets of the connections to `host`; with `allowed`, refuses those to other addresses than it lists."""

    def opened(info: AddrInfoType) -> socket.socket:
        family, kind, protocol, _, target = info
        address, port = str(target[0]), int(target[1])
        if allowed is not None and not allowed.connection(host, address, port):
            raise NotAllowed(f"'{host}' is at {address}:{port}, which is not in `gateway.allowed_hosts`")
        made = socket.socket(family, kind, protocol)
        # A model may think for minutes without a byte; without this a firewall between forgets the connection in silence.
        made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        return made

    return opened
