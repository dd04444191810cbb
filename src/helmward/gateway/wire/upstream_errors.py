"""An upstream's error body, read: a status, a type, and one bounded sentence fit to be shown."""

from __future__ import annotations

import re
from typing import Any

from helmward.gateway.wire.decoding import decode
from helmward.gateway.wire.events import Failed
from helmward.gateway.wire.problems import WireError

LONGEST_SENTENCE = 300
"""Characters of an upstream's message that are shown."""
_NAME = re.compile(r"[A-Za-z_]{1,40}")
"""An error's type as all servers write it; anything else is not passed on."""
_STATUS = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "server_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
"""Types in the middle of a stream, where there is no HTTP status (anthropic `types/shared/error_object.py`)."""


def read_error(status: int, body: bytes) -> Failed:
    """What an upstream's answer of `status` (HTTP) says: OpenAI's, Anthropic's or vLLM's error object, or any other body.

    Never raises. The sentence is one line of at most `LONGEST_SENTENCE` characters; a body that is no error object is not
    shown at all.
    """
    try:
        value = decode(body, "The answer")
    except WireError:
        value = None
    failed = failed_of(value, status) if isinstance(value, dict) else None
    return failed or Failed(status, "api_error", f"The model's server answered {status} without saying why.")


def failed_of(value: dict[str, Any], status: int | None) -> Failed | None:
    """The error in an object: `{"error": {"message", "type", "code"}}`, `{"error": "…"}`, `{"object": "error", "message"}`.

    None where it holds none. `status` is HTTP's; None in the middle of a stream: then the `code` or the type tells it, else 502.
    """
    error = value.get("error")
    if error is None and value.get("object") == "error":
        error = value
    if isinstance(error, str):
        error = {"message": error}
    if not isinstance(error, dict):
        return None
    kind = error.get("type")
    kind = kind if isinstance(kind, str) and _NAME.fullmatch(kind) else ""
    if status is None:
        code = error.get("code")
        status = code if isinstance(code, int) and 400 <= code < 600 else _STATUS.get(kind, 502)
    return Failed(status, kind or "api_error", _sentence(error.get("message"), status))


def _sentence(message: Any, status: int) -> str:
    if not isinstance(message, str) or not message.strip():
        return f"The model's server answered {status} without saying why."
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in message[: 4 * LONGEST_SENTENCE]).split())
    return line if len(line) <= LONGEST_SENTENCE else line[: LONGEST_SENTENCE - 1] + "…"
