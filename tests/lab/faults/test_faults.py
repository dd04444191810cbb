"""Each fault, on each engine that can show it: it looks as Kubernetes makes it look, and mending restores exactly."""

from __future__ import annotations

from typing import Any

import pytest
from tests.engines import on

from helmward.lab import breaking
from helmward.lab.cast.objects import NAMESPACE
from helmward.lab.client import Json, path_of
from helmward.lab.faults.base import catalogue
from helmward.lab.kube.waiting import eventually

from .shop import Shop
from .signs import SIGNS

_CASES = [
    on(engine, name)
    for engine in ("embedded", "kube")
    for name, fault in catalogue().items()
    if engine in fault.engines
]
_PAIRS = [("image", "selector"), ("crash", "port"), ("missing-secret", "missing-key"), ("image-auth", "probe")]
_KUBE_PAIRS = [("quota", "oom"), ("unschedulable", "pending-pvc"), ("node-down", "image")]
_BOTH_SEEN = [
    *(on("embedded", *pair) for pair in _PAIRS),
    *(on("kube", *pair) for pair in _KUBE_PAIRS),
    *(on("kube", *pair, slow=True) for pair in _PAIRS),  # the embedded engine shows them always
]
_ON_ONE_OBJECT = [
    *(on("embedded", *pair) for pair in [("image", "bad-config"), ("missing-secret", "scale-zero")]),
    on("kube", "stuck-rollout", "pending-pvc"),
    on("kube", "image", "bad-config", slow=True),
]


def test_every_fault_has_its_signs() -> None:
    assert set(SIGNS) == set(catalogue())


@pytest.mark.parametrize(("lab", "name"), _CASES, indirect=["lab"])
async def test_a_fault_shows_and_mends(shop: Shop, name: str) -> None:
    before = await _desired(shop)
    await eventually(lambda: _not_yet(shop, name), f"no sign of {name} before it is there")
    await breaking.break_(shop.folder, [name])
    assert breaking.broken(shop.folder) == [name]
    await eventually(lambda: SIGNS[name](shop), f"the signs of {name}", 40)
    assert await breaking.mend(shop.folder, [name]) == [name]
    await shop.until_healthy()
    assert await _desired(shop) == before
    assert breaking.broken(shop.folder) == []


@pytest.mark.parametrize(("lab", "first", "second"), _BOTH_SEEN, indirect=["lab"])
async def test_two_at_once_both_show(shop: Shop, first: str, second: str) -> None:
    before = await _desired(shop)
    await breaking.break_(shop.folder, [first])
    await eventually(lambda: SIGNS[first](shop), f"the signs of {first}", 40)
    await breaking.break_(shop.folder, [second])
    for name in (second, first):
        await eventually(lambda name=name: SIGNS[name](shop), f"the signs of {name}", 40)  # type: ignore[misc]
    assert sorted(await breaking.mend(shop.folder)) == sorted((first, second))
    await shop.until_healthy()
    assert await _desired(shop) == before


@pytest.mark.parametrize(("lab", "first", "second"), _ON_ONE_OBJECT, indirect=["lab"])
@pytest.mark.parametrize("oldest_first", [True, False])
async def test_two_on_one_object_are_undone_in_any_order(
    shop: Shop, first: str, second: str, oldest_first: bool
) -> None:
    before = await _desired(shop)
    await breaking.break_(shop.folder, [first, second])
    for name in (first, second) if oldest_first else (second, first):
        await breaking.mend(shop.folder, [name])
    await shop.until_healthy()
    assert await _desired(shop) == before


async def _not_yet(shop: Shop, name: str) -> bool:
    return name == "pending-pvc" or not await SIGNS[name](shop)


async def _desired(shop: Shop) -> dict[str, Any]:
    """What people wrote: specs and data, without what servers add over time."""
    found: dict[str, Json] = {}
    for kind in ("Deployment", "Service", "ConfigMap", "ResourceQuota", "PersistentVolumeClaim"):
        for item in await shop.client.list_all(path_of(kind, NAMESPACE)):
            kept = {key: item[key] for key in ("spec", "data") if key in item}
            found[f"{kind}/{item['metadata']['name']}"] = kept
    return found
