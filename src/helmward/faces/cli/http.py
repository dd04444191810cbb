"""The command line as a client of the API: calls it, turns its errors into ours. Which server: server.py."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from http.client import HTTPException, HTTPResponse
from typing import IO, Any
from urllib.parse import quote, urlencode, urlsplit

from helmward.core.errors import DeniedError, HelmwardError, UnreachableError, UsageError, WaitingError
from helmward.faces.cli.server import Server, find

__all__ = ["Server", "events", "find", "get", "part", "send"]

_TIMEOUT = 30  # seconds; a stream has none
_BY_EXIT_CODE = {2: UsageError, 5: DeniedError, 6: WaitingError, 7: UnreachableError}


def get(server: Server, path: str, **query: str | None) -> Any:
    """GET under /api/v1. Raises HelmwardError, as all here."""
    asked = {name: value for name, value in query.items() if value is not None}
    return _ask(server, "GET", f"{path}?{urlencode(asked)}" if asked else path)


def send(server: Server, method: str, path: str, body: Any = None, timeout: int = _TIMEOUT) -> Any:
    """POST or DELETE under /api/v1; an answer may take `timeout` seconds."""
    return _ask(server, method, path, body, timeout)


def events(server: Server, path: str) -> Iterator[Any]:
    """None as soon as we are subscribed, then each message of a server-sent event stream, until it ends."""
    with _sentences(server):
        response = _open(server, "GET", path, timeout=None)
    with response:
        while True:
            with _sentences(server):
                line = response.readline()
                message = json.loads(line[6:]) if line.startswith(b"data: ") else None
            if not line:
                return
            if message is not None or line.startswith(b": connected"):
                yield message


def part(text: str) -> str:
    """A path segment."""
    return quote(text, safe="")


def _ask(server: Server, method: str, path: str, body: Any = None, timeout: int = _TIMEOUT) -> Any:
    with _sentences(server):
        with _open(server, method, path, body, timeout) as response:
            content = response.read()
        return json.loads(content) if content else None


@contextmanager
def _sentences(server: Server) -> Iterator[None]:
    try:
        yield
    except urllib.error.HTTPError as error:
        raise _refusal(error) from None
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        hint = "start one with `helmward up`"
        if isinstance(reason, ssl.SSLCertVerificationError):
            reason, hint = reason.verify_message, "name the authority of its certificate with SSL_CERT_FILE"
        raise UnreachableError(f"No Helmward server answers at {server.url} ({reason}); {hint}.") from None
    except ValueError:
        raise HelmwardError(f"What answers at {server.url} is no Helmward server; check HELMWARD_URL.") from None


def _open(server: Server, method: str, path: str, body: Any = None, timeout: int | None = _TIMEOUT) -> HTTPResponse:
    headers = {"Authorization": f"Bearer {server.token}", "Accept": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    if data is not None:
        headers["Content-Type"] = "application/json"
    request = urllib.request.Request(f"{server.url}/api/v1{path}", data, headers, method=method)  # noqa: S310 - scheme checked
    local = (urlsplit(server.url).hostname or "") in ("127.0.0.1", "::1", "localhost")
    # No proxy gets to see the token of a server on this machine, and no other server by a redirect.
    handlers: list[urllib.request.BaseHandler] = [_NoRedirect()]
    handlers += [urllib.request.ProxyHandler({})] if local else []
    response: HTTPResponse = urllib.request.build_opener(*handlers).open(request, timeout=timeout)
    return response


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        """Follow none."""


def _refusal(error: urllib.error.HTTPError) -> HelmwardError:
    try:
        with error:
            answer = json.loads(error.read())
        return _BY_EXIT_CODE.get(answer["exitCode"], HelmwardError)(answer["error"])
    except (ValueError, KeyError, TypeError, OSError, HTTPException):
        return HelmwardError(f"The server answered {error.code} {error.reason}; is {error.url} a Helmward server?")
