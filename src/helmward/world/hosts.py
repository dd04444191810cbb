"""Which host:port a configuration text names: how one workload says that it needs another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

_NAME = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
# A URL, or host:port standing alone; user and password before an @ are skipped.
# User and password; a mask (guard/secrets) in the password's place holds a slash.
_USER = r"(?:[^\s/@]*(?:\[secrets/[a-z0-9-]+\][^\s/@]*)?@)?"
_URL = re.compile(rf"\b[a-z][a-z0-9+.-]*://{_USER}({_NAME}(?:\.{_NAME})*)\.?(?::(\d{{1,5}}))?(?=[/?#\s,;'\"]|$)", re.I)
_PAIR = re.compile(rf"(?:^|[\s,;='\"\[(@])({_NAME}(?:\.{_NAME})*)\.?:(\d{{1,5}})(?=[/\s,;'\"\])]|$)")
_BARE = re.compile(rf"({_NAME}(?:\.{_NAME})*)\.?")
_HOST_NAME = re.compile(r"(?:^|[_.-])(?:HOST|HOSTNAME|ADDR|ADDRESS|ENDPOINT|SERVICE|SERVER|UPSTREAM|BACKEND)S?$", re.I)


class Host(NamedTuple):
    """A Service that a text names. `namespace` is "" where the text leaves it to the reader's own namespace."""

    service: str
    namespace: str
    port: int | None


@lru_cache(maxsize=65536)
def hosts_in(name: str, value: str) -> tuple[Host, ...]:
    """The hosts that setting `name` with `value` names, in order, without repetition.

    URLs and host:port pairs count anywhere in the value; a bare name counts where the setting's name says that it is
    one (PAYMENT_HOST=payment-service). Addresses and names outside `NAME[.NAMESPACE[.svc[.DOMAIN]]]` do not.
    """
    if len(value) > 65536:
        value = value[:65536]
    found: dict[Host, None] = {}
    for host, port in _URL.findall(value) + _PAIR.findall(value):
        _add(found, host, port)
    if not found and _HOST_NAME.search(name) and (bare := _BARE.fullmatch(value.strip())):
        _add(found, bare.group(1), "")
    return tuple(found)


def named_hosts(values: Mapping[str, str]) -> dict[Host, str]:
    """The hosts that settings name, each with the setting that does; MYSQL_PORT says the port of MYSQL_HOST."""
    found: dict[Host, str] = {}
    for name, value in values.items():
        for host in hosts_in(name, value):
            found.setdefault(host._replace(port=host.port or _port_beside(name, values)), name)
    return found


def _port_beside(name: str, values: Mapping[str, str]) -> int | None:
    stem = _HOST_NAME.search(name)
    if stem is None or not stem.start():
        return None
    port = values.get(f"{name[: stem.start()]}{name[stem.start()]}{'PORT' if name[-1].isupper() else 'port'}", "")
    return int(port) if port.isdecimal() and len(port) < 6 and 0 < int(port) < 65536 else None


def _add(found: dict[Host, None], host: str, port: str) -> None:
    parts = host.lower().split(".")
    if parts[0].isdigit() or (len(parts) > 2 and parts[2] != "svc"):
        return
    if port and not 0 < int(port) < 65536:
        return
    found[Host(parts[0], parts[1] if len(parts) > 1 else "", int(port) if port else None)] = None
