"""The model APIs: raw ASGI, for the OpenAI and the Anthropic SDK and whatever speaks like them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from secrets import token_hex
from typing import Any

from helmward.core.errors import HelmwardError
from helmward.door.identity import Refused
from helmward.faces.api.gate import Message, Receive, Send, source_of
from helmward.faces.models.errors import Unfit, problem
from helmward.faces.models.reading import Headers, body_of, token_of
from helmward.gateway.asked import Asked, class_of
from helmward.gateway.gateway import Answer
from helmward.gateway.wire.events import Api
from helmward.gateway.wire.request import RequestKind
from helmward.house import House

PREFIX = "/v1/"
_CALLS: Mapping[str, tuple[Api, RequestKind]] = {
    "/v1/chat/completions": ("openai", "chat"),
    "/v1/embeddings": ("openai", "embeddings"),
    "/v1/messages": ("anthropic", "chat"),
}
_JSON = (b"content-type", b"application/json")
_STREAM = ((b"content-type", b"text/event-stream"), (b"cache-control", b"no-store"), (b"x-accel-buffering", b"no"))
_FORWARDED = (b"anthropic-beta", b"anthropic-version")
_log = logging.getLogger(__name__)


class ModelApis:
    """Answers everything under /v1."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._most = house.loaded.settings.gateway.max_body_mib << 20

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """ASGI 3, http only."""
        headers, request = Headers(scope), f"req-{token_hex(10)}"
        send = _named(send, request)
        api: Api = _CALLS[scope["path"]][0] if scope["path"] in _CALLS else _api_of(headers)
        try:
            await self._answer(scope, headers, request, receive, send)
        except HelmwardError as error:
            if isinstance(error, Refused):
                await self._house.people.refused(error, f"{scope['method']} {scope['path']}", source_of(scope))
            await _problem(api, error, request, send)
        except Exception:  # noqa: BLE001 - an error of our own is answered in the API's shape, and stands in the log
            _log.exception("A model call failed in Helmward itself.")
            await _problem(api, HelmwardError("Helmward itself failed here; its log says how."), request, send)

    async def _answer(self, scope: Message, headers: Headers, request: str, receive: Receive, send: Send) -> None:
        models = self._house.models
        if models is None:
            raise Unfit(404, "This Helmward serves no models; `gateway.models` in its settings is empty.")
        caller = models.caller(token_of(headers))
        method, path = scope["method"], scope["path"]
        if path == "/v1/models" or path.startswith("/v1/models/"):
            _only(method, "GET")
            await _whole(models.listed(caller, _api_of(headers), path.removeprefix("/v1/models").strip("/")), send)
        elif path in _CALLS:
            _only(method, "POST")
            api, kind = _CALLS[path]
            least = class_of(named) if (named := headers.one(b"x-helmward-class")) else "public"
            forwarded = {name.decode(): value for name in _FORWARDED if (value := headers.one(name))}
            try:
                body = await body_of(headers, receive, self._most)
            except Unfit as error:
                await models.gateway.unfit(Asked(caller, api, kind, b"", least, forwarded, request), error)
                raise
            asked = Asked(caller, api, kind, body, least, forwarded, request)
            await _exchange(models.gateway.call(asked), receive, send)
        else:
            raise Unfit(
                404, "There is nothing at this address; there are /v1/chat/completions, messages, embeddings, models."
            )


def _named(send: Send, request: str) -> Send:
    """`send`, whose answer carries the id under which the audit has the call: OpenAI's SDK reads `x-request-id`
    (openai `_legacy_response.py`), Anthropic's `request-id` (anthropic `_exceptions.py`)."""
    named = [(b"x-request-id", request.encode()), (b"request-id", request.encode())]

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *named]
        await send(message)

    return sending


async def _exchange(call: Coroutine[Any, Any, Answer], receive: Receive, send: Send) -> None:
    """Give the answer; whoever goes away meanwhile cancels it, and with it the upstream."""
    task = asyncio.current_task()
    assert task is not None
    gone = asyncio.Event()
    watch = asyncio.create_task(_watch(receive, task, gone))
    try:
        answer = await call
        if answer.pieces is None:
            await _whole(answer.body, send)
        else:
            await _streamed(answer, send)
    except asyncio.CancelledError:
        if not gone.is_set():
            raise
        task.uncancel()
    finally:
        watch.cancel()


async def _watch(receive: Receive, task: asyncio.Task[Any], gone: asyncio.Event) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    gone.set()
    task.cancel()


async def _whole(body: bytes, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [_JSON, _length(body)]})
    await send({"type": "http.response.body", "body": body})


async def _streamed(answer: Answer, send: Send) -> None:
    assert answer.pieces is not None
    try:
        await send({"type": "http.response.start", "status": 200, "headers": list(_STREAM)})
        async for piece in answer.pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    finally:
        await asyncio.shield(answer.close())
    await send({"type": "http.response.body", "body": b""})


async def _problem(api: Api, error: HelmwardError, request: str, send: Send) -> None:
    status, body, headers = problem(api, error, request)
    await send({"type": "http.response.start", "status": status, "headers": [_JSON, _length(body), *headers.items()]})
    await send({"type": "http.response.body", "body": body})


def _length(body: bytes) -> tuple[bytes, bytes]:
    return b"content-length", str(len(body)).encode()


def _api_of(headers: Headers) -> Api:
    """Whose shape an answer without a body of its own takes: Anthropic's SDK always sends its version."""
    return "anthropic" if headers.has(b"anthropic-version") else "openai"


def _only(method: str, allowed: str) -> None:
    if method != allowed:
        raise Unfit(405, f"This address takes {allowed} only.")
