"""How model traffic goes: what was let through, masked and blocked, by which rules, how long it took, what it cost; over time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from operator import add
from typing import Any

from helmward.core.errors import UsageError
from helmward.core.times import format_time, parse_duration
from helmward.core.traffic import STEP, CallCounts, Measure, Traffic, nothing
from helmward.gateway.budget.quantiles import quantile
from helmward.gateway.budget.terms import NANO
from helmward.house.house import House

LONGEST = 7 * 86400
"""Seconds that can be asked for. Of more than a day points are of whole hours: older traffic is kept by the hour."""

POINTS = 100
"""So many points at most where no step is asked for."""

_DAY, _HOUR = 86400, 3600
_STEPS = tuple(minutes * 60 for minutes in (5, 10, 15, 20, 30, 60, 120))
_VERDICTS = {"blocked": "block", "masked": "mask", "flagged": "flag", "denied": "deny"}
_OVERALL: tuple[tuple[str, Measure, float], ...] = (
    ("p50", "total", 0.5),
    ("p95", "total", 0.95),
    ("p99", "total", 0.99),
    ("ownP50", "own", 0.5),
    ("ownP95", "own", 0.95),
)
_FIRST: tuple[tuple[str, Measure, float], ...] = (("firstTokenP50", "first", 0.5), ("firstTokenP95", "first", 0.95))


async def traffic(house: House, since: str, step: str | None, model: str | None) -> dict[str, Any]:
    """The traffic of the last `since` (`24h`, at most 7d) in points of `step`, of one model or of all. Raises UsageError for more
    than is kept, and for a step in which it is not kept."""
    now = house.clock()
    lasts = int(parse_duration(since).total_seconds())
    if not 0 < lasts <= LONGEST:
        raise UsageError("Traffic over time is kept for a week; ask for at most 7d.")
    seconds = _step(lasts, step)
    start = int(now.timestamp() - lasts) // seconds * seconds
    starts = range(start, int(now.timestamp()) + 1, seconds)
    found = nothing()
    if house.models is not None:
        found = await house.models.gateway.parts.recorder.usage.traffic(start, seconds, model)
    names = [one.name for one in house.loaded.settings.gateway.models] if model is None else [model]
    head = {"since": _time(start), "until": format_time(now.replace(microsecond=0)), "step": seconds}
    return head | await asyncio.to_thread(_shown, found, starts, names)


# ---- inside ----


def _step(lasts: int, asked: str | None) -> int:
    finest = STEP if lasts <= _DAY else _HOUR
    if asked is None:
        return next(step for step in _STEPS if step >= finest and lasts // step + 2 <= POINTS)
    step = int(parse_duration(asked).total_seconds())
    if not 0 < step <= _DAY or step % (finest if step < _HOUR else _HOUR):
        raise UsageError(
            "A step is a multiple of 5m within an hour, or whole hours within a day; for more than 24h it is whole hours."
        )
    return step


def _shown(found: Traffic, starts: Iterable[int], names: Iterable[str]) -> dict[str, Any]:
    models = _models(found, names)
    total = _Sum()
    for made in models.values():
        total.take(made)
    rows = [{"model": name, **made.shown(_OVERALL + _FIRST)} for name, made in models.items()]
    return {
        "series": _series(found, starts),
        "models": sorted(rows, key=lambda row: (-row["calls"], row["model"])),
        "rules": _rules(found),
        "totals": total.shown(_OVERALL + _FIRST),
    }


class _Sum:
    """Calls and histograms, added up."""

    def __init__(self) -> None:
        self.counts = [0] * len(CallCounts._fields)
        self.verdicts: dict[str, int] = {}
        self.slots: dict[str, list[int]] = {}

    def call(self, verdict: str, counts: list[int]) -> None:
        self.counts = list(map(add, self.counts, counts))
        self.verdicts[verdict] = self.verdicts.get(verdict, 0) + counts[0]

    def time(self, measure: str, slots: list[int]) -> None:
        had = self.slots.get(measure)
        self.slots[measure] = slots if had is None else list(map(add, had, slots))

    def take(self, other: _Sum) -> None:
        self.counts = list(map(add, self.counts, other.counts))
        for verdict, calls in other.verdicts.items():
            self.verdicts[verdict] = self.verdicts.get(verdict, 0) + calls
        for measure, slots in other.slots.items():
            self.time(measure, slots)

    def shown(self, percentiles: Iterable[tuple[str, Measure, float]]) -> dict[str, Any]:
        """As JSON."""
        counts = CallCounts(*self.counts)
        return {
            "calls": counts.calls,
            "failed": counts.failed,
            **{name: self.verdicts.get(verdict, 0) for name, verdict in _VERDICTS.items()},
            "inputTokens": counts.input_tokens,
            "outputTokens": counts.output_tokens,
            "usd": counts.nano_usd / NANO,
            "unpriced": counts.unpriced,
            **{name: _rounded(quantile(self.slots.get(of, ()), share, of)) for name, of, share in percentiles},
        }


def _series(found: Traffic, starts: Iterable[int]) -> list[dict[str, Any]]:
    """A point for each step, also for those in which nothing happened."""
    sums = {start: _Sum() for start in starts}
    for counted, counts in found.calls.items():
        if counted.start in sums:
            sums[counted.start].call(counted.verdict, counts)
    for timed, slots in found.times.items():
        if timed.start in sums:
            sums[timed.start].time(timed.measure, slots)
    return [{"time": _time(start), **made.shown(_OVERALL)} for start, made in sums.items()]


def _models(found: Traffic, names: Iterable[str]) -> dict[str, _Sum]:
    """Those of these names, and those that were called."""
    sums = {name: _Sum() for name in names}
    for counted, counts in found.calls.items():
        sums.setdefault(counted.model, _Sum()).call(counted.verdict, counts)
    for timed, slots in found.times.items():
        sums.setdefault(timed.model, _Sum()).time(timed.measure, slots)
    return sums


def _rules(found: Traffic) -> list[dict[str, Any]]:
    counts: dict[tuple[str, str], int] = {}
    for one, count in found.finds.items():
        counts[one.rule, one.action] = counts.get((one.rule, one.action), 0) + count
    rows = [{"rule": rule, "action": action, "count": count} for (rule, action), count in counts.items()]
    return sorted(rows, key=lambda row: (-counts[row["rule"], row["action"]], row["rule"], row["action"]))


def _rounded(seconds: float | None) -> float | None:
    """Three figures: a histogram knows no more."""
    return None if seconds is None else float(f"{seconds:.3g}")


def _time(start: int) -> str:
    return format_time(datetime.fromtimestamp(start, UTC))
