"""What is left of a Secret, and of any object, before the world sees it: key names, sizes, keyed hashes."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

_KEPT: tuple[str, ...] = ("apiVersion", "kind", "metadata", "type", "immutable")
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


class Reducer:
    """Reduces Secrets. `key` (32 random bytes, one a run) makes equal values comparable and guessing them useless."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def raw(self, kind: str, raw: bytes) -> bytes:
        """The object's JSON as the world may keep it. Raises msgspec.DecodeError."""
        if kind != "Secret" and _LAST_APPLIED.encode() not in raw:
            return raw
        document = msgspec.json.decode(raw)
        if not isinstance(document, dict):
            return raw
        return msgspec.json.encode(self.document(kind, document))

    def document(self, kind: str, document: dict[str, Any]) -> dict[str, Any]:
        """The same for a decoded object."""
        metadata = document.get("metadata")
        annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
        if isinstance(annotations, dict):
            annotations.pop(_LAST_APPLIED, None)
        if kind != "Secret":
            return document
        plain = _mapping(document.get("stringData"))
        data = {key: self._reduced(_decoded(value)) for key, value in _mapping(document.get("data")).items()}
        data |= {key: self._reduced(_plain(value)) for key, value in plain.items()}
        kept: dict[str, Any] = {key: document[key] for key in _KEPT if key in document}
        return {**kept, "data": data}

    def value(self, content: bytes) -> dict[str, Any]:
        """The reduced form of one value that was met in the open."""
        return self._reduced(content)

    def _reduced(self, content: bytes | dict[str, Any]) -> dict[str, Any]:
        if isinstance(content, dict):
            return content
        digest = hashlib.blake2b(content, key=self._key, digest_size=12).hexdigest()
        return {"size": len(content), "hash": digest}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _decoded(value: Any) -> bytes | dict[str, Any]:
    if isinstance(value, dict) and set(value) <= {"size", "hash"}:
        # Already reduced, by an export of ours; anything but a size and a hash would be a value, and is hashed.
        size, digest = value.get("size"), value.get("hash")
        if isinstance(size, int) and (digest is None or isinstance(digest, str)):
            return {"size": size, "hash": (digest or "")[:64]}
    text = _plain(value)
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return text


def _plain(value: Any) -> bytes:
    return value.encode("utf-8", "replace") if isinstance(value, str) else msgspec.json.encode(value)
