"""Error bodies in each API's own shape.

OpenAI: `{"error": {"message", "type", "param", "code"}}` (platform documentation, error codes; openai `_exceptions.py` reads
code, param and type). Anthropic: `{"type": "error", "error": {"type", "message"}}` (anthropic `types/shared/error_response.py`).
"""

from __future__ import annotations

from helmward.gateway.wire.decoding import encode
from helmward.gateway.wire.events import Api

_ANTHROPIC = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}
_OPENAI = {
    401: "authentication_error",
    402: "insufficient_quota",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
}


def error_type(api: Api, status: int) -> str:
    """The API's own name for an HTTP status."""
    if api == "anthropic":
        return _ANTHROPIC.get(status) or ("invalid_request_error" if status < 500 else "api_error")
    return _OPENAI.get(status) or ("invalid_request_error" if status < 500 else "server_error")


def error_body(
    api: Api, status: int, sentence: str, kind: str = "", field: str = "", code: str = "", request_id: str = ""
) -> bytes:
    """The body of an error answer.

    `kind`: the error's type, by default the API's own for `status`; one that only the other API has is replaced by that.
    `field`: the field that is wrong; `code`: a machine-readable name (OpenAI alone has both).
    """
    if not kind or (api == "anthropic" and kind not in _ANTHROPIC.values()):
        kind = error_type(api, status)
    if api == "openai":
        return encode({"error": {"message": sentence, "type": kind, "param": field or None, "code": code or None}})
    body: dict[str, object] = {"type": "error", "error": {"type": kind, "message": sentence}}
    return encode(body | {"request_id": request_id} if request_id else body)
