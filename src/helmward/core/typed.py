"""JSON into our own types, from any thread.

msgspec 0.22 works a struct's fields out when the type is first decoded, and two threads that do so at once end the process
(SIGSEGV: 8 of 60 tries of four threads, tests/core/test_typed.py). So a type is worked out here, by one thread at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable
from functools import cache
from typing import Any, TypeVar, cast

import msgspec

T = TypeVar("T")

_ONE_AT_A_TIME = threading.Lock()


def decode(data: bytes | str, kind: type[T]) -> T:
    """JSON as `kind`. Raises msgspec.DecodeError, or ValidationError, which is one."""
    return decoder(kind).decode(data)


def convert(value: Any, kind: type[T], strict: bool = True) -> T:
    """Plain values as `kind`. Raises msgspec.ValidationError."""
    decoder(kind)
    return msgspec.convert(value, kind, strict=strict)


def decoder(kind: type[T]) -> msgspec.json.Decoder[T]:
    """The decoder of a type, made once."""
    return _decoder(cast(Hashable, kind))


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    with _ONE_AT_A_TIME:
        return msgspec.json.Decoder(kind)
