"""Failures of the wire as sentences: what happened between us and the server, and what to do."""

from __future__ import annotations

import errno
import ssl
from urllib.parse import urlsplit

import aiohttp

from helmward.adapters.clients.kubernetes.connection import Connection
from helmward.core.cluster import Interrupted, KubernetesError, Unavailable
from helmward.core.text import one_line

_HUNG_UP = "closed the connection without an answer"
# What the server's TLS says when it wanted another client certificate than ours, or any.
_CERTIFICATE_ALERTS = (
    "CERTIFICATE_REQUIRED",
    "BAD_CERTIFICATE",
    "UNKNOWN_CA",
    "CERTIFICATE_UNKNOWN",
    "CERTIFICATE_EXPIRED",
)
_NOT_TLS = (
    "WRONG_VERSION_NUMBER",
    "RECORD_LAYER_FAILURE",
    "HTTP_REQUEST",
    "UNKNOWN_PROTOCOL",
    "PACKET_LENGTH_TOO_LONG",
)


def broken(connection: Connection, proxy: str | None, error: Exception, *, answered: bool) -> KubernetesError:
    """The error for what aiohttp or the system raised. `answered`: the server had begun its answer."""
    server = f"The API server at {connection.server}"
    if isinstance(error, TimeoutError):
        return _silent(server, answered)
    if answered:
        return Interrupted(f"{server} broke off its answer ({_why(error)}); try again.")
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return Unavailable(f"The proxy {_host(proxy)} refuses to reach {connection.server} ({error.status}); check it.")
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        return Unavailable(f"The proxy {_host(proxy)} cannot be reached ({_why(error)}); check proxy-url, HTTPS_PROXY.")
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return Unavailable(f"The name in {connection.server} is not known here; check it, the DNS and the VPN.")
    return _handshake(connection, server, error) or Unavailable(
        f"{server} cannot be reached ({_why(error)}); "
        f"check that it runs and that `server` in {connection.source} is right."
    )


def _silent(server: str, answered: bool) -> KubernetesError:
    if answered:
        return Interrupted(f"{server} fell silent in the middle of its answer; try again.")
    return Unavailable(f"{server} does not answer in time; check the network and the server's load, then try again.")


def _handshake(connection: Connection, server: str, error: Exception) -> KubernetesError | None:
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        reason = getattr(error.certificate_error, "verify_message", "") or _why(error)
        return Unavailable(
            f"{server} shows a certificate that is not trusted ({one_line(reason, 120)}); "
            f"check the certificate authority and tls-server-name in {connection.source}."
        )
    unproven = not (connection.client_certificate or connection.client_certificate_data or connection.exec_plugin)
    if isinstance(error, aiohttp.ServerDisconnectedError) and unproven and connection.server.startswith("https:"):
        # Since TLS 1.3 a server tells of a missing certificate after the handshake, and asyncio does not pass it on.
        return Unavailable(f"{server} {_HUNG_UP}; is it up, or does it want a client certificate?")
    reason = str(getattr(_cause(error), "reason", "") or "")
    if any(alert in reason for alert in _CERTIFICATE_ALERTS):
        return Unavailable(f"{server} does not accept our client certificate ({reason}); renew it or log in again.")
    if any(word in reason for word in _NOT_TLS):
        return Unavailable(f"{server} does not speak TLS there ({reason}); is it http:// or another port?")
    return None


def _cause(error: BaseException) -> BaseException:
    inner = getattr(error, "os_error", None)
    if isinstance(inner, BaseException):
        return inner
    return error.__cause__ if isinstance(error.__cause__, ssl.SSLError) else error


def _why(error: Exception) -> str:
    cause = _cause(error)
    number = getattr(cause, "errno", None)
    if number == errno.ECONNREFUSED:
        return "connection refused"
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return f"it {_HUNG_UP}"
    if isinstance(cause, ssl.SSLError) and cause.reason:
        return cause.reason.lower().replace("_", " ")
    return one_line(getattr(cause, "strerror", "") or str(cause) or type(cause).__name__, 120)


def _host(proxy: str | None) -> str:
    """Without the user and password that its URL may carry."""
    parts = urlsplit(proxy or "")
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)
