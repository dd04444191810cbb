"""Fingerprints of rows: what the audit log keeps of a row, so that any other row is known to be none of ours."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

import msgspec


class Fingerprints:
    """HMAC-SHA256 (RFC 2104) over a row's fields, under a key that lies outside the data folder."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, kind: str, row: Mapping[str, Any]) -> str:
        """The fingerprint (hex) of a row with all its fields, names and types of values included."""
        fields = [[str(name), type(row[name]).__name__, _text(row[name])] for name in sorted(row)]
        return hmac.digest(self._key, kind.encode() + b"\n" + msgspec.json.encode(fields), "sha256").hex()

    def fits(self, kind: str, row: Mapping[str, Any], fingerprint: str) -> bool:
        """True if this is the row that had this fingerprint. In constant time."""
        return hmac.compare_digest(self.of(kind, row), fingerprint)


def _text(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)
