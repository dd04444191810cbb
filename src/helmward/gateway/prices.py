"""What tokens cost, in US dollars: by the settings, else by the price list of whoever runs the upstream.

The list is genai-prices', as installed: it is never fetched. A price belongs to who bills: a model of a provider's name on
another host costs what its own host says, which no list knows. So an upstream is found by its URL, or by its setting
`price_list`; without either a price is not known, and None.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, Protocol

from helmward.core.settings_gateway import ModelSettings, UpstreamSettings

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, ModelPrice

_PICO = 10**6  # picodollars a token in a dollar for a million tokens
_PICO_IN_DOLLAR = 10**12


class Priced(Protocol):
    """A model at an upstream (routing's Target)."""

    @property
    def model(self) -> ModelSettings:
        """The entry of the settings."""
        ...

    @property
    def upstream(self) -> UpstreamSettings:
        """Where it runs."""
        ...


class _Rate(NamedTuple):
    """Picodollars a token, as steps: (from more than so many input tokens, price), ascending."""

    steps: tuple[tuple[int, int], ...]

    def of(self, tokens: int, input_tokens: int) -> int:
        price = 0
        for above, step in self.steps:
            if above < 0 or input_tokens > above:
                price = step
        return tokens * price

    def most(self, tokens: int) -> int:
        return tokens * max(step for _, step in self.steps)


class _Rates(NamedTuple):
    """`written`: what a cache keeps; `dearest`: the most that an input token can cost; `request`: picodollars a call."""

    input: _Rate
    output: _Rate
    cached: _Rate
    written: _Rate
    dearest: _Rate
    request: int


_FREE = _Rate(((-1, 0),))


class Prices:
    """Prices of the models of the settings. `now` is asked for prices that change with the hour or the day."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._listed: dict[tuple[str, str | None, str], ModelInfo | None] = {}
        self._rates: dict[int, tuple[ModelPrice, _Rates | None]] = {}

    def learn(self, targets: Iterable[Priced]) -> None:
        """Look them up before the first call does: loading the list takes half a second. Blocks."""
        for target in targets:
            self._of(target)

    def known(self, target: Priced) -> bool:
        """Whether the price of a model is known there."""
        return self._of(target) is not None

    def per_million(self, target: Priced) -> tuple[float, float] | None:
        """What a million tokens cost, in and out, of a small call. None: the price is not known."""
        rates = self._of(target)
        return None if rates is None else (rates.input.of(1, 0) / _PICO, rates.output.of(1, 0) / _PICO)

    def cost(
        self, target: Priced, input_tokens: int, output_tokens: int, cached_tokens: int, cache_write_tokens: int = 0
    ) -> float | None:
        """What a call cost. Tokens read from a cache, and written to one, are parts of `input_tokens`. None: the price is not
        known."""
        rates = self._of(target)
        if rates is None:
            return None
        cached = min(cached_tokens, input_tokens)
        written = min(cache_write_tokens, input_tokens - cached)
        pico = rates.request + rates.input.of(input_tokens - cached - written, input_tokens)
        pico += rates.cached.of(cached, input_tokens) + rates.written.of(written, input_tokens)
        return _usd(pico + rates.output.of(output_tokens, input_tokens))

    def most(self, target: Priced, input_tokens: int, output_tokens: int) -> float | None:
        """The most that a call of at most so many tokens can cost, whatever a cache does. None: the price is not known."""
        rates = self._of(target)
        if rates is None:
            return None
        return _usd(rates.request + rates.dearest.most(input_tokens) + rates.output.most(output_tokens))

    # ---- inside ----

    def _of(self, target: Priced) -> _Rates | None:
        model = target.model
        if model.input_usd_per_million is not None and model.output_usd_per_million is not None:
            return _given(model.input_usd_per_million, model.output_usd_per_million, model.cached_usd_per_million)
        info = self._info(target)
        if info is None:
            return None
        price = info.get_prices(self._now())
        kept = self._rates.get(id(price))  # the price is kept beside its rates, so that its id stays its own
        if kept is None:
            kept = self._rates[id(price)] = (price, _rates(price))
        return kept[1]

    def _info(self, target: Priced) -> ModelInfo | None:
        name = target.model.upstream_name or target.model.name
        key = (target.upstream.url, target.upstream.price_list, name)
        if key not in self._listed:
            self._listed[key] = _find(*key)
        return self._listed[key]


def _find(url: str, price_list: str | None, name: str) -> ModelInfo | None:
    from genai_prices.data_snapshot import get_snapshot  # it takes half a second to import

    try:
        where = (price_list, None) if price_list else (None, url)
        return get_snapshot().find_provider_model(name, None, *where)[1]
    except LookupError:
        return None


def _rates(price: ModelPrice) -> _Rates | None:
    """None where the list has no price for text (a model of images, of speech)."""
    given = _rate(price.input_mtok)
    if given is None:
        return None
    written = _rate(price.cache_write_mtok) or given
    read = _rate(price.cache_read_mtok) or given
    hour = _rate(price.cache_write_1h_mtok) or given
    dearest = max(given, written, hour, key=lambda rate: rate.most(1))
    fee = price.requests_kcount
    return _Rates(
        input=given,
        output=_rate(price.output_mtok) or _FREE,
        cached=read,
        written=written,
        dearest=dearest,
        request=_pico(fee * 1000) if isinstance(fee, Decimal) else 0,
    )


def _rate(listed: object) -> _Rate | None:
    from genai_prices.types import TieredPrices

    if isinstance(listed, TieredPrices):
        tiers = ((tier.start, _pico(tier.price)) for tier in listed.tiers)
        return _Rate(((-1, _pico(listed.base)), *tiers))
    return _Rate(((-1, _pico(listed)),)) if isinstance(listed, Decimal) else None


@lru_cache(maxsize=256)
def _given(given: float, answered: float, cached: float | None) -> _Rates:
    rate = _flat(given)
    read = rate if cached is None else _flat(cached)
    return _Rates(input=rate, output=_flat(answered), cached=read, written=rate, dearest=max(rate, read), request=0)


def _flat(usd_per_million: float) -> _Rate:
    return _Rate(((-1, _pico(Decimal(str(usd_per_million)))),))


def _pico(usd_per_million: Decimal) -> int:
    return int((usd_per_million * _PICO).to_integral_value())


def _usd(pico: int) -> float:
    return pico / _PICO_IN_DOLLAR
