"""The words of budgets: who calls, what a call may use at most, what it used, and what is said where a budget is used up."""

from __future__ import annotations

from typing import NamedTuple

from helmward.core.errors import DeniedError, HelmwardError
from helmward.core.nouns import Actor

NANO = 1_000_000_000
"""Nano-dollars in a dollar. Money is counted in whole ones: floats would drift."""


class Caller(NamedTuple):
    """Who calls. `key`: the name of the token they came with; `team`: the first team of the settings that has them ("": none)."""

    actor: Actor
    key: str
    team: str


class Estimate(NamedTuple):
    """The most that a call can use: tokens in and out, and US dollars at the dearest of its targets (None: the price of one
    of them is not known)."""

    tokens: int
    usd: float | None


class Used(NamedTuple):
    """What a call used. `input_tokens` holds all input; `cached_tokens` are the part of it that a cache had. `usd` None: the
    price is not known."""

    input_tokens: int
    output_tokens: int
    cached_tokens: int
    usd: float | None


class BudgetReached(DeniedError):
    """A budget has no room for a call. `retry_after`: seconds after which it may have (None: it never has for such a call)."""

    http_status = 429

    def __init__(self, what: str, retry_after: float | None) -> None:
        super().__init__(what)
        self.what = what
        self.retry_after = retry_after


class BudgetUnkept(HelmwardError):
    """What is spent cannot be recorded, so nothing may be spent."""

    http_status = 503


def nano(usd: float) -> int:
    """US dollars in nano-dollars, to the nearest."""
    return round(usd * NANO)
