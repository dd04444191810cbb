"""HTTP headers that authenticate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from helmward.guard.matching.kinds import Found, Kind
from helmward.guard.secrets.confirm import basic_credentials, entropy, looks_random
from helmward.guard.secrets.plain import is_plain


def _authorization(text: str, match: Any) -> Iterator[Found]:
    """`Authorization: scheme credentials` (RFC 9110). Group 1 is the scheme, if any, 2 the credentials."""
    scheme, (start, end) = text[slice(*match.span(1))].lower(), match.span(2)
    value = text[start:end]
    if is_plain(value) or (not scheme and not looks_random(value)) or value.lower().startswith("credential="):
        return
    if scheme and (len(value) >= 12 or any(map(str.isdigit, value))):
        yield Found(start, end, "basic-credentials" if scheme == "basic" else "authorization-header", 0.9)
    elif not scheme:
        yield Found(start, end, "authorization-header", 0.8)


def _bearer(token: str) -> float:
    """Words of a sentence or a challenge (`Bearer realm=`) are no tokens."""
    if "=" in token.rstrip("=") or is_plain(token) or not any(map(str.isdigit, token)):
        return 0.0
    return 0.85 if len(token) >= 16 and entropy(token) >= 3 else 0.0


def _cookie(value: str) -> float:
    return 0.7 if any(len(part.partition("=")[2]) >= 8 for part in value.split(";")) else 0.0


_SCHEME = r"(?:(bearer|basic|token|apikey|negotiate|digest|hmac|splunk|sso-key|genie[kK]ey)\s+)?"

KINDS = (
    Kind(
        "authorization-header",
        rf"(?i)\bauthorization\\*[\"']?[ \t]*[:=,\]][ \t]*\[?\\*[\"']?{_SCHEME}([^\s\"'\\,;]+)",
        locate=_authorization,
    ),
    Kind("bearer-token", r"(?i)\bbearer[ \t:=]+\\*[\"']?([A-Za-z0-9._~+/=-]{16,})", _bearer),
    Kind("basic-credentials", r"(?i)\bbasic[ \t]+([A-Za-z0-9+/]{8,}={0,2})", basic_credentials),
    Kind(
        "session-cookie", r"(?i)\b(?:set-)?cookie\\*[\"']?[ \t]*:[ \t]*\\*[\"']?([^\s\"'\\=;]+=[^\r\n\"'\\]+)", _cookie
    ),
)
