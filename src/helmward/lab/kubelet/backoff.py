"""Exponential back-off as client-go's util/flowcontrol keeps it, in Kubernetes' seconds."""

from __future__ import annotations

import time

from helmward.lab.kubelet.pace import Pace

INITIAL = 10.0
LONGEST = 300.0
"""pkg/kubelet/kubelet.go: imageBackOffPeriod, MaxImageBackOff and the crash-loop's own two are the same."""


class BackOff:
    """One key's back-off: 10 s, doubling to 300 s, forgotten after twice the longest without a failure."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self.delay = 0.0
        self._updated = 0.0

    def next(self) -> None:
        """A failure: the next, longer delay starts now."""
        moment = time.monotonic()
        expired = moment - self._updated > self._pace.seconds(2 * LONGEST)
        self.delay = INITIAL if not self.delay or expired else min(self.delay * 2, LONGEST)
        self._updated = moment

    def remaining(self, since: float | None = None) -> float:
        """Seconds of the lab's clock until the delay is over, from `since` (time.monotonic) or the last `next`."""
        if not self.delay:
            return 0.0
        start = self._updated if since is None else since
        if start - self._updated > self._pace.seconds(2 * LONGEST):
            return 0.0
        return max(0.0, start + self._pace.seconds(self.delay) - time.monotonic())
