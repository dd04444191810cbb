"""Percentiles out of a histogram of fixed slots: those of several add up, so a percentile of any stretch of time can be had."""

from __future__ import annotations

from collections.abc import Sequence

from helmward.core.traffic import LADDERS, PER_DECADE, Measure


def quantile(slots: Sequence[int], share: float, measure: Measure) -> float | None:
    """The seconds within which `share` (0.95) of the calls stayed; None where there are none.

    As Prometheus' `histogram_quantile` for exponential buckets: calls lie evenly between the logarithms of their slot's bounds.
    What is longer than the last bound counts as that bound.
    """
    calls = sum(slots)
    if not calls:
        return None
    bounds, rank, before = LADDERS[measure], share * calls, 0
    for slot, count in enumerate(slots):
        if count and before + count >= rank:
            if slot == len(bounds):
                break
            part = max(0.0, (rank - before) / count)
            return float(bounds[slot] * 10 ** ((part - 1) / PER_DECADE))
        before += count
    return bounds[-1]
