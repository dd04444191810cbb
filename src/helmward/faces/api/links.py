"""One-time links: whoever has a token opens the console without typing it, once, within minutes."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

LASTS = 300.0
"""Seconds for which a link can be used."""

_MOST = 1000


class Links:
    """Codes that stand for tokens, in memory alone. `clock` gives seconds that only grow."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._codes: dict[str, tuple[str, float]] = {}

    def make(self, token: str) -> str:
        """A code for this token."""
        now = self._clock()
        self._codes = {code: one for code, one in self._codes.items() if one[1] > now}
        if len(self._codes) >= _MOST:
            del self._codes[next(iter(self._codes))]
        code = secrets.token_urlsafe(24)
        self._codes[code] = token, now + LASTS
        return code

    def use(self, code: str) -> str | None:
        """The token, once."""
        token, until = self._codes.pop(code, (None, 0.0))
        return token if self._clock() < until else None
