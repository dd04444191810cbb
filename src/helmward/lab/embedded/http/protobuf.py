"""Kubernetes' protobuf bodies as JSON objects: what `kubectl create` and other typed clients send."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from helmward.lab.embedded.bodies import Body
from helmward.lab.embedded.failures import ApiFailure, bad_request
from helmward.lab.embedded.http.messages import MESSAGES, Field

MEDIA_TYPE = "application/vnd.kubernetes.protobuf"
# apimachinery/pkg/runtime/serializer/protobuf: four bytes, then a runtime.Unknown.
_MAGIC = b"k8s\x00"

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
# Embedded in JSON, of their own in protobuf.
_INLINE = frozenset(["volumeSource", "handler", "localObjectReference", "ingressRuleValue"])
# Pointers in Go, so that 0 and false are values; elsewhere they stand for nothing.
_POINTERS = frozenset(
    [
        "replicas",
        "parallelism",
        "completions",
        "backoffLimit",
        "terminationGracePeriodSeconds",
        "gracePeriodSeconds",
        "minReplicas",
        "revisionHistoryLimit",
        "progressDeadlineSeconds",
        "ttlSecondsAfterFinished",
        "activeDeadlineSeconds",
        "tolerationSeconds",
        "successfulJobsHistoryLimit",
        "failedJobsHistoryLimit",
        "runAsUser",
        "runAsGroup",
        "fsGroup",
        "automountServiceAccountToken",
        "enableServiceLinks",
        "runAsNonRoot",
        "allowPrivilegeEscalation",
        "readOnlyRootFilesystem",
        "privileged",
        "optional",
        "suspend",
        "manualSelector",
        "controller",
        "blockOwnerDeletion",
        "immutable",
    ]
)
_MEANT_EMPTY = frozenset(["emptyDir", "selector", "podSelector"])


def decode_protobuf(data: bytes) -> Body:
    """The object of a request body. Raises ApiFailure 400 for a damaged one, 415 for one beyond the table of messages."""
    if not data.startswith(_MAGIC):
        raise bad_request("the provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]")
    try:
        return _envelope(data[len(_MAGIC) :])
    except (IndexError, UnicodeDecodeError, OverflowError) as error:
        raise bad_request(f"the protobuf body of the request is damaged: {error}") from None


def _envelope(data: bytes) -> Body:
    parts = dict(_fields(data))
    head = {number: _text(value) for number, value in _fields(_chunk(parts.get(1, b"")))}
    kind = head.get(2, "")
    if kind not in MESSAGES:
        raise _unknown(f"kind {kind}")
    return {"apiVersion": head.get(1, ""), "kind": kind} | _message(_chunk(parts.get(2, b"")), kind)


def _unknown(what: str) -> ApiFailure:
    words = (
        f"the lab does not read {what} in protobuf: send JSON (kubectl create --dry-run=client -o json | kubectl apply)"
    )
    return ApiFailure(415, "UnsupportedMediaType", words)


def _message(data: bytes, name: str) -> Body:
    body: Body = {}
    for number, raw in _fields(data):
        field = MESSAGES[name].get(number)
        if field is None:
            raise _unknown(f"field {number} of {name}")
        if field.type != "-":
            _put(body, field, raw)
    return body


def _put(body: Body, field: Field, raw: int | bytes) -> None:
    if field.many == "%":
        entry = dict(_fields(_chunk(raw)))
        body.setdefault(field.name, {})[_text(entry.get(1, b""))] = _value(field.type, entry.get(2, b""))
        return
    value = _value(field.type, raw)
    if field.many:
        body.setdefault(field.name, []).append(value)
    elif field.name in _INLINE:
        body.update(value)
    elif value or field.name in (_POINTERS if isinstance(value, int) else _MEANT_EMPTY):
        body[field.name] = value


def _value(type_: str, raw: int | bytes) -> Any:
    match type_:
        case "s":
            return _text(raw)
        case "b":
            return bool(raw)
        case "i":
            return _signed(raw)
        case "y":
            return b64encode(_chunk(raw)).decode()
        case "q":
            return _text(dict(_fields(_chunk(raw))).get(1, b""))
        case "x":
            return _int_or_string(_chunk(raw))
        case "t":
            return _time(_chunk(raw))
        case _:
            return _message(_chunk(raw), type_)


def _int_or_string(data: bytes) -> int | str:
    parts = dict(_fields(data))
    return _text(parts.get(3, b"")) if parts.get(1) else _signed(parts.get(2, 0))


def _time(data: bytes) -> str | None:
    seconds = dict(_fields(data)).get(1)
    return None if seconds is None else datetime.fromtimestamp(_signed(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _chunk(raw: int | bytes) -> bytes:
    if isinstance(raw, int):
        raise IndexError("a number where bytes belong")
    return raw


def _text(raw: int | bytes) -> str:
    return _chunk(raw).decode()


def _signed(raw: int | bytes) -> int:
    if isinstance(raw, bytes):
        raise IndexError("bytes where a number belongs")
    return raw - (1 << 64) if raw >= 1 << 63 else raw


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a message (protobuf.dev/programming-guides/encoding)."""
    place = 0
    while place < len(data):
        tag, place = _varint(data, place)
        number, wire = tag >> 3, tag & 7
        if wire == _VARINT:
            value, place = _varint(data, place)
            yield number, value
            continue
        if wire == _BYTES:
            length, place = _varint(data, place)
        elif wire in (_FIXED64, _FIXED32):
            length = 8 if wire == _FIXED64 else 4
        else:
            raise IndexError(f"wire type {wire}")
        if place + length > len(data):
            raise IndexError("cut short")
        yield number, data[place : place + length]
        place += length


def _varint(data: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while shift < 70:
        byte = data[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return value & (2**64 - 1), place
    raise IndexError("a number longer than ten bytes")
