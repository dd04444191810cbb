"""Keys that stand by themselves, and signed tokens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from helmward.guard.matching.kinds import Found, Kind
from helmward.guard.secrets.confirm import decoded_part, key_line, varied
from helmward.guard.secrets.pem import private_key


def _json_web_token(text: str, match: Any) -> Iterator[Found]:
    """A JWT (RFC 7519) by its shape; its claims tell a service account's token."""
    start, end = match.span()
    header, payload = text[start:end].split(".")[:2]
    sure = 0.97 if '"alg"' in decoded_part(header) else 0.7
    service_account = "kubernetes.io" in decoded_part(payload)
    yield Found(start, end, "kubernetes-service-account-token" if service_account else "jwt", sure)


KINDS = (
    Kind(
        "private-key",
        r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----",
        locate=private_key,
        then=r"(?:[^-]|-[^-])*(?:-{1,5}(?:E|EN|END[A-Z0-9 ]*)?)?",
    ),
    # One line of a key that a log wrote line by line; public certificates look the same and lose nothing by a mask.
    Kind("key-material", r"(?m)(?:^|[\s\"'>|])([A-Za-z0-9+/]{64})(?:\\[nr]|[\s\"',;]|$)", key_line),
    Kind("putty-private-key", r"Private-Lines: [0-9]+\r?\n((?:[A-Za-z0-9+/]{64}\r?\n)*[A-Za-z0-9+/]{4,64}={0,2})"),
    Kind("age-secret-key", r"(?i)AGE-SECRET-KEY-(?:PQ-)?1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58,}"),
    Kind(
        "wireguard-key",
        r"(?i:\b(?:private|preshared)key)[\"']?[ \t]*[:=][ \t]*[\"']?([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)",
        varied,
    ),
    Kind(
        "jwt", r"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*", locate=_json_web_token
    ),
)
