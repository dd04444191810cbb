"""Which Host headers may come in: a page in somebody's browser must not reach a server on their machine by a name that it made
point there (DNS rebinding)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address

from helmward.faces.addresses import address_of, is_loopback
from helmward.faces.api.gate import Message


def nobody(_address: str) -> bool:
    """No address is a proxy's."""
    return False


class Names:
    """What the server is called: the address that a connection came to, where that is loopback the machine's local names, with
    any port (`kubectl port-forward` may take another); and `names` of the settings, with or without a port.

    Where no names are set, any counts over TLS, whose certificate has the name already, and from a proxy of the settings
    (`through`: whether an address is one). A proxy on loopback vouches for none: browsers of this machine come from there."""

    def __init__(self, names: Sequence[str] = (), through: Callable[[str], bool] = nobody) -> None:
        self._names, self._through = frozenset(name.lower() for name in names), through

    def knows(self, scope: Message) -> bool:
        """Is the request for this server? One without a Host header is from no browser."""
        peer = _address(scope, "client")
        proxied = self._through(peer) and not is_loopback(peer)
        host = _header(scope, b"host")
        if not host or (not self._names and (scope["scheme"] == "https" or proxied)):
            return True
        return self._is_ours(scope, host) or (proxied and self.declares(_header(scope, b"x-forwarded-host")))

    def declares(self, host: str) -> bool:
        """Is it one of the names of the settings?"""
        return host in self._names or without_port(host) in self._names

    def _is_ours(self, scope: Message, host: str) -> bool:
        address, name = _address(scope, "server"), without_port(host)
        if self.declares(host):
            return True
        return _is_local(name) if is_loopback(address) else _literal(name) == (address_of(address) or "")


def without_port(host: str) -> str:
    """A Host header's name or address (in brackets, where it is of version 6)."""
    end = host.rfind(":")
    return host[:end] if end > host.rfind("]") else host


def _address(scope: Message, which: str) -> str:
    return str((scope.get(which) or ("",))[0])


def _header(scope: Message, name: bytes) -> str:
    """The first value, in lower case."""
    return next((value.decode("latin-1").strip().lower() for key, value in scope["headers"] if key == name), "")


def _is_local(name: str) -> bool:
    """Does a machine call itself so? Names below localhost lead nowhere else (RFC 6761, 6.3)."""
    plain = name.removesuffix(".")
    return plain == "localhost" or plain.endswith(".localhost") or is_loopback(str(_literal(name) or ""))


def _literal(name: str) -> IPv4Address | IPv6Address | None:
    """The address that a Host header says, one of version 6 in brackets (RFC 3986, 3.2.2)."""
    bracketed = name.startswith("[") and name.endswith("]")
    return address_of(name[1:-1] if bracketed else name) if bracketed or ":" not in name else None
