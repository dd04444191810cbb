"""How long to wait before the next try: what was asked for, or full jitter, so that many callers do not come back at once."""

from __future__ import annotations

from collections.abc import Callable

BASE, CAP = 0.2, 5.0
"""Seconds of the first pause at most, and of the longest."""
LONGEST_OBEYED = 10.0
"""Seconds; a call is not kept waiting for an upstream that asks for more (the next target is tried, or the caller told)."""


def pause(tried: int, retry_after: float | None, uniform: Callable[[], float]) -> float | None:
    """Seconds before try number `tried` + 1; None where the upstream asks for more than is waited for.

    Full jitter as in "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015); what an upstream asks for (Retry-After)
    is waited in full, and a little longer. `uniform()` gives [0, 1).
    """
    jitter = uniform() * min(CAP, BASE * 2.0 ** min(tried - 1, 16))
    if retry_after is None:
        return jitter
    return None if retry_after > LONGEST_OBEYED else retry_after + 0.01 + jitter / 4
