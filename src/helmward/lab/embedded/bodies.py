"""An API object as the server holds it: a JSON dictionary, and the few accesses that every part needs."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

import msgspec

Body = dict[str, Any]
Key = tuple[str, str]

_ENCODER = msgspec.json.Encoder()
_DECODER: msgspec.json.Decoder[Any] = msgspec.json.Decoder()
# utilrand's alphabet: no vowels and no digits that look like them, so that no word appears.
ALPHABET = "bcdfghjklmnpqrstvwxz2456789"


def encode(body: object) -> bytes:
    """JSON bytes, keys in their order."""
    return _ENCODER.encode(body)


def decode(raw: bytes | str) -> Any:
    """Any JSON value. Raises msgspec.DecodeError."""
    return _DECODER.decode(raw)


def clone(body: Body) -> Body:
    """A deep copy (through JSON: faster than copy.deepcopy)."""
    return cast(Body, _DECODER.decode(_ENCODER.encode(body)))


def meta(body: Mapping[str, Any]) -> Body:
    """The metadata; of an object that has none an empty one."""
    return cast(Body, body.get("metadata") or {})


def key_of(body: Mapping[str, Any]) -> Key:
    """(namespace, name)."""
    metadata = meta(body)
    return metadata.get("namespace", ""), metadata.get("name", "")


def at(body: Mapping[str, Any], *path: str) -> Any:
    """The value at a path of field names, None where any step is absent."""
    value: Any = body
    for step in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(step)
    return value


def now() -> str:
    """The present instant as metav1.Time writes it: whole seconds, UTC."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def now_micro() -> str:
    """The present instant as metav1.MicroTime writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def new_uid() -> str:
    """A fresh UID."""
    return str(uuid.uuid4())


def suffix(length: int = 5) -> str:
    """The random end of a generated name."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def condition(body: Mapping[str, Any], wanted: str) -> Body | None:
    """The status condition of this type."""
    found = (item for item in at(body, "status", "conditions") or [] if item.get("type") == wanted)
    return next(found, None)


def is_true(body: Mapping[str, Any], wanted: str) -> bool:
    """Whether the status condition of this type is True."""
    return (condition(body, wanted) or {}).get("status") == "True"


def controller_of(body: Mapping[str, Any]) -> Body | None:
    """The owner reference that is the controller."""
    return next((owner for owner in meta(body).get("ownerReferences") or [] if owner.get("controller")), None)
