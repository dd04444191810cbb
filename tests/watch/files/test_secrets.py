"""Secrets are reduced before the world holds them, whatever shape they come in."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from tests.watch.files.helpers import read_files, read_stdin

from helmward.world.store import World

VALUE = "only" + "-for-this-test"


def raws(world: World) -> bytes:
    return b"".join(item.raw for kind in world.kinds() for item in world.all(kind))


def secret(**fields: object) -> str:
    return json.dumps({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": "shop"}, **fields})


@pytest.mark.parametrize(
    "fields",
    [
        {"data": {"password": base64.b64encode(VALUE.encode()).decode()}},
        {"stringData": {"password": VALUE}},
        {"data": {"password": VALUE + "!"}},
        {"data": {"password": {"size": 3, "hash": VALUE, "more": VALUE}}},
        {"data": {"password": [VALUE]}, "surplus": VALUE},
    ],
)
def test_no_value_survives(fields: dict[str, object]) -> None:
    world = read_stdin(secret(**fields)).world
    item = world.get("Secret", "shop", "s")
    assert item is not None
    assert list(item.view.data) == ["password"]
    assert item.view.data["password"].size > 0
    assert VALUE.encode() not in raws(world)
    assert base64.b64encode(VALUE.encode()) not in raws(world)


def test_equal_values_have_equal_hashes_within_one_run_only() -> None:
    text = secret(stringData={"a": VALUE, "b": VALUE, "c": "other"})
    first, second = (read_stdin(text).world.get("Secret", "shop", "s") for _ in range(2))
    assert first is not None
    assert second is not None
    assert first.view.data["a"].hash == first.view.data["b"].hash != first.view.data["c"].hash
    assert first.view.data["a"].hash != second.view.data["a"].hash


def test_what_was_last_applied_is_dropped() -> None:
    annotations = {"kubectl.kubernetes.io/last-applied-configuration": VALUE, "team": "pay"}
    metadata = {"name": "s", "namespace": "shop", "annotations": annotations}
    for kind in ("Secret", "ConfigMap"):
        world = read_stdin(json.dumps({"apiVersion": "v1", "kind": kind, "metadata": metadata})).world
        item = world.get(kind, "shop", "s")
        assert item is not None
        assert item.meta.annotations == {"team": "pay"}
        assert VALUE.encode() not in raws(world)


def test_a_described_token_is_reduced(tmp_path: Path) -> None:
    head = "Name:         s\nNamespace:    shop\nType:  kubernetes.io/service-account-token\n\nData\n====\n"
    described = f"{head}ca.crt:  9 bytes\ntoken:   {VALUE}\n"
    world = read_files(tmp_path, {"describe/shop/secret/s.txt": described}).world
    item = world.get("Secret", "shop", "s")
    assert item is not None
    assert {key: value.size for key, value in item.view.data.items()} == {"ca.crt": 9, "token": len(VALUE)}
    assert VALUE.encode() not in raws(world)


def test_broken_secrets_are_not_shown_in_problems() -> None:
    world = read_stdin(f"{secret()}\n{secret(stringData={'a': VALUE})[:-2]}\n").world
    assert VALUE not in " ".join(world.coverage.problems)
