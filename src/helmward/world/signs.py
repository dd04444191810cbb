"""What else a bundle of evidence shows beside objects and logs: time series, connectivity checks, alerts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

Key = tuple[str, ...]
SIGNS: Key = ("signs",)
"""What a look at any of them records."""


class Series(NamedTuple):
    """One column of a table of metrics, oldest value first; None where a row has none."""

    table: str
    column: str
    times: tuple[datetime, ...]
    values: tuple[float | None, ...]
    file: str


class Check(NamedTuple):
    """What a connectivity check (curl, nc, nslookup) printed."""

    name: str
    lines: tuple[str, ...]


class Alarm(NamedTuple):
    """A firing alert; `starts` is RFC 3339."""

    name: str
    labels: Mapping[str, str]
    text: str
    starts: str | None
    file: str


class Signs:
    """Everything of that kind; empty for a live cluster."""

    def __init__(self, touch: Callable[[Key], None]) -> None:
        self._touch = touch
        self.series: tuple[Series, ...] = ()
        self.checks: tuple[Check, ...] = ()
        self.alarms: tuple[Alarm, ...] = ()

    def put(self, series: tuple[Series, ...], checks: tuple[Check, ...], alarms: tuple[Alarm, ...]) -> None:
        """Hold exactly these."""
        self.series, self.checks, self.alarms = series, checks, alarms
        self._touch(SIGNS)
