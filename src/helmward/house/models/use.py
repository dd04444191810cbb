"""What of the gateway was used: by whom, how much, and what is left of the budgets."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from helmward.core.errors import UsageError
from helmward.core.nouns import Actor
from helmward.core.spending import Sum
from helmward.core.times import format_time, parse_duration
from helmward.door.audit import Entry
from helmward.gateway.budget import Caller, Standing
from helmward.gateway.budget.rules import UNITS, rules
from helmward.gateway.budget.terms import NANO
from helmward.gateway.budget.usage import KEPT, By
from helmward.house.house import House
from helmward.house.models.check import budget, team_of

_STOPPED = frozenset({"block", "deny"})
_COUNTS = ("requests", "inputTokens", "outputTokens", "cachedTokens", "usd", "unpriced")


async def usage(house: House, by: By, since: str) -> dict[str, Any]:
    """Calls, tokens and cost of the last `since` (`24h`), by key, user, team or model, the most expensive first; and how each
    budget stands, what is nearest to its end first. Raises UsageError for more than is kept."""
    lasts = parse_duration(since)
    if not 0 < lasts.total_seconds() <= KEPT:
        raise UsageError(f"What was used is kept for {KEPT // 86400} days; ask for at most {KEPT // 86400}d.")
    start = house.clock() - lasts
    if house.models is None:
        return {"since": format_time(start), "by": by, "rows": [], "budgets": []}
    parts = house.models.gateway.parts
    rows = _summed(await parts.recorder.usage.sums(start.timestamp(), by))
    standing = [_standing(one) for one in sorted(parts.budgets.standing(), key=_left)]
    return {"since": format_time(start), "by": by, "rows": rows, "budgets": standing}


def caller(house: House, name: str) -> dict[str, Any]:
    """The team of an actor or a key of this name, and the budgets that hold for it."""
    settings = house.loaded.settings.gateway
    who = Caller(Actor(name=name, kind="service"), name, team_of(settings, name))
    return {
        "name": name,
        "team": who.team,
        "budgets": [budget(rule) for rule in rules(settings.budgets) if rule.holds(who)],
    }


async def reconcile(house: House, by: Actor, reason: str) -> dict[str, Any]:
    """Take back what counts as spent only because a server was killed while it was leased; how those budgets stood before.
    Raises AuditError: then nothing is taken back."""
    entry = Entry(actor=by, action="budget.reconcile", target="gateway", reason=reason)
    async with house.audit.intent(entry) as result:
        found = [] if house.models is None else house.models.gateway.parts.budgets.reconcile()
        shown = [_standing(one) for one in found]
        result["budgets"] = [
            {"budget": one["budget"], "subject": one["subject"], "recovered": one["recovered"]} for one in shown
        ]
    return {"budgets": shown}


# ---- inside ----


def _summed(found: list[Sum]) -> list[dict[str, Any]]:
    sums: dict[str, list[int]] = {}
    blocked: dict[str, int] = {}
    for one in found:
        had = sums.get(one.name, [0] * len(one.counts))
        sums[one.name] = [before + more for before, more in zip(had, one.counts, strict=True)]
        blocked[one.name] = blocked.get(one.name, 0) + (one.counts.requests if one.verdict in _STOPPED else 0)
    rows = [{"name": name, **_shown(counts), "blocked": blocked[name]} for name, counts in sums.items()]
    return sorted(rows, key=lambda row: (-row["usd"], -row["requests"], row["name"]))


def _shown(counts: list[int]) -> dict[str, Any]:
    row: dict[str, Any] = dict(zip(_COUNTS, counts, strict=True))
    return row | {"usd": row["usd"] / NANO}


def _left(one: Standing) -> tuple[float, str, str]:
    """The smallest share of it that is left, 0 to 1."""
    shares = [
        left / limit if limit else 0.0
        for left, limit in zip(one.remaining, one.limits, strict=True)
        if left is not None and limit is not None
    ]
    return min(shares, default=1.0), one.budget, one.subject


def _standing(one: Standing) -> dict[str, Any]:
    return {
        "budget": one.budget,
        "each": one.each,
        "subject": one.subject,
        "limits": _amounts(one.limits),
        "spent": _amounts(one.spent),
        "recovered": _amounts(one.recovered),
        "reserved": _amounts(one.reserved),
        "remaining": _amounts(one.remaining),
        "concurrent": one.concurrent,
        "running": one.running,
        "ends": format_time(datetime.fromtimestamp(int(one.ends), UTC)),
    }


def _amounts(values: tuple[int | None, int | None, int | None]) -> dict[str, float | None]:
    requests, tokens, nano_usd = values
    return dict(zip(UNITS, (requests, tokens, None if nano_usd is None else nano_usd / NANO), strict=True))
