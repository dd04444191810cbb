"""What a request body must be before the SDK sees it: one JSON-RPC request or notification. For 2025-11-25 the SDK would answer
everything else with the text of its own exceptions."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
from starlette.responses import Response

PARSE_ERROR, INVALID_REQUEST = -32700, -32600  # jsonrpc.org/specification, Error object
_NO_JSON = "The body is no JSON."
_NO_MESSAGE = "The body is no single JSON-RPC 2.0 request or notification."


class Malformed(Exception):
    """The body is no message; `code` is JSON-RPC's."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class Message(NamedTuple):
    """What matters of it here. `follows`: the caller wants to be told of progress."""

    method: str
    follows: bool


def read(body: bytes) -> Message:
    """The message in a body. Raises Malformed."""
    try:
        decoded = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        raise Malformed(PARSE_ERROR, _NO_JSON) from None
    if not isinstance(decoded, dict) or decoded.get("jsonrpc") != "2.0" or not isinstance(decoded.get("method"), str):
        raise Malformed(INVALID_REQUEST, _NO_MESSAGE)
    params = decoded.get("params", {})
    if not _is_id(decoded.get("id", 0)) or not isinstance(params, dict):
        raise Malformed(INVALID_REQUEST, _NO_MESSAGE)
    meta = params.get("_meta")
    return Message(decoded["method"], isinstance(meta, dict) and "progressToken" in meta)


def malformed(error: Malformed) -> Response:
    """The protocol's answer to it."""
    body = {"jsonrpc": "2.0", "id": None, "error": {"code": error.code, "message": str(error)}}
    return Response(msgspec.json.encode(body), 400, media_type="application/json")


def _is_id(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)
