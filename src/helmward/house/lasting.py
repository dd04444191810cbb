"""How long it took to see, explain and mend what broke: percentiles over the incidents of the book.

detect   from the earliest moment that the evidence told when it opened (a change, an Event, a condition) until it opened
explain  from when it opened until a first cause was named that is one, and no mere effect; 0 where that was at once
mend     from when it opened until it was resolved; one that came back within ten minutes counts as one

That another cause comes to light later moves nothing; one of which only effects are known is not explained.

Incidents that stood before Helmward looked have no known beginning: they are in none but `explain`. So have those whose
moment is not known, or lies behind the other by another machine's clock. Most times of Kubernetes are whole seconds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from helmward.core.times import parse_time
from helmward.world.book import Tracked

_DIGITS = 3  # of a second


def times(known: Sequence[Tracked]) -> dict[str, Any]:
    """`{"count": 3, "detect": {"p50": 1.2, "p95": 4.0, "count": 2}, "explain": …, "mend": …}`, in seconds; None where no
    incident tells. `known` is what the book keeps: all that was live at some moment of the last seven days (book.KEEP)."""
    seen = [entry for entry in known if not entry.baseline]
    return {
        "count": len(known),
        "detect": _spread(_between(entry.began, entry.opened) for entry in seen),
        "explain": _spread(_between(entry.opened, entry.explained) for entry in known),
        "mend": _spread(_between(entry.opened, entry.resolved) for entry in seen),
    }


def _between(first: str | None, then: str | None) -> float | None:
    if first is None or then is None:
        return None
    begin, end = parse_time(first), parse_time(then)
    if begin is None or end is None or end < begin:
        return None
    return (end - begin).total_seconds()


def _spread(found: Iterable[float | None]) -> dict[str, float] | None:
    known = sorted(seconds for seconds in found if seconds is not None)
    if not known:
        return None
    return {"p50": _percentile(known, 0.50), "p95": _percentile(known, 0.95), "count": len(known)}


def _percentile(ordered: Sequence[float], share: float) -> float:
    """By nearest rank: a value that did occur."""
    return round(ordered[math.ceil(share * len(ordered)) - 1], _DIGITS)
