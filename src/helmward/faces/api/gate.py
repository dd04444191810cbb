"""What stands before every route: a token that holds, and a body of a reasonable size. A route cannot forget them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from helmward.core.errors import DeniedError, HelmwardError, UnreachableError, UsageError, WaitingError
from helmward.core.mandate import Drifted
from helmward.door.identity import Refused
from helmward.house import House

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

LARGEST_BODY = 64 * 1024  # bytes; the largest that any route has use for is a tenth of it


OPEN = frozenset({("POST", "/api/v1/login")})
"""What takes no token: a name and a password are shown there instead."""


class NoToken(DeniedError):
    """The request carries no token."""

    http_status = 401


class TooLarge(UsageError):
    """The body is larger than anything this API takes."""

    http_status = 413

    def __init__(self) -> None:
        super().__init__(f"The body is larger than {LARGEST_BODY // 1024} KiB; nothing here takes so much.")


class Gate:
    """ASGI: `api` sees only requests with a valid token, but for OPEN; the actor is in `request.state.actor`, its token's text in
    `request.state.token`. Refused before a byte of the body is read."""

    def __init__(self, api: App, house: House) -> None:
        self._api, self._house = api, house

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """ASGI 3."""
        if scope["type"] != "http":
            await self._api(scope, receive, send)
            return
        headers, send = Headers(scope=scope), _kept_by_nobody(send)
        try:
            state = scope.setdefault("state", {})
            if (scope["method"], scope["path"]) not in OPEN:
                state["token"] = bearer(headers)
                state["actor"] = self._house.identity.check(state["token"], self._house.clock())
            if _announced(headers) > LARGEST_BODY:
                raise TooLarge
        except HelmwardError as error:
            if isinstance(error, Refused):
                await self._house.people.refused(error, f"{scope['method']} {scope['path']}", source_of(scope))
            await refusal(error)(scope, receive, send)
            return
        await self._api(scope, _bounded(receive), send)


_SAME = {b"cache-control": b"no-store", b"x-content-type-options": b"nosniff"}
"""What every answer says: it is secret and of now, and what its type says."""


def _kept_by_nobody(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            said = {name.lower() for name, _ in message["headers"]}
            more = [(name, value) for name, value in _SAME.items() if name not in said]
            message["headers"] = [*message["headers"], *more]
        await send(message)

    return sending


def source_of(scope: Message) -> str:
    """Who is connected: an address, never what is said to be behind it."""
    return str((scope.get("client") or ("",))[0])


def refusal(error: HelmwardError) -> JSONResponse:
    """An error as the API answers it: one sentence, and the exit code that the command line ends with."""
    status = next((number for kind, number in _STATUS if isinstance(error, kind)), 500)
    return answer(getattr(error, "http_status", status), str(error), error.exit_code)


_STATUS = ((DeniedError, 403), (UsageError, 400), (WaitingError, 409), (Drifted, 409), (UnreachableError, 503))


def answer(status: int, sentence: str, exit_code: int) -> JSONResponse:
    """`{"error": sentence, "exitCode": exit_code}`."""
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return JSONResponse({"error": sentence, "exitCode": exit_code}, status, headers)


def bearer(headers: Headers) -> str:
    """The token of a request. Raises NoToken."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NoToken("This needs a token: send 'Authorization: Bearer …', or set HELMWARD_TOKEN for the command line.")
    return token.strip()


def _announced(headers: Headers) -> int:
    length = headers.get("content-length", "0")
    return int(length) if length.isdecimal() and len(length) < 20 else LARGEST_BODY + 1


def _bounded(receive: Receive) -> Receive:
    """A body that is not announced is counted as it comes."""
    received = 0

    async def counted() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > LARGEST_BODY:
            error = TooLarge()
            raise HTTPException(error.http_status, str(error).rstrip("."))
        return message

    return counted
