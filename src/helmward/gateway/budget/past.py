"""Traffic that lies back no longer changes: who looks at it every few seconds has it summed up once."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from helmward.core.spending import Spending
from helmward.core.traffic import STEP, Found, Traffic, nothing

_MOST = 16  # questions that are remembered: windows and models that people look at just now


class _Asked(NamedTuple):
    since: int
    step: int
    model: str | None


class _Known(NamedTuple):
    """The sums of what began before `until`."""

    until: int
    sums: Traffic


class Past:
    """Answers as `Spending.traffic` does, and asks that only for what it does not know. What is written into the past, and what
    is summed up there in other steps, must be told it."""

    def __init__(self, store: Spending) -> None:
        self._store = store
        self._known: OrderedDict[_Asked, _Known] = OrderedDict()

    def traffic(self, since: int, step: int, model: str | None, now: float) -> Traffic:
        """The traffic of the steps that begin at or after `since`. Blocks; raises HelmwardError."""
        asked = _Asked(since, step, model)
        known = self._known.pop(asked, None) or _Known(since, nothing())
        until = max(known.until, (int(now) // STEP - 1) * STEP)
        if until > known.until:
            known = _Known(until, _with(known.sums, self._store.traffic(known.until, step, model, until), since))
        self._known[asked] = known
        while len(self._known) > _MOST:
            self._known.popitem(last=False)
        return _with(known.sums, self._store.traffic(known.until, step, model), since)

    def written(self, traffic: Traffic) -> None:
        """These were written."""
        first = min((key.start for sort in (traffic.calls, traffic.times, traffic.finds) for key in sort), default=None)
        if first is not None:
            for asked in [asked for asked, known in self._known.items() if first < known.until]:
                del self._known[asked]

    def forget(self) -> None:
        """What lies back is another."""
        self._known.clear()


def _with(sums: Traffic, more: Traffic, since: int) -> Traffic:
    """Both together, as a value of its own; finds bear `since`."""
    both = Traffic(dict(sums.calls), dict(sums.times), dict(sums.finds))
    finds = dict[Found, int]()
    for found, count in more.finds.items():
        found = found._replace(start=since)
        finds[found] = finds.get(found, 0) + count
    both.add(Traffic(more.calls, more.times, finds))
    return both
