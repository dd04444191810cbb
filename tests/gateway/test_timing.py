"""What of a call's time counts as Helmward's own."""

from __future__ import annotations

import time

from helmward.gateway.timing import Timing


def spend(seconds: float) -> None:
    """Work for so long, by the clock that is measured with."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pass


def test_waiting_for_others_is_not_its_own() -> None:
    timing = Timing()
    timing.sent = True
    spend(0.004)
    timing.pause()
    timing.pause()
    spend(0.05)
    timing.resume()
    timing.resume()
    spend(0.004)
    timing.given(False)
    spend(0.05)
    timing.resume()
    timing.given(True)
    spend(0.02)
    timing.given(True)
    took = timing.took()
    assert took is not None and took.first is not None
    assert took.total >= 0.128 and 0.008 <= took.own <= took.total - 0.12
    assert 0.108 <= took.first <= took.total - 0.02


def test_what_still_runs_counts_and_what_was_not_sent_does_not() -> None:
    timing = Timing()
    spend(0.002)
    assert timing.took() is None
    timing.sent = True
    took = timing.took()
    assert took is not None and took.first is None and 0.002 <= took.own <= took.total
