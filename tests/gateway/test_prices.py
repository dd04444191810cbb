"""What tokens cost: by the settings, by the price list of whoever bills, and not known otherwise."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any

import pytest
from genai_prices import Usage, calc_price
from genai_prices.data_snapshot import get_snapshot
from hypothesis import given, settings
from hypothesis import strategies as st

from helmward.core.settings_gateway import GatewaySettings, ModelSettings, UpstreamSettings
from helmward.gateway.prices import Prices
from helmward.gateway.routing import Target

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
LISTED = [
    ("https://api.openai.com/v1", "gpt-4o"),
    ("https://api.openai.com/v1", "text-embedding-3-small"),
    ("https://api.anthropic.com/v1", "claude-sonnet-4-5"),
    ("https://api.anthropic.com/v1", "claude-3-5-haiku-latest"),
    ("https://api.deepseek.com/v1", "deepseek-chat"),
]


def target(
    url: str = "http://127.0.0.1:8000/v1", name: str = "m", price_list: str | None = None, **model: Any
) -> Target:
    upstream = UpstreamSettings(name="up", api="openai", url=url, price_list=price_list)
    return Target(ModelSettings(name=name, upstream="up", **model), upstream)


def prices() -> Prices:
    return Prices(lambda: NOON)


@pytest.mark.parametrize(("url", "name"), LISTED)
@pytest.mark.parametrize(
    ("given", "answered", "cached", "written"),
    [
        (0, 0, 0, 0),
        (1000, 500, 0, 0),
        (1000, 1, 900, 0),
        (1000, 1, 100, 800),
        (250_000, 7, 5, 0),
        (123_457, 89, 12, 34),
    ],
)
def test_it_is_what_the_list_itself_says(
    url: str, name: str, given: int, answered: int, cached: int, written: int
) -> None:
    usage = Usage(input_tokens=given, output_tokens=answered, cache_read_tokens=cached, cache_write_tokens=written)
    wanted = calc_price(usage, name, provider_api_url=url, genai_request_timestamp=NOON).total_price
    found = prices().cost(target(url, name), given, answered, cached, written)
    assert found is not None and found == pytest.approx(float(wanted), rel=1e-9, abs=1e-12)


@given(
    place=st.sampled_from(LISTED),
    given_tokens=st.integers(0, 300_000),
    answered=st.integers(0, 10_000),
    cached=st.integers(0, 300_000),
    written=st.integers(0, 300_000),
)
@settings(max_examples=100, deadline=None)
def test_the_most_is_never_less(
    place: tuple[str, str], given_tokens: int, answered: int, cached: int, written: int
) -> None:
    one = target(*place)
    cost = prices().cost(one, given_tokens, answered, cached, written)
    most = prices().most(one, given_tokens + 5, answered + 5)
    assert cost is not None and most is not None and 0 <= cost <= most


def test_a_price_belongs_to_who_bills() -> None:
    assert prices().cost(target(name="gpt-4o"), 1, 1, 0) is None
    assert prices().most(target(name="gpt-4o"), 1, 1) is None
    assert prices().per_million(target(name="gpt-4o")) is None
    assert not prices().known(target("https://api.openai.com/v1", "no-such-model"))
    assert prices().per_million(target(name="gpt-4o", price_list="openai")) == (2.5, 10.0)
    assert prices().cost(target(name="gpt-4o", price_list="nobody"), 1, 1, 0) is None


def test_the_upstreams_name_of_the_model_counts() -> None:
    assert prices().known(target("https://api.openai.com/v1", "ours", upstream_name="gpt-4o"))


def test_the_settings_are_stronger_than_the_list() -> None:
    own = target("https://api.openai.com/v1", "gpt-4o", input_usd_per_million=1.5, output_usd_per_million=0.1)
    assert prices().cost(own, 1_000_000, 1_000_000, 500_000) == pytest.approx(1.6)
    cached = target(input_usd_per_million=1, output_usd_per_million=0, cached_usd_per_million=0.25)
    assert prices().cost(cached, 1000, 9, 400) == pytest.approx(0.0007)
    free = target(input_usd_per_million=0, output_usd_per_million=0)
    assert prices().cost(free, 10**6, 10**6, 0) == 0.0 and prices().known(free)


def test_one_price_of_two_is_refused() -> None:
    with pytest.raises(ValueError, match="one price of two"):
        GatewaySettings.model_validate(
            {
                "upstreams": [{"name": "up", "api": "openai", "url": "http://x/v1"}],
                "models": [{"name": "m", "upstream": "up", "input_usd_per_million": 1}],
            }
        )


def test_the_list_is_the_installed_one() -> None:
    prices().cost(target(*LISTED[0]), 1, 1, 0)
    assert not get_snapshot().from_auto_update


def test_once_learnt_nothing_is_loaded_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    found = prices()
    found.learn([target(*LISTED[0]), target(name="nobody-knows")])
    monkeypatch.setitem(sys.modules, "genai_prices.data_snapshot", None)  # to import it would be an error
    assert found.known(target(*LISTED[0])) and not found.known(target(name="nobody-knows"))
    with pytest.raises(ImportError):
        found.known(target(*LISTED[2]))
