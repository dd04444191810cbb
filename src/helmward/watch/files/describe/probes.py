"""A probe as DescribeProbe prints it: `http-get http://:80/ delay=0s timeout=1s period=10s #success=1 #failure=3`."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

_PROBE = re.compile(
    r"(?P<how>exec|http-get|tcp-socket|grpc|unknown)\s+(?P<what>.*?)\s*delay=(\d+)s timeout=(\d+)s period=(\d+)s "
    r"#success=(\d+) #failure=(\d+)"
)
_URL = re.compile(r"(?P<scheme>https?)://(?P<host>\[[^\]]*\]|[^:/]*)(?::(?P<port>[^/]*))?(?P<path>/.*)?")
_GRPC = re.compile(r"<pod>:(\d+)\s*(\S*)")
_TIMES = ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")


def probe(text: str) -> dict[str, Any] | None:
    """The probe, or None where the text is none."""
    match = _PROBE.fullmatch(text.strip())
    if match is None:
        return None
    numbers = dict(zip(_TIMES, map(_bounded, match.groups()[2:]), strict=True))
    return {**_handler(match["how"], match["what"]), **numbers}


def _handler(how: str, what: str) -> dict[str, Any]:
    match how:
        case "http-get":
            return {"httpGet": _http(what)}
        case "tcp-socket":
            host, _, port = what.rpartition(":")
            return {"tcpSocket": {"port": _port(port), **({"host": host} if host else {})}}
        case "exec":
            return {"exec": {"command": what.removeprefix("[").removesuffix("]").split()}}
        case "grpc" if (found := _GRPC.fullmatch(what)) is not None:
            return {"grpc": {"port": _bounded(found.group(1)), "service": found.group(2)}}
    return {}


def _http(url: str) -> dict[str, Any]:
    found = _URL.fullmatch(url)
    if found is None:
        return {}
    made: dict[str, Any] = {"scheme": found["scheme"].upper(), "path": unquote(found["path"] or "/")}
    if host := found["host"].strip("[]"):
        made["host"] = host
    if found["port"]:
        made["port"] = _port(found["port"])
    return made


def _port(text: str) -> int | str:
    return _bounded(text) if text.isdecimal() else text


def _bounded(text: str) -> int:
    return min(int(text[:12]), 2**31 - 1)
