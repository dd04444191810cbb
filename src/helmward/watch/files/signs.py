"""Metrics, checks and alerts of files as the world holds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from helmward.watch.files.alerts import Alert
from helmward.watch.files.metrics import Table
from helmward.world.signs import Alarm, Check, Series, Signs

_OVER = frozenset({"inactive", "resolved", "suppressed", "pending"})
# Alerts that always fire, or that only steer others (the kube-prometheus rules).
_NO_NEWS = frozenset({"Watchdog", "InfoInhibitor", "DeadMansSwitch"})
_MOST_LINES = 500


def fill(signs: Signs, metrics: Mapping[str, Table], checks: Mapping[str, str], alerts: Iterable[Alert]) -> None:
    """Give the world what a bundle shows beside its objects."""
    read = tuple(Check(name, tuple(text.splitlines()[-_MOST_LINES:])) for name, text in sorted(checks.items()))
    signs.put(tuple(_series(metrics)), read, tuple(_alarms(alerts)))


def _series(metrics: Mapping[str, Table]) -> Iterator[Series]:
    for name, table in sorted(metrics.items()):
        for column, values in table.series.items():
            yield Series(name, column, table.times, values, table.file)


def _alarms(alerts: Iterable[Alert]) -> Iterator[Alarm]:
    for alert in alerts:
        if alert.state not in _OVER and alert.name not in _NO_NEWS and alert.labels.get("severity") != "none":
            said = (alert.annotations.get(key) for key in ("summary", "message", "description"))
            text = next((text for text in said if text), "")
            yield Alarm(alert.name, alert.labels, text, alert.starts, alert.file)
