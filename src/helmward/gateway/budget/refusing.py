"""What is said where a budget has no room: which budget, its figure, and when there is room again."""

from __future__ import annotations

from datetime import UTC, datetime

from helmward.core.text import one_line
from helmward.core.times import format_time
from helmward.gateway.budget.counter import Counter, Window
from helmward.gateway.budget.rules import amount
from helmward.gateway.budget.terms import BudgetReached

_SOON = 1.0
"""Seconds after which it is worth to try again where calls that still run are in the way."""


def reached(counter: Counter, window: Window, unit: int, wanted: int, now: float) -> BudgetReached:
    """There is no room now."""
    limit = counter.rule.limits[unit] or 0
    spent = window.settled[unit] + window.recovered[unit]
    open_calls = window.held[unit] - spent
    figures = f"{amount(unit, spent)} are spent"
    if window.recovered[unit]:
        figures += f" (of these {amount(unit, window.recovered[unit])} by a server that was killed)"
    if open_calls:
        figures += f", {amount(unit, open_calls)} are reserved by calls that still run"
    soon = spent + wanted <= limit
    retry = _SOON if soon else max(0.0, window.ends - now)
    frees = "try again when they have ended" if soon else f"it begins anew at {_at(window.ends)}"
    return BudgetReached(
        f"{counter.rule.named(one_line(counter.subject, 100))} has no room for this call, which may use "
        f"{amount(unit, wanted)}: {counter.rule.figure(unit)}, {figures}; {frees}.",
        retry,
    )


def never_fits(counter: Counter, unit: int, wanted: int) -> BudgetReached:
    """The call alone is larger than the figure."""
    return BudgetReached(
        f"{counter.rule.named(one_line(counter.subject, 100))} never has room for this call, which may use "
        f"{amount(unit, wanted)}: {counter.rule.figure(unit)}; ask for fewer tokens, or raise the figure in gateway.budgets.",
        None,
    )


def too_many(counter: Counter) -> BudgetReached:
    """So many calls run at the same time."""
    return BudgetReached(
        f"{counter.rule.named(one_line(counter.subject, 100))} lets at most {counter.rule.concurrent} calls run at the same "
        "time; try again when one has ended.",
        _SOON,
    )


def unpriced(counter: Counter, model: str) -> BudgetReached:
    """Money is limited, and the price is not known."""
    return BudgetReached(
        f"{counter.rule.named(one_line(counter.subject, 100))} limits money, and what the model '{one_line(model, 80)}' costs is "
        "not known; give input_usd_per_million and output_usd_per_million of it in gateway.models (0 where it is free).",
        None,
    )


def _at(seconds: float) -> str:
    return format_time(datetime.fromtimestamp(int(seconds), UTC))
