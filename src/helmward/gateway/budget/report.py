"""How a budget stands, for people."""

from __future__ import annotations

from typing import NamedTuple

from helmward.core.spending import Amounts
from helmward.gateway.budget.counter import Counter


class Standing(NamedTuple):
    """A budget for one subject. Amounts are requests, tokens, nano-dollars; `limits` None: no limit. `recovered` counts as spent
    because a server was killed, `reserved` is held by calls that run. `ends`: seconds since 1970."""

    budget: str
    each: str
    subject: str
    limits: tuple[int | None, int | None, int | None]
    spent: Amounts
    recovered: Amounts
    reserved: Amounts
    concurrent: int | None
    running: int
    ends: float

    @property
    def remaining(self) -> tuple[int | None, int | None, int | None]:
        """What may still be reserved."""
        one, two, three = (
            None if limit is None else max(0, limit - spent - recovered - reserved)
            for limit, spent, recovered, reserved in zip(
                self.limits, self.spent, self.recovered, self.reserved, strict=True
            )
        )
        return one, two, three


def standing(counter: Counter, now: float) -> Standing:
    """How it stands now."""
    window = counter.at(now)
    spent, recovered = _amounts(window.settled), _amounts(window.recovered)
    reserved = tuple(window.held[unit] - spent[unit] - recovered[unit] for unit in (0, 1, 2))
    return Standing(
        budget=counter.rule.settings.name or _described(counter),
        each=counter.rule.settings.each,
        subject=counter.subject,
        limits=counter.rule.limits,
        spent=spent,
        recovered=recovered,
        reserved=_amounts(reserved),
        concurrent=counter.rule.concurrent,
        running=counter.running,
        ends=window.ends,
    )


def _described(counter: Counter) -> str:
    given = counter.rule.settings
    parts = [f"{name}={pattern}" for name in ("key", "user", "team") if (pattern := getattr(given, name)) != "*"]
    return " ".join(parts) or "*"


def _amounts(values: list[int] | tuple[int, ...]) -> Amounts:
    return values[0], values[1], values[2]
