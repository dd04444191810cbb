"""Wrong passwords are counted, by name and by where they come from: after a few, none is looked at for a while."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from helmward.door.identity.refusals import TooManyGuesses

WINDOW = 300.0  # seconds
_MOST_TOGETHER, _MOST_APART = 5, 30
"""Failures within the window: of one name from one place; of one name, or from one place."""


class Guesses:
    """`clock` counts seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._times: dict[tuple[str, str], deque[float]] = {}

    def begin(self, name: str, source: str) -> None:
        """Count an attempt before it is looked at: many at once are no more than one after the other.

        Raises TooManyGuesses."""
        now = self._clock()
        with self._lock:
            self._forget(now)
            for place, most in _places(name, source):
                if len(self._times.get(place, ())) >= most:
                    raise TooManyGuesses("There were too many wrong passwords; try again in some minutes.", "guessing")
            for place, _ in _places(name, source):
                self._times.setdefault(place, deque()).append(now)

    def succeeded(self, name: str, source: str) -> None:
        """It was right: this one does not count, nor do the earlier ones of this name from there."""
        with self._lock:
            together, *apart = (place for place, _ in _places(name, source))
            self._times.pop(together, None)
            for place in apart:
                if self._times.get(place):
                    self._times[place].pop()

    def _forget(self, now: float) -> None:
        for place, times in list(self._times.items()):
            while times and times[0] <= now - WINDOW:
                times.popleft()
            if not times:
                del self._times[place]


def _places(name: str, source: str) -> tuple[tuple[tuple[str, str], int], ...]:
    return ((name, source), _MOST_TOGETHER), ((name, "\0"), _MOST_APART), (("\0", source), _MOST_APART)
