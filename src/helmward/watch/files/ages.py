"""kubectl's ages (apimachinery's duration.HumanDuration: `45s`, `3d4h`, `2y`) turned back into times."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from helmward.core.times import format_time

_AGE = re.compile(r"(?:(\d+)y)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_REPEATED = re.compile(r"(\S+)\s+\(x(\d+) over (\S+)\)")


def delta_of(text: str) -> timedelta | None:
    """The duration an age names; None for `<unknown>`, `<invalid>`, `<none>` and anything else."""
    text = text.strip()
    match = _AGE.fullmatch(text)
    if not text or match is None:
        return None
    years, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    try:
        return timedelta(days=365 * years + days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        return None


def time_of(text: str, now: datetime) -> str | None:
    """When something of that age began, as RFC 3339; None where the age says nothing."""
    delta = delta_of(text)
    try:
        return format_time(now.replace(microsecond=0) - delta) if delta is not None else None
    except OverflowError:
        return None


def repeated(text: str, now: datetime) -> tuple[str | None, str | None, int]:
    """(first time, last time, count) of an Event's age: `2m10s` or `5s (x4 over 3m)`."""
    match = _REPEATED.fullmatch(text.strip())
    if match is None:
        once = time_of(text, now)
        return once, once, 1
    last, count, first = match.groups()
    return time_of(first, now), time_of(last, now), int(count)
