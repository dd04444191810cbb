"""How long to wait before a kind is asked for again."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

FIRST = 0.2  # seconds: the longest first pause
LONGEST = 30.0
_LASTED = 10.0  # a try that held this long was a success: the next pause is a first one again


class Pace:
    """Pauses with jitter that double while tries go on ending soon, whatever ends them (as client-go's reflector does)."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._next = FIRST
        self._began = clock()

    def begin(self) -> None:
        """A try begins."""
        self._began = self._clock()

    def pause(self, least: float = 0.0, most: float = LONGEST) -> float:
        """Seconds to wait now that the try has ended; at least what a server asked for (`least`)."""
        if self._clock() - self._began >= _LASTED:
            self._next = FIRST
        wait = min(random.uniform(self._next / 2, self._next), most)  # noqa: S311 - jitter
        self._next = min(self._next * 2, LONGEST)
        return max(wait, least)
