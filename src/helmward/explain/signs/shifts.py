"""Whether a series rose: its end against its beginning, in units of how much it wavers by itself."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median, quantiles
from typing import NamedTuple

from helmward.world.signs import Series

_FEWEST = 9
# Robust scaling by median and quartiles, as BARO does for root cause analysis on metrics (Pham et al., FSE 2024).
_WAVERS = 6.0
_TWICE = 2.0
_FLOOR = 0.05


class Shift(NamedTuple):
    """From `before` to `after`; `since` is the RFC 3339 time of the first value that is out of the ordinary."""

    before: float
    after: float
    since: str


def rise(series: Series) -> Shift | None:
    """The rise of a series at its end; None where it did not rise, or wavers as much all the time."""
    known = [(when, value) for when, value in zip(series.times, series.values, strict=True) if value is not None]
    if len(known) < _FEWEST:
        return None
    values = [value for _, value in known]
    calm, late = values[: len(values) // 3], values[-max(3, len(values) // 6) :]
    before, after = median(calm), median(late)
    wavers = max(_spread(calm), abs(before) * _FLOOR, 1e-9)
    if after - before < _WAVERS * wavers or after < before * _TWICE:
        return None
    first = next(when for when, value in known if value - before >= _WAVERS * wavers)
    return Shift(before, after, first.isoformat().replace("+00:00", "Z"))


def level(series: Series) -> float | None:
    """The median of the last values."""
    values = [value for value in series.values[-5:] if value is not None]
    return median(values) if values else None


def _spread(values: Sequence[float]) -> float:
    if len(values) < 2:
        return 0.0
    low, _, high = quantiles(values, n=4)
    return high - low
