"""An end that is none: what is wrong is not seen any more, and nothing mended it."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from tests.explain.shop import NOW, Shop, small_shop
from tests.house.test_affected import tracked

from helmward.core.nouns import Change
from helmward.core.times import format_time
from helmward.explain.workloads.codes import SCALED_TO_ZERO
from helmward.house import mending
from helmward.world.book import Tracked

_ENDED = NOW + timedelta(minutes=5)


@pytest.fixture
def shop() -> Shop:
    return small_shop()


def over(shop: Shop, **fields: str) -> Tracked:
    """An incident of payment's pods that has ended."""
    shop.find("crash", "Pod", "payment-0", owner="payment", **fields)
    (entry,) = tracked(shop.world, shop.findings)
    return msgspec.structs.replace(entry, state="resolved", resolved=format_time(_ENDED))


def scaled(shop: Shop, *moments: tuple[int, int, int]) -> None:
    """At these minutes, from so many replicas to so many."""
    shop.workload("payment", pods=moments[-1][2])
    (deployment,) = [item.resource for item in shop.world.all("Deployment") if item.name == "payment"]
    for minute, before, after in moments:
        time = format_time(NOW + timedelta(minutes=minute))
        change = Change(time=time, resource=deployment, path="spec.replicas", before=str(before), after=str(after))
        shop.world.changes.add(change)


def test_what_was_scaled_to_zero_is_not_mended(shop: Shop) -> None:
    ended = over(shop)
    assert mending.unseen(ended, shop.world) is None
    scaled(shop, (4, 1, 0))
    assert mending.unseen(ended, shop.world) == (
        "It is not seen any more: Deployment payment is scaled to 0, so nothing shows whether it is mended."
    )
    live = msgspec.structs.replace(ended, state="open", resolved=None)
    assert mending.unseen(live, shop.world) is None


@pytest.mark.parametrize("moments", [[(9, 1, 0)], [(4, 1, 0), (9, 0, 1)]], ids=["scaled later", "has pods again"])
def test_what_had_pods_when_it_ended_or_has_some_now_was_seen(shop: Shop, moments: list[tuple[int, int, int]]) -> None:
    ended = over(shop)
    scaled(shop, *moments)
    assert mending.unseen(ended, shop.world) is None


def test_what_is_gone_is_not_mended_where_that_is_known(shop: Shop) -> None:
    ended = over(shop)
    shop.world.remove("Deployment", "production", "payment", None)
    assert mending.unseen(ended, shop.world) is None, "Deployments were not read"
    shop.world.replace(next(item.kind for item in shop.world.all("Deployment")), [])
    assert "Deployment payment is gone" in (mending.unseen(ended, shop.world) or "")


def test_that_nothing_ran_was_itself_what_was_wrong(shop: Shop) -> None:
    ended = over(shop, code=SCALED_TO_ZERO.id)
    scaled(shop, (-4, 1, 0))
    assert mending.unseen(ended, shop.world) is None
