"""Look-alikes: what infrastructure is full of, and numbers whose check digit is wrong."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable

from tests.guard.pii.money import luhn_digit
from tests.guard.pii.people import digits

HEX = "0123456789abcdef"
_SAFE = "bcdfghjklmnpqrstvwxz2456789"


def hexadecimal(source: random.Random, size: int) -> str:
    """Random hexadecimal digits."""
    return "".join(source.choice(HEX) for _ in range(size))


def _wrong_card(source: random.Random) -> str:
    number = "4" + digits(source, 14)
    return number + str((int(luhn_digit(number)) + source.randrange(1, 10)) % 10)


def _wrong_spaced(source: random.Random) -> str:
    number = _wrong_card(source)
    return " ".join(number[at : at + 4] for at in range(0, 16, 4))


def _ip(source: random.Random) -> str:
    return ".".join(str(source.randrange(1, 255)) for _ in range(4))


def _time(source: random.Random) -> str:
    return (
        f"2026-{source.randrange(1, 13):02}-{source.randrange(1, 29):02}T{source.randrange(24):02}:{source.randrange(60):02}:"
        f"{source.randrange(60):02}.{digits(source, 6)}Z"
    )


def _pod(source: random.Random) -> str:
    return "-".join(("payment", *("".join(source.choice(_SAFE) for _ in range(size)) for size in (10, 5))))


DECOYS: dict[str, Callable[[random.Random], str]] = {
    "card": _wrong_card,
    "card-spaced": _wrong_spaced,
    "uuid": lambda source: str(uuid.UUID(int=source.getrandbits(128), version=4)),
    "sha1": lambda source: hexadecimal(source, 40),
    "sha256": lambda source: hexadecimal(source, 64),
    "short-sha": lambda source: hexadecimal(source, 7),
    "ip": _ip,
    "time": _time,
    "pod": _pod,
    "epoch": lambda source: f"17{digits(source, 8)}",
    "epoch-ms": lambda source: f"17{digits(source, 11)}",
    "epoch-us": lambda source: f"17{digits(source, 14)}",
    "epoch-ns": lambda source: f"17{digits(source, 17)}",
    "bytes": lambda source: digits(source, source.randrange(7, 13), "123456789"),
    "number": lambda source: digits(source, source.randrange(1, 10), "123456789"),
    "resource-version": lambda source: digits(source, 9, "123456789"),
    "trace": lambda source: hexadecimal(source, 32),
    "decimal-trace": lambda source: digits(source, 19, "123456789"),
    "version": lambda source: f"{source.randrange(9)}.{source.randrange(40)}.{source.randrange(200)}",
    "build": lambda source: f"2026{source.randrange(1, 13):02}{source.randrange(1, 29):02}.{digits(source, 4)}",
    "memory": lambda source: f"{source.randrange(64, 9000)}Mi",
    "mac": lambda source: ":".join(hexadecimal(source, 2) for _ in range(6)),
    "base64": lambda source: "".join(
        source.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") for _ in range(40)
    ),
    "digits9": lambda source: digits(source, 9, "123456789"),
    "digits10": lambda source: digits(source, 10, "123456789"),
    "digits11": lambda source: digits(source, 11, "123456789"),
    "digits12": lambda source: digits(source, 12, "123456789"),
    "ipv6": lambda source: ":".join(hexadecimal(source, 4) for _ in range(8)),
    "port": lambda source: str(source.randrange(1024, 65536)),
}
