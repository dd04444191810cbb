"""How long to wait before the next try: full jitter, so that many clients do not come back at the same instant."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

_LONGEST_OBEYED = 120.0  # seconds; a server that asks for more is asked again all the same


class Backoff:
    """Waits that grow from `base` to `cap` seconds. After `steady` seconds without a failure it starts afresh.

    Full jitter as in "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015). `uniform()` gives [0, 1).
    """

    def __init__(
        self,
        base: float = 0.5,
        cap: float = 30.0,
        steady: float = 60.0,
        uniform: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._base, self._cap, self._steady = base, cap, steady
        self._uniform, self._clock = uniform, clock
        self._failures = 0
        self._until = 0.0

    def delay(self, retry_after: float | None = None) -> float:
        """Seconds to wait after one more failure. At least `retry_after`, which the server asked for (429, 503)."""
        now = self._clock()
        if self._failures and now - self._until > self._steady:
            self._failures = 0
        ceiling = min(self._cap, self._base * 2.0 ** min(self._failures, 32))
        self._failures += 1
        wait = self._uniform() * ceiling
        if retry_after is not None:
            wait += min(retry_after, _LONGEST_OBEYED)
        self._until = now + wait
        return wait

    def reset(self) -> None:
        """Something worked: the next failure is a first one."""
        self._failures = 0
