"""What is kept of model traffic in steps of time: calls by verdict, what the guards found, and how long calls took."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

STEP = 300
"""Seconds: a bucket of time. It begins at a multiple of them since 1970."""

FIRST, PER_DECADE, BOUNDS = 0.001, 5, 30
"""The histogram of how long calls took: 30 upper bounds of 1 ms · 10^(k/5), so 1 ms, 1.58 ms, 2.51 ms … 631 s, then one slot for
what is longer. A value that is read back is off by at most a quarter."""

SLOTS = BOUNDS + 1

Measure = Literal["total", "first", "own"]
MEASURES: tuple[Measure, ...] = ("total", "first", "own")
"""From the call to its end; to the first piece of a stream that has text; what Helmward itself added."""

LADDERS: Mapping[Measure, tuple[float, ...]] = {
    measure: tuple(FIRST * (0.01 if measure == "own" else 1) * 10 ** (k / PER_DECADE) for k in range(BOUNDS))
    for measure in MEASURES
}
"""The upper bounds in seconds. Helmward's own time is small, so its ladder begins a hundred times lower: 10 µs … 6.3 s."""


class Took(NamedTuple):
    """How long a call took that went on to an upstream, in seconds. `first`: until the first piece of a stream with text in it
    (None: no stream, or nothing came). `own`: what of `total` was no waiting, neither for the upstream nor for a slow caller."""

    total: float
    first: float | None
    own: float


class Ended(NamedTuple):
    """How a call ended. `took` None: it went to no upstream. `finds`: how often a guard's rule fired, by (rule, action)."""

    failed: bool = False
    took: Took | None = None
    finds: Mapping[tuple[str, str], int] = {}


class Counted(NamedTuple):
    """Which calls are counted together: of the step that begins at `start` (seconds since 1970), of a model ("": no known one),
    with a verdict (allow, flag, mask, block, deny)."""

    start: int
    model: str
    verdict: str


class CallCounts(NamedTuple):
    """How many calls, how many of them failed, and what they used."""

    calls: int = 0
    failed: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    nano_usd: int = 0
    unpriced: int = 0


class Timed(NamedTuple):
    """Which calls are in a histogram."""

    start: int
    model: str
    measure: str


class Found(NamedTuple):
    """What a guard found: its rule and what was done about it (flag, mask, block)."""

    start: int
    model: str
    rule: str
    action: str


class Traffic(NamedTuple):
    """Sums: CallCounts as lists, histograms of SLOTS figures, numbers of finds."""

    calls: dict[Counted, list[int]]
    times: dict[Timed, list[int]]
    finds: dict[Found, int]

    def add(self, other: Traffic) -> None:
        """Take what `other` holds into this one."""
        for mine, more in ((self.calls, other.calls), (self.times, other.times)):
            _add(mine, more)  # type: ignore[arg-type]
        for found, count in other.finds.items():
            self.finds[found] = self.finds.get(found, 0) + count

    def __bool__(self) -> bool:
        return bool(self.calls)


def nothing() -> Traffic:
    """No traffic."""
    return Traffic({}, {}, {})


def _add(mine: dict[tuple[object, ...], list[int]], more: Mapping[tuple[object, ...], list[int]]) -> None:
    for key, counts in more.items():
        had = mine.get(key)
        mine[key] = list(counts) if had is None else [one + other for one, other in zip(had, counts, strict=True)]
