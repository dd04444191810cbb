"""Is this really one? Checksums, entropy and decoded shapes that tell a secret from what merely looks like it."""

from __future__ import annotations

import base64
import binascii
import math
import re
import zlib
from collections import Counter

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_HEX = re.compile(r"[0-9a-fA-F]+")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_TOKEN = re.compile(r"[A-Za-z0-9+/_=.~-]+")


def entropy(text: str) -> float:
    """Shannon entropy of the characters of `text`, in bits per character."""
    size = len(text)
    return -sum(count / size * math.log2(count / size) for count in Counter(text).values()) if size else 0.0


def varied(text: str) -> float:
    """0 for texts of few different characters (`xxxxxxxx`), which documentation uses as placeholders."""
    return 0.9 if len(set(text)) >= 6 else 0.0


def is_uuid(text: str) -> bool:
    """A UUID, in any case."""
    return _UUID.fullmatch(text) is not None


def looks_random(text: str) -> bool:
    """One run of at least 20 characters in which upper case, lower case and digits are mixed as only chance mixes them.

    Hexadecimal (commits, digests, UUIDs) never counts: nothing tells a secret of that shape from an identifier.
    """
    if len(text) < 20 or not _TOKEN.fullmatch(text) or _HEX.fullmatch(text.replace("-", "")):
        return False
    kinds = (sum(map(str.isupper, text)), sum(map(str.islower, text)), sum(map(str.isdigit, text)))
    separators = len(text) - sum(kinds)
    # A random base62 text of n characters has about 0.9 of log2(n) bits each, up to 5.2; joined words have less.
    enough = min(4.3, 0.85 * math.log2(len(text)))
    return min(kinds) >= 2 and separators <= len(text) // 8 and entropy(text) >= enough


def mixed(text: str) -> float:
    """Upper case, lower case and digits all occur."""
    return 0.85 if any(map(str.isupper, text)) and any(map(str.islower, text)) and any(map(str.isdigit, text)) else 0.0


def key_line(text: str) -> float:
    """A full line of base64 as PEM files break them (64 characters, RFC 7468), with no header near it."""
    return 0.7 if mixed(text) and entropy(text) >= 4.3 else 0.0


def base62_crc32(token: str) -> float:
    """GitHub's and npm's tokens end in the CRC-32 of their random part, as six base62 digits (GitHub, 2021-04-05)."""
    prefix, _, body = token.partition("_")
    if len(body) != 36:
        return varied(body)
    value = 0
    for digit in body[-6:]:
        value = value * 62 + _BASE62.index(digit)
    return 0.99 if value == zlib.crc32(body[:-6].encode()) and prefix else varied(body)


def basic_credentials(text: str) -> float:
    """Base64 of `user:password` (RFC 7617)."""
    decoded = _base64(text)
    if decoded is None or b":" not in decoded:
        return 0.0
    return 0.95 if all(0x20 <= byte < 0x7F or byte >= 0xA0 for byte in decoded) else 0.0


def base64_number(text: str) -> float:
    """A Discord bot token begins with its account's number in base64; `text` is the whole token."""
    decoded = _base64(text.partition(".")[0])
    return 0.95 if decoded is not None and decoded.isdigit() else 0.0


def decoded_part(text: str) -> str:
    """A part of a JSON Web Token as text; "" where it is none."""
    return (_base64(text) or b"").decode("utf-8", "replace")


def encoded_key(text: str) -> float:
    """A PEM file in base64 whose first line says that it is a private key."""
    return 0.97 if b"PRIVATE KEY" in (_base64(text[: min(len(text), 80) // 4 * 4]) or b"") else 0.0


def _base64(text: str) -> bytes | None:
    standard = text.rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        return base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
