"""Passwords: kept as scrypt (RFC 7914) with their own salt and parameters, so that these can grow."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from helmward.core.errors import UsageError

_COST, _BLOCK, _PARALLEL = 2**15, 8, 3  # OWASP Password Storage: 32 MiB and some 0.3 s
_MEMORY = 128 * 1024 * 1024  # bytes that OpenSSL may take
SHORTEST, LONGEST = 12, 1000  # characters


def hashed(text: str) -> str:
    """What is stored of a password. Raises UsageError for one that is too short or too long."""
    if not SHORTEST <= len(text) <= LONGEST:
        raise UsageError(f"A password has between {SHORTEST} and {LONGEST} characters.")
    salt = secrets.token_bytes(16)
    digest = _digest(text, salt, _COST, _BLOCK, _PARALLEL)
    return f"scrypt${_COST}${_BLOCK}${_PARALLEL}${salt.hex()}${digest.hex()}"


def matches(stored: str | None, text: str) -> bool:
    """True if this is the password. Where there is none to compare with, it takes as long to say no."""
    _, cost, block, parallel, salt, digest = (stored or _NOBODYS).split("$")
    found = _digest(text[:LONGEST], bytes.fromhex(salt), int(cost), int(block), int(parallel))
    return hmac.compare_digest(found, bytes.fromhex(digest)) and stored is not None and len(text) <= LONGEST


_NOBODYS = f"scrypt${_COST}${_BLOCK}${_PARALLEL}${'00' * 16}${'00' * 32}"


def _digest(text: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    data = text.encode("utf-8", "replace")
    return hashlib.scrypt(data, salt=salt, n=cost, r=block, p=parallel, maxmem=_MEMORY, dklen=32)
