"""The command line as a client of the API: finds the server, calls it, turns its errors into ours."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from helmward.core import paths
from helmward.core.errors import DeniedError, HelmwardError, UnreachableError, UsageError, WaitingError

_TIMEOUT = 30  # seconds; a stream has none
_BY_EXIT_CODE = {2: UsageError, 5: DeniedError, 6: WaitingError, 7: UnreachableError}


class Server(NamedTuple):
    """Where the server is and the token to show it."""

    url: str
    token: str


def find(url: str | None, data_dir: Path | None, admin: bool = False) -> Server:
    """The server named by `url`, or the one running on the data folder. Raises UnreachableError if there is none.

    With `admin`, the administrator's token beside the keys is used where it can be read.
    """
    folder = paths.data_dir(data_dir, os.environ)
    card = _card(folder)
    address = url or (card or {}).get("url")
    if not address:
        raise UnreachableError(
            f"No Helmward server runs on {folder}; start one with `helmward up`, or set HELMWARD_URL."
        )
    if urlsplit(address).scheme not in ("http", "https"):
        raise UsageError(f"'{address}' is no URL of a server; write for example http://127.0.0.1:8420.")
    own = card is not None and address == card.get("url")
    token = (
        os.environ.get("HELMWARD_TOKEN") or (_admin_token() if admin and own else None) or (card or {}).get("token", "")
    )
    if not token or (not own and not os.environ.get("HELMWARD_TOKEN")):
        raise DeniedError(f"The server {address} needs a token; set HELMWARD_TOKEN.")
    return Server(address.rstrip("/"), token)


def get(server: Server, path: str, **query: str | None) -> Any:
    """GET under /api/v1."""
    asked = {name: value for name, value in query.items() if value is not None}
    return _json(_open(server, "GET", f"{path}?{urlencode(asked)}" if asked else path))


def send(server: Server, method: str, path: str, body: Any = None) -> Any:
    """POST or DELETE under /api/v1."""
    return _json(_open(server, method, path, body))


def stream(server: Server, path: str) -> Iterator[Any]:
    """The messages of a server-sent event stream, until it ends."""
    with _open(server, "GET", path, timeout=None) as response:
        for line in response:
            if line.startswith(b"data: "):
                yield json.loads(line[6:])


def part(text: str) -> str:
    """A path segment."""
    return quote(text, safe="")


def _open(server: Server, method: str, path: str, body: Any = None, timeout: int | None = _TIMEOUT) -> HTTPResponse:
    headers = {"Authorization": f"Bearer {server.token}", "Accept": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    if data is not None:
        headers["Content-Type"] = "application/json"
    request = urllib.request.Request(f"{server.url}/api/v1{path}", data, headers, method=method)  # noqa: S310 - scheme checked
    try:
        response: HTTPResponse = urllib.request.urlopen(request, timeout=timeout)  # noqa: S310
        return response
    except urllib.error.HTTPError as error:
        raise _refusal(error) from None
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise UnreachableError(
            f"No Helmward server answers at {server.url} ({reason}); start one with `helmward up`."
        ) from None


def _json(response: HTTPResponse) -> Any:
    with response:
        content = response.read()
    return json.loads(content) if content else None


def _refusal(error: urllib.error.HTTPError) -> HelmwardError:
    with error:
        content = error.read()
    try:
        answer = json.loads(content)
        return _BY_EXIT_CODE.get(answer["exitCode"], HelmwardError)(answer["error"])
    except (ValueError, KeyError, TypeError):
        return HelmwardError(f"The server answered {error.code} {error.reason}; is {error.url} a Helmward server?")


def _card(folder: Path) -> dict[str, str] | None:
    """What the running server left for the commands of its own user: address and a token to read and request."""
    try:
        card: dict[str, str] = json.loads((folder / "server.json").read_text())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise HelmwardError(f"{folder / 'server.json'} cannot be read ({error}); start the server again.") from None
    return card


def _admin_token() -> str | None:
    try:
        return (paths.key_dir(os.environ) / "admin.token").read_text().strip() or None
    except OSError:
        return None
