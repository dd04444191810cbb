"""What fails between us and an upstream, as sentences. They name the upstream and a setting; never a header."""

from __future__ import annotations

import ssl

import aiohttp

from helmward.adapters.models.reach import NotAllowed
from helmward.core.settings_gateway import UpstreamSettings
from helmward.core.text import one_line
from helmward.core.upstreams import UpstreamError

_CHECK = "check its `url`"


def not_sent(upstream: UpstreamSettings, error: Exception) -> UpstreamError | None:
    """The error where no connection was made; None where one was."""
    name = upstream.name
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        seconds = upstream.connect_seconds
        return UpstreamError(
            f"The upstream '{name}' took no connection within {seconds:g} s; {_CHECK}.", "connect", True
        )
    if isinstance(error, aiohttp.InvalidURL):
        return UpstreamError(f"The upstream '{name}' has an address that cannot be used; {_CHECK}.", "connect")
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ClientSSLError):
        return UpstreamError(f"The upstream '{name}' cannot be reached: {_why(error)}.", "connect")
    return None


def no_answer(upstream: UpstreamSettings, error: Exception) -> UpstreamError:
    """The error where a connection was made and no whole header of an answer came."""
    if unsent := not_sent(upstream, error):
        return unsent
    name = upstream.name
    if isinstance(error, TimeoutError):
        return UpstreamError(f"The upstream '{name}' did not answer in time; {_PATIENCE}.", "answer", True)
    if isinstance(error, aiohttp.ClientResponseError | aiohttp.http_exceptions.HttpProcessingError):
        return UpstreamError(f"The upstream '{name}' answers with something that is not HTTP; {_CHECK}.", "form")
    return UpstreamError(f"The upstream '{name}' closed the connection without an answer; try again.", "answer")


def broken_off(upstream: UpstreamSettings, error: Exception) -> UpstreamError:
    """The error where an answer began and did not end."""
    name = upstream.name
    if isinstance(error, TimeoutError):
        return UpstreamError(f"The upstream '{name}' stopped in the middle of its answer; {_PATIENCE}.", "body", True)
    return UpstreamError(f"The upstream '{name}' broke off in the middle of its answer; try again.", "body")


_PATIENCE = "see its `first_byte_seconds`, `idle_seconds` and `total_seconds`"


def _why(error: Exception) -> str:
    cause: BaseException | None = getattr(error, "os_error", None) or getattr(error, "certificate_error", None) or error
    if isinstance(cause, NotAllowed):
        return str(cause)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({one_line(cause.verify_message, 120)}); see `ca_file`"
    if isinstance(cause, ssl.SSLError):
        return f"TLS fails ({one_line(cause.reason or 'no reason given', 80).lower().replace('_', ' ')}); {_CHECK}"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return f"its name does not resolve; {_CHECK}"
    reason = getattr(cause, "strerror", None) or "the connection failed"
    return f"{one_line(reason, 120).lower()}; {_CHECK}"
