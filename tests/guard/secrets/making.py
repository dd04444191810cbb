"""How made-up secrets are composed at run time, so that no file here looks like it holds one."""

from __future__ import annotations

import base64
import json
import random
import string
import zlib
from collections.abc import Callable
from typing import NamedTuple

LETTERS = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
BASE64 = LETTERS + "+/"


class Sample(NamedTuple):
    """What a text says before the secret, the secret, and what it says after."""

    before: str
    secret: str
    after: str

    @property
    def text(self) -> str:
        return f"{self.before}{self.secret}{self.after}"


def some(source: random.Random, size: int, alphabet: str = LETTERS) -> str:
    """Random characters; in every alphabet with letters and digits, at least three of each sort."""
    while True:
        text = "".join(source.choice(alphabet) for _ in range(size))
        sorts = [
            sort
            for sort in (string.ascii_lowercase, string.ascii_uppercase, string.digits)
            if set(sort) & set(alphabet)
        ]
        if size < 20 or all(sum(character in sort for character in text) >= 3 for sort in sorts):
            return text


def encoded(text: str) -> str:
    """Base64 for URLs, without padding, as JSON Web Tokens write it."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def with_checksum(prefix: str, source: random.Random) -> str:
    """A token that ends in the CRC-32 of its random part, in six base62 digits."""
    body, digits = some(source, 30), "0123456789" + string.ascii_uppercase + string.ascii_lowercase
    value, tail = zlib.crc32(body.encode()), ""
    for _ in range(6):
        value, digit = divmod(value, 62)
        tail = digits[digit] + tail
    return f"{prefix}_{body}{tail}"


def web_token(source: random.Random, issuer: str) -> str:
    """A JSON Web Token with a random signature."""
    claims = {"iss": issuer, "sub": some(source, 8), "exp": 1_900_000_000}
    return ".".join(
        (encoded(json.dumps({"alg": "RS256"})), encoded(json.dumps(claims)), some(source, 86, LETTERS + "-_"))
    )


def pem(source: random.Random, line_break: str = "\n") -> str:
    """A private key whose body is noise."""
    body = line_break.join([*(some(source, 64, BASE64) for _ in range(4)), some(source, 22, BASE64) + "=="])
    dashes = "-" * 5
    return f"{dashes}BEGIN RSA PRIVATE KEY{dashes}{line_break}{body}{line_break}{dashes}END RSA PRIVATE KEY{dashes}"


Make = Callable[[random.Random], Sample]


def alone(make: Callable[[random.Random], str]) -> Make:
    return lambda source: Sample("", make(source), "")


def prefixed(prefix: str, size: int, alphabet: str = LETTERS) -> Make:
    return alone(lambda source: prefix + some(source, size, alphabet))


def within(before: str, make: Callable[[random.Random], str], after: str = "") -> Make:
    return lambda source: Sample(before, make(source), after)


def of(size: int, alphabet: str = LETTERS) -> Callable[[random.Random], str]:
    return lambda source: some(source, size, alphabet)


UPPER = string.ascii_uppercase + string.digits
