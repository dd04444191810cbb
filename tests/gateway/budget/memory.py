"""Where spending is kept, in memory, with a disk that can refuse and a server that can be killed in the middle of a write."""

from __future__ import annotations

from collections.abc import Iterable

from helmward.core.errors import HelmwardError
from helmward.core.nouns import Actor
from helmward.core.spending import Sum, Use, UseCounts, WindowRow
from helmward.core.traffic import Traffic, nothing
from helmward.gateway.budget import Caller


class Memory:
    """`refuses`: nothing can be written. `dies`: `before` or `after` the next write the server is killed."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], WindowRow] = {}
        self.used: dict[Use, UseCounts] = {}
        self.kept = nothing()
        self.refuses = False
        self.dies = ""
        self.writes = 0

    def left(self) -> Memory:
        """What a server that was killed leaves behind. What it would still write goes nowhere."""
        found = Memory()
        found.rows, found.used = dict(self.rows), dict(self.used)
        found.kept.add(self.kept)
        return found

    def windows(self) -> list[WindowRow]:
        return list(self.rows.values())

    def keep(self, rows: Iterable[WindowRow], durable: bool) -> None:
        if self.refuses or self.dies == "before":
            raise HelmwardError("The disk is full.")
        self.writes += 1
        self.rows |= {(row.budget, row.subject): row for row in rows}
        if self.dies == "after":
            raise HelmwardError("The server was killed.")

    def add(self, uses: Iterable[tuple[Use, UseCounts]], traffic: Traffic) -> None:
        if self.refuses:
            raise HelmwardError("The disk is full.")
        for use, counts in uses:
            had = self.used.get(use, UseCounts())
            self.used[use] = UseCounts(*(one + more for one, more in zip(had, counts, strict=True)))

        self.kept.add(traffic)

    def traffic(self, since: int, step: int, model: str | None, before: int | None = None) -> Traffic:
        """As it was added: the tests that read it ask in steps of the store's own, of all models."""
        calls, times, finds = (
            {key: held for key, held in sort.items() if since <= key.start and (before is None or key.start < before)}
            for sort in self.kept
        )
        return Traffic(calls, times, finds)  # type: ignore[arg-type]

    def sums(self, since: float, by: str) -> list[Sum]:
        found = [(use, counts) for use, counts in self.used.items() if use.minute + 60 > since]
        return [Sum(getattr(use, by), use.verdict, counts) for use, counts in found]

    def tidy(self, windows_before: float, uses_before: float, hours_before: float) -> None:
        self.rows = {place: row for place, row in self.rows.items() if row.ends >= windows_before}
        self.used = {use: counts for use, counts in self.used.items() if use.minute >= uses_before}

    def tidy_traffic(self, before: float, hours_before: float) -> None:
        """Nothing here is that old."""


class Clock:
    """Seconds since 1970, as the test says."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def caller(key: str = "ci", user: str = "ada", team: str = "payments") -> Caller:
    return Caller(Actor(name=user, kind="service", roles=("caller",)), key, team)
