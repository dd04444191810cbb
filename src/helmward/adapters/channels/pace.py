"""How fast: a limit of messages a minute, and the waits between tries."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass

_WINDOW = 60.0  # seconds


class Limit:
    """At most `count` passes in any minute; times are seconds of one clock."""

    def __init__(self, count: int) -> None:
        self._passes: deque[float] = deque(maxlen=count)

    def wait(self, now: float) -> float:
        """How long until the next may pass; 0 if it may now."""
        full = len(self._passes) == self._passes.maxlen
        return max(0.0, self._passes[0] + _WINDOW - now) if full else 0.0

    def passed(self, now: float) -> None:
        """One has passed."""
        self._passes.append(now)


@dataclass(frozen=True)
class Patience:
    """How often a message is tried, and the seconds between: full jitter (AWS, "Exponential Backoff And Jitter")."""

    tries: int = 6
    first: float = 1.0
    longest: float = 60.0
    longest_asked: float = 300.0

    def wait(self, tried: int, asked: float | None) -> float:
        """Seconds until the next try after `tried` ones; what the other side asked for is the least."""
        jitter = random.uniform(0, min(self.longest, self.first * 2 ** (tried - 1)))  # noqa: S311 - no secret
        return jitter if asked is None else min(self.longest_asked, asked) + jitter
