"""What a series, an alert or a check is about: its object by name, a metric by the words of its column."""

from __future__ import annotations

import re
from collections.abc import Iterable

from helmward.explain.codes import Code
from helmward.explain.signs.codes import CPU, DELAY, DISK, ERRORS, LATENCY, LOSS, MEMORY, THROTTLED
from helmward.world.signs import Series

_WORDS: tuple[tuple[Code, re.Pattern[str]], ...] = tuple(
    (code, re.compile(words))
    for code, words in (
        (THROTTLED, r"throttl"),
        (LOSS, r"packet_?loss|loss_(?:rate|ratio|percent)|retrans|packets?_drop|(?:^|_)loss(?:_|$)"),
        (DELAY, r"network_?(?:delay|latency|rtt)|(?:^|_)rtt(?:_|$)|ping|tc_delay"),
        (ERRORS, r"error|5xx|fail(?:ed|ure)|status_5"),
        (LATENCY, r"latency|duration|response_?time|p(?:50|9\d)|quantile|delay"),
        (CPU, r"cpu"),
        (MEMORY, r"mem(?:ory)?(?:_|$)|working_set|rss"),
        (DISK, r"disk_?io|diskio|fs_(?:reads|writes)|disk_(?:read|write)"),
    )
)
_IDLE = re.compile(r"limit|request(?:ed|s_cpu)|capacity|allocatable|idle|free|available|quota|success|total_requests")


def names(text: str, name: str, others: Iterable[str] = ()) -> bool:
    """True if `text` speaks of `name` as a whole word (a pod's name begins with it), and of no longer one of `others`."""
    found = re.search(rf"(?<![a-z0-9-]){re.escape(name.lower())}(?![a-z0-9])", text.lower())
    longer = (other for other in others if other != name and other.startswith(name) and len(other) > len(name))
    return found is not None and not any(names(text, other) for other in longer)


def metric_of(series: Series, name: str) -> Code | None:
    """What a rise of this series would mean; None where it would mean nothing."""
    column = _plain(series.column.lower().replace(name.lower(), ""))
    table = _plain(series.table.lower().replace(name.lower(), ""))
    for text in (column, f"{table}_{column}"):
        if _IDLE.search(text):
            return None
        for code, words in _WORDS:
            if words.search(text):
                return code
    return None


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text).strip("_")
