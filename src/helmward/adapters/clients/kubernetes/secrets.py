"""Takes the values out of Secrets, and `last-applied-configuration` out of everything, before anyone sees an object.

A Secret keeps its keys; each value becomes `{"size": bytes, "hash": keyed BLAKE2b}`: equal values have equal hashes,
and without the key a hash says nothing. What cannot be read as a Secret is refused, never passed on.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from urllib.parse import unquote

import msgspec

# Annotations in which tools keep a copy of the whole manifest, values included.
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_COPIES = (_LAST_APPLIED, "kapp.k14s.io/original", "objectset.rio.cattle.io/applied")
_NEEDLE = b"last-applied-configuration"
_KEPT = ("apiVersion", "kind", "metadata", "type", "immutable")
_DIGEST_BYTES = 8
_Fields = msgspec.json.Decoder(dict[str, msgspec.Raw])


class Unreadable(ValueError):
    """An object that cannot be reduced; it must not be passed on."""


class _Head(msgspec.Struct, rename="camel"):
    api_version: Any = ""
    kind: Any = ""


_HeadDecoder = msgspec.json.Decoder(_Head)


def names_secrets(path: str) -> bool:
    """True for a URL path of core/v1 Secrets: all, of a namespace, or one by name."""
    steps = unquote(path).split("?")[0].strip("/").split("/")
    if steps[:1] != ["api"]:
        return False
    rest = [step for step in steps[2:] if step != "watch"]
    resource = rest[2] if rest[:1] == ["namespaces"] and len(rest) > 2 else rest[0] if rest else ""
    return resource == "secrets"


class Reducer:
    """Reduces objects with one key (16 to 64 bytes). The same key gives the same hashes in every run."""

    def __init__(self, hash_key: bytes) -> None:
        if not 16 <= len(hash_key) <= hashlib.blake2b.MAX_KEY_SIZE:
            raise ValueError("the hash key must have 16 to 64 bytes")
        self._key = hash_key

    def reduce(self, raw: bytes, *, secret: bool) -> bytes:
        """`raw` (one JSON object) without secret values. `secret`: it came from a path or a list of Secrets.

        Raises Unreadable where the object cannot be read well enough to be sure.
        """
        if raw[:1] != b"{":
            raise Unreadable("not an object")
        try:
            if secret or _is_secret(raw):
                return self._reduce_secret(raw)
            return raw if _NEEDLE not in raw else _without_last_applied(raw)
        except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
            raise Unreadable(type(error).__name__) from None

    def _reduce_secret(self, raw: bytes) -> bytes:
        document = msgspec.json.decode(raw)
        if not isinstance(document, dict) or not isinstance(document.get("metadata"), dict):
            raise Unreadable("not an object with metadata")
        _drop_copies(document["metadata"])
        # Only known fields go on: a field that we do not know could hold a value.
        reduced: dict[str, Any] = {name: document[name] for name in _KEPT if name in document}
        if not isinstance(reduced.get("type", ""), str) or not isinstance(reduced.get("immutable", False), bool | None):
            raise Unreadable("a field of the wrong type")
        for name, encoded in (("data", True), ("stringData", False)):
            if (values := document.get(name)) is not None:
                reduced[name] = self._reduce_values(values, encoded)
        return msgspec.json.encode(reduced)

    def _reduce_values(self, values: Any, encoded: bool) -> dict[str, dict[str, int | str]]:
        if not isinstance(values, dict):
            raise Unreadable("data is not a map")
        return {key: self._reduce_value(_content(value, encoded)) for key, value in values.items()}

    def _reduce_value(self, content: bytes) -> dict[str, int | str]:
        digest = hashlib.blake2b(content, key=self._key, digest_size=_DIGEST_BYTES)
        return {"size": len(content), "hash": digest.hexdigest()}


def _content(value: Any, encoded: bool) -> bytes:
    if value is None:
        return b""
    if not isinstance(value, str):
        return msgspec.json.encode(value)
    if encoded:
        try:
            return base64.b64decode(value, validate=True)
        except ValueError:  # not base64, or not even ASCII
            pass
    return value.encode()


def _is_secret(raw: bytes) -> bool:
    # Every JSON spelling of "Secret" holds either these letters or an escape of one of them.
    if b"Secret" not in raw and b"\\u00" not in raw:
        return False
    head = _HeadDecoder.decode(raw)
    # A list that reaches this is reduced to its metadata: lists are split before their items come here.
    return head.kind in ("Secret", "SecretList", "List") and head.api_version in ("", "v1", None)


def _drop_copies(metadata: dict[str, Any]) -> None:
    annotations = metadata.get("annotations")
    if not isinstance(annotations, dict):
        metadata.pop("annotations", None)
        return
    for name in _COPIES:
        annotations.pop(name, None)


def _without_last_applied(raw: bytes) -> bytes:
    """Re-encodes two levels and carries the rest over untouched, so that no number changes its spelling."""
    try:
        document = _Fields.decode(raw)
        metadata = _Fields.decode(document["metadata"])
        annotations = _Fields.decode(metadata["annotations"])
        del annotations[_LAST_APPLIED]
    except (KeyError, msgspec.ValidationError):  # a part is absent or no map: the annotation is not there
        return raw
    metadata["annotations"] = msgspec.Raw(msgspec.json.encode(annotations))
    document["metadata"] = msgspec.Raw(msgspec.json.encode(metadata))
    return msgspec.json.encode(document)
