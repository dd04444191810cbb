"""No value of a Secret ever gets out, whatever the Secret looks like."""

from __future__ import annotations

import base64
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helmward.adapters.clients.kubernetes.secrets import Reducer, Unreadable, names_secrets

from .conftest import HASH_KEY
from .server import Api, page, says

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
REDUCER = Reducer(HASH_KEY)
SECRETS = "/api/v1/secrets"


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def reduce(document: Any, secret: bool = False) -> Any:
    return json.loads(REDUCER.reduce(json.dumps(document).encode(), secret=secret))


def test_a_secret_keeps_keys_sizes_and_hashes() -> None:
    secret = {
        "apiVersion": "v1", "kind": "Secret", "type": "Opaque", "immutable": True,
        "metadata": {"name": "db", "labels": {"a": "b"}, "annotations": {LAST_APPLIED: "{…}", "note": "x"}},
        "data": {"password": encoded("hunter2"), "again": encoded("hunter2"), "other": encoded("3"), "none": None},
        "stringData": {"plain": "hunter2"},
    }  # fmt: skip
    reduced = reduce(secret)
    assert reduced["metadata"] == {"name": "db", "labels": {"a": "b"}, "annotations": {"note": "x"}}
    assert (reduced["type"], reduced["immutable"]) == ("Opaque", True)
    data = reduced["data"]
    assert data["password"]["size"] == 7
    assert data["none"]["size"] == 0
    assert data["password"]["hash"] == data["again"]["hash"] == reduced["stringData"]["plain"]["hash"]
    assert data["password"]["hash"] != data["other"]["hash"]
    assert len(data["password"]["hash"]) == 16


def test_the_hash_depends_on_the_key() -> None:
    raw = json.dumps({"metadata": {}, "data": {"p": encoded("hunter2")}}).encode()
    assert Reducer(b"another key 1234").reduce(raw, secret=True) != REDUCER.reduce(raw, secret=True)


@pytest.mark.parametrize("length", [0, 15, 65])
def test_a_hash_key_of_the_wrong_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="16 to 64"):
        Reducer(b"x" * length)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"kind":"Secret","apiVersion":"v1","metadata":{},"data":{"p":"aHVudGVyMg=="}}',
        b'{"\\u006bind":"\\u0053ecret","metadata":{},"data":{"p":"aHVudGVyMg=="}}',
        b'{"kind":"Sec\\u0072et","metadata":{},"data":{"p":"aHVudGVyMg=="},"data":{"q":"aHVudGVyMg=="}}',
        b'{"metadata":{},"stringData":{"p":"aHVudGVyMg=="},"kind":"Secret","unknown":"aHVudGVyMg=="}',
    ],
)
def test_a_secret_is_known_by_its_kind_however_it_is_spelled(raw: bytes) -> None:
    assert b"aHVudGVyMg" not in REDUCER.reduce(raw, secret=False)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"metadata":{},"data":["hunter2"]}',
        b'{"metadata":{},"data":"hunter2"}',
        b'{"metadata":"hunter2","data":{}}',
        b'{"metadata":{},"type":{"p":"hunter2"}}',
        b'{"metadata":{},"data":{"p":"hunter2"}',
        b'["hunter2"]',
        b'"hunter2"',
        b'{"metadata":{},"data":{"p":"hunter2\xff"}}',
        b'{"metadata":{},"data":{"p":' + b"[" * 3000 + b"]" * 3000 + b"}}",
    ],
)
def test_what_is_no_proper_secret_is_refused_without_its_text(raw: bytes) -> None:
    with pytest.raises(Unreadable) as caught:
        REDUCER.reduce(raw, secret=True)
    assert "hunter2" not in str(caught.value)


def test_a_resource_that_is_only_called_secret_stays_whole() -> None:
    other = {"apiVersion": "secretsmanager.example.com/v1", "kind": "Secret", "metadata": {}, "spec": {"name": "x"}}
    assert reduce(other) == other
    mentions = {"kind": "Gateway", "spec": {"certificateRefs": [{"kind": "Secret", "name": "tls"}]}}
    assert reduce(mentions) == mentions


def test_last_applied_goes_and_everything_else_stays_as_it_was_spelled() -> None:
    raw = (
        b'{"apiVersion":"apps/v1","metadata":{"annotations":{"a":"\\u003cb\\u003e","'
        + LAST_APPLIED.encode()
        + b'":"{}"},'
        b'"managedFields":[{"f:annotations":{"f:' + LAST_APPLIED.encode() + b'":{}}}]},"spec":{"n":1.00,"big":'
        b"123456789012345678901234567890}}"
    )
    expected = raw.replace(b',"' + LAST_APPLIED.encode() + b'":"{}"', b"")
    assert REDUCER.reduce(raw, secret=False) == expected
    assert REDUCER.reduce(expected, secret=False) is expected


@pytest.mark.parametrize(
    "document",
    [
        {"metadata": {"annotations": None}, "x": LAST_APPLIED},
        {"metadata": None, "x": LAST_APPLIED},
        {"x": LAST_APPLIED},
        {"metadata": {"annotations": [LAST_APPLIED]}},
    ],
)
def test_an_object_that_only_mentions_the_annotation_is_untouched(document: Any) -> None:
    assert reduce(document) == document


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/api/v1/secrets", True),
        ("/api/v1/secrets/", True),
        ("/api/v1/namespaces/a/secrets", True),
        ("/api/v1/namespaces/a/secrets/db", True),
        ("/api/v1/watch/namespaces/a/secrets", True),
        ("/api/v1/namespaces/a/%73ecrets", True),
        ("/api/v1/secrets?limit=1", True),
        ("/api/v1/namespaces/secrets/pods", False),
        ("/api/v1/namespaces/secrets", False),
        ("/api/v1/pods", False),
        ("/apis/example.com/v1/secrets", False),
        ("/api/v1", False),
    ],
)
def test_paths_of_secrets(path: str, expected: bool) -> None:
    assert names_secrets(path) is expected


async def test_a_secret_never_leaves_raw_by_list_or_get(api: Api, connect) -> None:
    secret = {"metadata": {"name": "db"}, "data": {"p": encoded("hunter2")}}
    kind = {"kind": "Secret", "apiVersion": "v1"}
    api.by_path[SECRETS] = page("SecretList", [secret, {"metadata": {}, "data": "hunter2"}])
    api.by_path["/apis/x/v1/vaults"] = page("SecretList", [secret])
    api.by_path["/apis/x/v1/things"] = page("ThingList", [{**kind, **secret}])
    api.by_path["/api/v1/namespaces/a/secrets/db"] = says(secret)
    api.by_path["/apis/x/v1/one"] = says({**kind, **secret})
    client = await connect(api.url)
    listing = await client.list(SECRETS)
    assert len(listing.problems) == 1
    found = [*listing.items, *(await client.list("/apis/x/v1/vaults")).items]
    found += (await client.list("/apis/x/v1/things")).items
    found += [await client.get("/api/v1/namespaces/a/secrets/db"), await client.get("/apis/x/v1/one")]
    assert len(found) == 5
    for raw in found:
        assert json.loads(raw)["data"]["p"]["size"] == 7


async def test_get_does_not_hand_out_a_list_of_secrets(api: Api, connect) -> None:
    secret = {"kind": "Secret", "metadata": {}, "data": {"p": encoded("hunter2")}}
    for kind in ("SecretList", "List"):
        api.by_path["/apis/x/v1/vaults"] = api.by_path[SECRETS] = says(
            {"kind": kind, "metadata": {}, "items": [secret]}
        )
        client = await connect(api.url)
        for path in (SECRETS, "/apis/x/v1/vaults"):
            assert "items" not in json.loads(await client.get(path))


# ---- the property ----------------------------------------------------------------------------------------------------

VALUE = st.text("abcdefghijklmnopqrstuvwxyz", min_size=12, max_size=24).map(lambda text: f"VALUE-{text}")
KEY = st.text(min_size=1, max_size=8)
SHAPES = st.recursive(
    VALUE | VALUE.map(encoded), lambda inner: st.lists(inner) | st.dictionaries(KEY, inner), max_leaves=5
)
DATA = st.dictionaries(KEY, SHAPES | st.none() | st.integers()) | SHAPES | st.none()
METADATA = st.fixed_dictionaries(
    {"name": KEY},
    optional={"annotations": st.dictionaries(st.just(LAST_APPLIED) | KEY, st.just("")), "labels": st.none()},
)
SECRET = st.fixed_dictionaries(
    {"metadata": METADATA}, optional={"data": DATA, "stringData": DATA, "binaryData": DATA, "kind": st.just("Secret")}
)


def leaves(node: Any) -> list[str]:
    if isinstance(node, dict):
        return [leaf for value in node.values() for leaf in leaves(value)]
    if isinstance(node, list):
        return [leaf for value in node for leaf in leaves(value)]
    return [node] if isinstance(node, str) else []


@given(st.lists(SECRET, max_size=4), st.booleans())
def test_no_value_gets_through(secrets: list[Any], escaped: bool) -> None:
    for secret in secrets:
        copied = secret["metadata"].get("annotations", {})
        for name in copied:
            copied[name] = json.dumps(secret.get("data")) if name == LAST_APPLIED else ""
        values = [leaf for name in ("data", "stringData", "binaryData") for leaf in leaves(secret.get(name))]
        raw = json.dumps(secret, ensure_ascii=escaped).encode("utf-8", "surrogatepass")
        try:
            reduced = REDUCER.reduce(raw, secret=True)
        except Unreadable:
            continue
        text = json.dumps(msgspec.json.decode(reduced), ensure_ascii=False)
        assert not any(value in text for value in values)
        assert "VALUE-" not in text
        assert LAST_APPLIED not in text
