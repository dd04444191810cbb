"""What a channel is: a class in the slot `channel` that turns a message into one HTTP request; and how a request fails.

Its life: the settings name its `kind` → it is made with its target and an HTTP session → a Sender calls `send`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import ClassVar, Protocol

import aiohttp

from helmward.core.notices import Message

_TIMEOUT = aiohttp.ClientTimeout(total=10)
# These mean "later"; any other 4xx means that the same request will never be taken (RFC 9110).
_LATER = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True, repr=False)
class Target:
    """Where a channel posts. Whoever knows the URL can post there, so neither is ever shown."""

    url: str
    secret: bytes | None = None


class Channel(Protocol):
    """One way out. `most` is how many notifications fit into a message, `signs` whether it uses the target's secret."""

    kind: ClassVar[str]
    most: ClassVar[int]
    signs: ClassVar[bool]

    async def send(self, message: Message) -> None:
        """Deliver it. Raises TryLater or Refused."""
        ...


class Refused(Exception):
    """The other side will not take this message, now or later. The text says why, without the address."""


class TryLater(Exception):
    """It may work later; `after` is how many seconds the other side asked us to wait, or None."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


async def post(http: aiohttp.ClientSession, url: str, body: bytes, headers: dict[str, str]) -> None:
    """POST a JSON body. Raises TryLater (network, 5xx, 429) or Refused; redirects are not followed."""
    headers = {"Content-Type": "application/json", "User-Agent": "helmward", **headers}
    try:
        async with http.post(url, data=body, headers=headers, timeout=_TIMEOUT, allow_redirects=False) as response:
            status, retry_after = response.status, response.headers.get("Retry-After")
    except (aiohttp.InvalidURL, ValueError):
        raise Refused("its address is no URL") from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        # An error's own text may hold the address.
        raise TryLater(type(error).__name__) from None
    if status >= 500 or status in _LATER:
        raise TryLater(f"status {status}", seconds_until(retry_after))
    if status >= 300:
        raise Refused(f"status {status}")


def seconds_until(retry_after: str | None) -> float | None:
    """The header's wait in seconds: a number, or the time until a date (RFC 9110, 10.2.3); None where it says nothing."""
    if not retry_after:
        return None
    try:
        return max(0.0, float(int(retry_after)))
    except ValueError:
        pass
    try:
        date = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    date = date.replace(tzinfo=UTC) if date.tzinfo is None else date
    return max(0.0, (date - datetime.now(UTC)).total_seconds())
