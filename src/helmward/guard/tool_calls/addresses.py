"""Addresses: the cloud's metadata service however it is written, URLs that stay on the machine or in the house, secrets that
would leave in a network argument."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import re2

from helmward.guard.matching.marks import MARK
from helmward.guard.secrets.masking import scanner
from helmward.guard.tool_calls.purpose import Purpose

_URL: Any = re2.compile(r"(?i)([a-z][a-z0-9+.-]{1,20}):(?://+|\\\\)([^\s/\\?#\"'<>]*)")
_LOCAL_SCHEMES = frozenset({"file", "gopher", "dict", "ldap", "ldaps", "jar", "netdoc", "phar", "expect", "tftp"})
_METADATA_NAMES = ("metadata.google.internal", "metadata.goog", "instance-data.ec2.internal", "metadata.azure.internal")
_METADATA = frozenset(
    ipaddress.ip_address(text)
    for text in (
        "169.254.169.254",
        "169.254.170.2",
        "169.254.170.23",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "100.100.100.200",
        "192.0.0.192",
    )
)
_WRITTEN_OUT: Any = re2.compile(
    r"(?i)169\.254\.(?:169\.254|170\.23?)\b|fd00:ec2::(?:254|23)|100\.100\.100\.200|metadata\.(?:google\.internal|goog)\b|/latest/meta-data"
    r"|computeMetadata/v1|/metadata/identity/oauth2"
)
_NUMBER: Any = re2.compile(r"(?i)(?:0x[0-9a-f]{1,8}|\d{1,11})(?:\.(?:0x[0-9a-f]{1,8}|\d{1,11})){0,3}")
_EMBEDDED: Any = re2.compile(r"(?i)\b169[.-]254[.-]169[.-]254\b")
_INTERNAL: Any = re2.compile(
    r"(?i)localhost|.*\.(?:localhost|local|internal|svc|svc\.cluster\.local|cluster\.local|lan|home\.arpa)|kubernetes(?:\.default)?"
)
_SENDS: Any = re2.compile(
    r"(?i)\b(?:curl|wget|nc|ncat|scp|http|https|ftp|nslookup|dig|sendmail|mail)\b|https?://|/dev/tcp/"
)


def addresses(value: str, purpose: Purpose) -> Iterator[tuple[str, float]]:
    """What a value would reach, and what it would take there."""
    plain = unquote(value) if "%" in value else value
    hosts = [match.groups() for match in _URL.finditer(plain)]
    if purpose == "address" and not hosts:
        hosts = [("", plain.partition("/")[0])]
    yield from _reached(plain, hosts)
    network = purpose == "address" or bool(hosts) or (purpose == "command" and _SENDS.search(plain) is not None)
    if network and (MARK.search(value) or scanner().find(value)):
        yield "secret-in-network-argument", 0.9


def _reached(value: str, hosts: list[tuple[str, str]]) -> Iterator[tuple[str, float]]:
    names = [(scheme.lower(), _bare(host)) for scheme, host in hosts]
    found = [_ip(name) for _, name in names]
    if _WRITTEN_OUT.search(value) or _EMBEDDED.search(value) or any(ip in _METADATA for ip in found):
        yield "metadata-service", 0.95
        return
    if any(name in _METADATA_NAMES for _, name in names):
        yield "metadata-service", 0.95
    if any(scheme in _LOCAL_SCHEMES for scheme, _ in names):
        yield "local-url", 0.9
    elif any(_INTERNAL.fullmatch(name) for _, name in names) or any(
        ip is not None and not ip.is_global for ip in found
    ):
        yield "internal-url", 0.5


def _bare(host: str) -> str:
    """A URL's authority without user and port."""
    host = host.rpartition("@")[2]
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].rstrip(".").lower()


def _ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that a host name is, also in the short, octal and hexadecimal forms that inet_aton(3) takes."""
    if ":" in host:
        try:
            six = ipaddress.IPv6Address(host.partition("%")[0])
        except ValueError:
            return None
        return six.ipv4_mapped or six
    if not _NUMBER.fullmatch(host):
        return None
    *first, last = [_number(part) for part in host.split(".")]
    if last >= 256 ** (4 - len(first)) or any(part > 255 for part in first):
        return None
    return ipaddress.IPv4Address(sum(part << (24 - 8 * index) for index, part in enumerate(first)) + last)


def _number(text: str) -> int:
    if text[:2].lower() == "0x":
        return int(text, 16)
    return int(text, 8) if text.startswith("0") and set(text) <= set("01234567") else int(text)
