"""The port to where spending is kept: what of each budget is leased and settled, and what was used. Its rows are durable."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from helmward.core.traffic import Traffic

Amounts = tuple[int, int, int]
"""Requests, tokens, nano-dollars."""


class WindowRow(NamedTuple):
    """What is spent of a budget in one window of time (`start`, `ends`: seconds since 1970), for one subject (a key, a user, a
    team, "" for all). `leased` may be spent without asking again: after a crash it counts as spent. `settled` surely is."""

    budget: str
    subject: str
    start: float
    ends: float
    leased: Amounts
    settled: Amounts


class Use(NamedTuple):
    """Which calls are counted together: of one minute (seconds since 1970), caller, model, upstream and verdict."""

    minute: int
    key: str
    user: str
    team: str
    model: str
    upstream: str
    verdict: str


class UseCounts(NamedTuple):
    """How many calls, and what they used. `unpriced`: of how many the price is not known."""

    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    nano_usd: int = 0
    unpriced: int = 0


class Sum(NamedTuple):
    """What was used under one name (of a key, a user, a team or a model) with one verdict."""

    name: str
    verdict: str
    counts: UseCounts


class Spending(Protocol):
    """The rows. Every method blocks, and raises HelmwardError with a sentence where the disk or a lock refuses."""

    def windows(self) -> list[WindowRow]:
        """The last window of each budget and subject."""
        ...

    def keep(self, rows: Iterable[WindowRow], durable: bool) -> None:
        """Write windows in the place of those of the same budget and subject: all or none. `durable`: a loss of power does
        not take it back."""
        ...

    def add(self, uses: Iterable[tuple[Use, UseCounts]], traffic: Traffic) -> None:
        """Add to what is counted: all or none."""
        ...

    def sums(self, since: float, by: str) -> list[Sum]:
        """What was used in the minutes that end after `since` (seconds since 1970; what is old is kept by the hour), summed by a
        field of Use and the verdict."""
        ...

    def traffic(self, since: int, step: int, model: str | None, before: int | None = None) -> Traffic:
        """The traffic of the steps that begin at or after `since` and before `before` (seconds since 1970; None: all since),
        summed in steps of `step` seconds; of one model, or of all. Finds are summed over all of it, and bear `since`."""
        ...

    def tidy(self, windows_before: float, uses_before: float, hours_before: float) -> None:
        """Drop windows that ended before, and uses of minutes before; keep those of minutes before `hours_before` by the hour."""
        ...

    def tidy_traffic(self, before: float, hours_before: float) -> None:
        """Drop traffic of steps that began before; keep that of steps before `hours_before` by the hour."""
        ...
