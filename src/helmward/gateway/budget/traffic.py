"""Gathers traffic in memory, a few look-ups a call; Usage writes it with the rest."""

from __future__ import annotations

from bisect import bisect_left

from helmward.core.traffic import (
    LADDERS,
    MEASURES,
    SLOTS,
    STEP,
    CallCounts,
    Counted,
    Ended,
    Found,
    Timed,
    Took,
    Traffic,
    nothing,
)

Spent = tuple[int, int, int, int]
"""Tokens in and out, nano-dollars, and 1 where the price is not known."""

_TOTAL, _FIRST, _OWN = (LADDERS[measure] for measure in MEASURES)
_FIELDS = len(CallCounts._fields)
_Slots = tuple[list[int], list[int], list[int]]


class Gathering:
    """What has come since it was last taken. Its keys are plain tuples: named ones cost five times as much to make."""

    def __init__(self) -> None:
        self._calls: dict[tuple[int, str, str], list[int]] = {}
        self._times: dict[tuple[int, str], _Slots] = {}
        self._finds: dict[tuple[int, str, str, str], int] = {}
        self._back = nothing()

    def note(self, at: float, model: str, verdict: str, spent: Spent, ended: Ended) -> None:
        """A call ended `at` (seconds since 1970)."""
        failed, took, found = ended
        start = int(at) // STEP * STEP
        counts = self._calls.get((start, model, verdict))
        if counts is None:
            counts = self._calls[start, model, verdict] = [0] * _FIELDS
        counts[0] += 1
        counts[1] += failed
        counts[2] += spent[0]
        counts[3] += spent[1]
        counts[4] += spent[2]
        counts[5] += spent[3]
        if took is not None:
            self._time(start, model, took)
        for (rule, action), count in found.items():
            key = (start, model, rule, action)
            self._finds[key] = self._finds.get(key, 0) + count

    def take(self) -> Traffic:
        """What has come; it begins anew."""
        taken = self._whole()
        self._calls, self._times, self._finds, self._back = {}, {}, {}, nothing()
        return taken

    def put_back(self, traffic: Traffic) -> None:
        """What was taken and could not be written."""
        self._back.add(traffic)

    def part(self, since: int, step: int, model: str | None) -> Traffic:
        """What has come, as `Spending.traffic` sums it."""
        part = nothing()
        calls, times, finds = self._whole()
        for counted, counts in calls.items():
            if counted.start >= since and model in (None, counted.model):
                part.add(Traffic({counted._replace(start=counted.start // step * step): counts}, {}, {}))
        for timed, slots in times.items():
            if timed.start >= since and model in (None, timed.model):
                part.add(Traffic({}, {timed._replace(start=timed.start // step * step): slots}, {}))
        for found, count in finds.items():
            if found.start >= since and model in (None, found.model):
                part.add(Traffic({}, {}, {found._replace(start=since): count}))
        return part

    # ---- inside ----

    def _time(self, start: int, model: str, took: Took) -> None:
        slots = self._times.get((start, model))
        if slots is None:
            slots = self._times[start, model] = ([0] * SLOTS, [0] * SLOTS, [0] * SLOTS)
        total, first, own = took
        slots[0][bisect_left(_TOTAL, total)] += 1
        if first is not None:
            slots[1][bisect_left(_FIRST, first)] += 1
        slots[2][bisect_left(_OWN, own)] += 1

    def _whole(self) -> Traffic:
        calls = {Counted(*key): list(counts) for key, counts in self._calls.items()}
        finds = {Found(*key): count for key, count in self._finds.items()}
        times = {
            Timed(*key, measure): list(counts)
            for key, slots in self._times.items()
            for measure, counts in zip(MEASURES, slots, strict=True)
            if any(counts)
        }
        whole = Traffic(calls, times, finds)
        whole.add(self._back)
        return whole
