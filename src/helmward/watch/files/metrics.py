"""Time series of `metrics/*.csv`: the first column is the time, every other a series."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from helmward.core.times import parse_time
from helmward.watch.files.refusal import Refused

_MOST_ROWS = 100_000
_MOST_SERIES = 1_000
_SCALES = {"": 1.0, "%": 1.0, "m": 1e-3, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}
_MILLISECONDS_FROM = 1e11
"""An epoch time above this is in milliseconds: as seconds it would lie beyond the year 5100."""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one file, oldest first. `series` maps a column to its values, None where a row has none."""

    name: str
    times: tuple[datetime, ...]
    series: Mapping[str, tuple[float | None, ...]]
    file: str


def read_metrics(name: str, text: str, file: str) -> Table:
    """The last 100,000 rows of a file. Raises Refused where it holds no time series."""
    try:
        rows = csv.reader(text.splitlines(), _dialect(text))
        header = next(rows, [])[: _MOST_SERIES + 1]
        kept = [(moment, row) for row in rows if row and (moment := _moment(row[0])) is not None]
    except csv.Error as error:
        raise Refused(f"it is no CSV ({error})") from None
    if len(header) < 2 or not kept:
        raise Refused("it holds no time series (a header, then rows that begin with a time)")
    kept = sorted(kept, key=lambda pair: pair[0])[-_MOST_ROWS:]
    series = {
        column.strip() or f"column {index}": tuple(number(row[index]) if index < len(row) else None for _, row in kept)
        for index, column in enumerate(header[1:], 1)
    }
    return Table(name, tuple(moment for moment, _ in kept), series, file)


def number(text: str) -> float | None:
    """A value with or without a Kubernetes suffix (`250m`, `1.5Gi`, `93%`); None where there is none."""
    plain = text.strip().replace("_", "")
    digits = plain.rstrip("%mkKMGi")
    scale = _SCALES.get(plain[len(digits) :])
    try:
        value = float(digits) * scale if scale is not None else math.nan
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _moment(text: str) -> datetime | None:
    if (moment := parse_time(text)) is not None:
        return moment
    try:
        seconds = float(text)
        return datetime.fromtimestamp(seconds / 1000 if seconds > _MILLISECONDS_FROM else seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _dialect(text: str) -> type[csv.Dialect]:
    first = text[:4096].split("\n", 1)[0]

    class Found(csv.excel):
        delimiter = max(",;\t", key=first.count)

    return Found
