"""Which host a log line could not reach, and how it failed: the words of Go, Node, Python, Java, C and nginx."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

Failure = Literal["refused", "unresolved", "timeout"]

# Go net, libc gai_strerror and strerror, Node's libuv codes, java.net, nginx: the words for each way to fail.
_HOW: tuple[tuple[Failure, re.Pattern[str]], ...] = (
    (
        "unresolved",
        re.compile(
            r"no such host|ENOTFOUND|EAI_AGAIN|UnknownHostException|Name or service not known|Name does not resolve"
            r"|Temporary failure in name resolution|nodename nor servname|host not found in upstream"
            r"|[Cc]ould not resolve host"
            r"|could not translate host name|server misbehaving|NameResolutionError|Unknown (?:MySQL server )?host"
            r"|NXDOMAIN|SERVFAIL|server can't find",
        ),
    ),
    (
        "refused",
        re.compile(
            r"connection refused|ECONNREFUSED|actively refused|Connect call failed|couldn't connect to server", re.I
        ),
    ),
    (
        "timeout",
        re.compile(
            r"i/o timeout|ETIMEDOUT|connect(?:ion)? timed? ?out|timed out connecting|context deadline exceeded", re.I
        ),
    ),
)
_NAME = r"[A-Za-z0-9](?:[-A-Za-z0-9]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[-A-Za-z0-9]*[A-Za-z0-9])?)*"
_PORT = r"(?::(?P<port>\d{1,5}))?"
# The first that matches names the host; an URL or a lookup names it better than the address that was dialled.
_WHERE: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b[a-z][a-z0-9+.-]*://(?:[^\s/@]*@)?(?P<host>{_NAME}){_PORT}",
        rf"lookup (?P<host>{_NAME})",
        rf"(?:ENOTFOUND|EAI_AGAIN) (?P<host>{_NAME}){_PORT}",
        rf"host='(?P<host>{_NAME})'(?:, port=(?P<port>\d+))?",
        rf"server at \"(?P<host>{_NAME})\"(?: \([^)]*\))?(?:, port (?P<port>\d+))?",
        rf"host(?: name)? \"(?P<host>{_NAME})\"(?:.*?on port (?P<port>\d+))?",
        rf"in upstream \"(?P<host>{_NAME}){_PORT}\"",
        rf"UnknownHostException: (?P<host>{_NAME})",
        rf"resolve host:? '?(?P<host>{_NAME})",
        rf"can't find (?P<host>{_NAME})",
        rf"connect to (?P<host>{_NAME})(?:/[\d.]+| \([\d.]+\))? port (?P<port>\d+)",
        r"(?:connect(?:ing|ion)? to|dial(?:ing)? tcp|ECONNREFUSED|ETIMEDOUT|Connect call failed \('?)\s*'?"
        rf"(?P<host>{_NAME})'?(?::|, )(?P<port>\d+)",
        rf"(?<![\w/.])(?P<host>{_NAME}):(?P<port>\d{{2,5}})(?![\w.])",
    )
)
# The time of a line, whose hours and minutes would look like a host and a port.
STAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?")
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")


class Unreached(NamedTuple):
    """What a line says could not be reached. `host` is "" where it does not say; it may be an IPv4 address."""

    how: Failure
    host: str = ""
    port: int | None = None

    @property
    def is_address(self) -> bool:
        """True if `host` is an address and no name."""
        return bool(_ADDRESS.fullmatch(self.host))


def unreached(line: str) -> Unreached | None:
    """What the line could not reach, or None if it speaks of no such failure."""
    how = next((how for how, words in _HOW if words.search(line)), None)
    return located(line, how) if how is not None else None


def located(line: str, how: Failure) -> Unreached:
    """The host that a line about such a failure names, if it does."""
    line = STAMP.sub("", line)
    for pattern in _WHERE:
        found = pattern.search(line)
        if found is not None:
            port = found.groupdict().get("port")
            return Unreached(how, found["host"].lower(), int(port) if port else None)
    return Unreached(how)
