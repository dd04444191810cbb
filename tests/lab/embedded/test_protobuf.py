"""Bodies in protobuf that are damaged, or beyond what is read, are refused; kubectl's own are tested with kubectl."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helmward.lab.embedded.failures import ApiFailure
from helmward.lab.embedded.http.protobuf import decode_protobuf

_HEAD = b"k8s\x00"


def field(number: int, data: bytes | int) -> bytes:
    """One field on the wire."""
    if isinstance(data, int):
        return varint(number << 3) + varint(data)
    return varint(number << 3 | 2) + varint(len(data)) + data


def varint(value: int) -> bytes:
    """A base-128 number."""
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def envelope(kind: str, raw: bytes, api: str = "v1") -> bytes:
    """A runtime.Unknown around an object."""
    return _HEAD + field(1, field(1, api.encode()) + field(2, kind.encode())) + field(2, raw)


def test_an_object() -> None:
    labels = b"".join(field(11, field(1, key) + field(2, value)) for key, value in ((b"a", b"1"), (b"b", b"")))
    metadata = field(1, b"thing") + field(3, b"ns") + labels + field(8, b"")
    body = decode_protobuf(envelope("Secret", field(1, metadata) + field(2, field(1, b"k") + field(2, b"\xff"))))
    assert body == {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "thing", "namespace": "ns", "labels": {"a": "1", "b": ""}},
        "data": {"k": "/w=="},
    }


def test_zero_is_a_value_where_it_is_a_pointer() -> None:
    spec = field(1, 0) + field(5, 0) + field(7, 0)
    body = decode_protobuf(envelope("Deployment", field(2, spec), "apps/v1"))
    assert body["spec"] == {"replicas": 0}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", 400),
        (b"{}", 400),
        (_HEAD + b"\x0a\xff", 400),
        (envelope("Gadget", b""), 415),
        (envelope("ConfigMap", field(99, b"new")), 415),
        (envelope("ConfigMap", b"\x0b"), 400),
        (envelope("ConfigMap", field(1, 5)), 400),
        (envelope("ConfigMap", field(1, field(1, b"\xff"))), 400),
        (envelope("ConfigMap", b"\x08" + b"\xff" * 20), 400),
    ],
)
def test_refusals(data: bytes, code: int) -> None:
    with pytest.raises(ApiFailure) as refused:
        decode_protobuf(data)
    assert refused.value.code == code


@given(st.binary(max_size=60), st.sampled_from(["Pod", "Deployment", "Secret", "DeleteOptions"]))
def test_any_bytes_are_read_or_refused(data: bytes, kind: str) -> None:
    for body in (data, _HEAD + data, envelope(kind, data)):
        try:
            assert isinstance(decode_protobuf(body), dict)
        except ApiFailure as failure:
            assert failure.code in (400, 415)
