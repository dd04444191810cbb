"""A budget of the settings, made ready: whom it holds for, as whom they are counted, its figures, and how it is named."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from fnmatch import fnmatchcase

from helmward.core.settings_gateway import BudgetSettings
from helmward.core.times import age
from helmward.gateway.budget.terms import NANO, Caller, nano

UNITS = ("requests", "tokens", "usd")
_SIXTEENTH = 16


class Rule:
    """One budget. `limits` are the figures (None: no limit), `blocks` how much of each is leased at once."""

    def __init__(self, settings: BudgetSettings, identity: str) -> None:
        self.settings, self.id = settings, identity
        self.seconds = settings.seconds
        self.limits = (settings.requests, settings.tokens, None if settings.usd is None else nano(settings.usd))
        self.blocks = tuple(max(1, (limit or 0) // _SIXTEENTH) for limit in self.limits)
        self.limited = tuple((unit, limit) for unit, limit in enumerate(self.limits) if limit is not None)
        self.concurrent = settings.concurrent

    def holds(self, caller: Caller) -> bool:
        """Whether it is this caller's budget."""
        wanted = (
            (caller.key, self.settings.key),
            (caller.actor.name, self.settings.user),
            (caller.team, self.settings.team),
        )
        return all(fnmatchcase(name, pattern) for name, pattern in wanted)

    def subject(self, caller: Caller) -> str:
        """As whom the caller is counted. Those without a team are counted together."""
        return {"key": caller.key, "user": caller.actor.name, "team": caller.team, "all": ""}[self.settings.each]

    def start(self, now: float) -> float:
        """When the window began that `now` lies in."""
        return now // self.seconds * self.seconds

    def named(self, subject: str) -> str:
        """The budget in a sentence."""
        name = f"The budget '{self.settings.name}'" if self.settings.name else "The budget"
        if self.settings.each == "all":
            return f"{name} of all together"
        if not subject:
            return f"{name} of those without a {self.settings.each}"
        return f"{name} of the {self.settings.each} '{subject}'"

    def figure(self, unit: int) -> str:
        """The limit of a unit in a sentence."""
        return f"{amount(unit, self.limits[unit] or 0)} in {age(timedelta(seconds=self.seconds))}"


def amount(unit: int, value: int) -> str:
    """An amount of a unit for people."""
    if unit == 0 and value == 1:
        return "1 request"
    return f"${value / NANO:,.6f}".rstrip("0").rstrip(".") if unit == 2 else f"{value:,} {UNITS[unit]}"


def rules(budgets: Iterable[BudgetSettings]) -> list[Rule]:
    """The budgets of the settings. One without a name is known by whom it holds for, and its window: change a figure and what
    was used still counts, change these and it begins anew."""
    made: dict[str, Rule] = {}
    for budget in budgets:
        scope = "\x1f".join((budget.key, budget.user, budget.team, budget.each, repr(budget.seconds)))
        identity = budget.name or "#" + hashlib.sha256(scope.encode()).hexdigest()[:16]
        while identity in made:
            identity += "+"
        made[identity] = Rule(budget, identity)
    return list(made.values())
