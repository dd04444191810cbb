"""What a form may do once: a value that it carries, so that sending it again, by Back or Reload, does nothing more."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

LASTS = 3600.0
"""Seconds for which a form can be sent."""

_MOST = 1000


class Once:
    """The values of forms that were shown and not sent, in memory alone. `clock` gives seconds that only grow."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._open: dict[str, float] = {}

    def value(self) -> str:
        """A new one."""
        made = secrets.token_urlsafe(16)
        self.give_back(made)
        return made

    def take(self, value: str) -> bool:
        """Whether it may be done now; from then on it may not."""
        return self._clock() < self._open.pop(value, 0.0)

    def give_back(self, value: str) -> None:
        """It was not done after all."""
        now = self._clock()
        self._open = {kept: until for kept, until in self._open.items() if until > now}
        if len(self._open) >= _MOST:
            del self._open[next(iter(self._open))]
        self._open[value] = now + LASTS
