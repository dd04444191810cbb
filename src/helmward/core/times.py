"""RFC 3339 times as Kubernetes writes them, and durations as people write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from helmward.core.errors import UsageError

_DURATION = re.compile(r"(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", re.ASCII)
_CENTURY = 36525 * 86400  # seconds
_DIGITS = 10  # of a number of seconds in a century


@lru_cache(maxsize=65536)
def parse_time(text: str | None) -> datetime | None:
    """The instant an RFC 3339 text names, in UTC; None for an empty or malformed text. Offset-less times are UTC."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):  # overflow: the first or last day of the calendar, far from UTC
        return None


def format_time(moment: datetime) -> str:
    """`2026-01-31T12:00:00Z`; microseconds only where there are any."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def parse_duration(text: str) -> timedelta:
    """`90s`, `5m`, `2h`, `1d12h`, `1w`, at most a century. Raises UsageError for anything else."""
    match = _DURATION.fullmatch(text.strip())
    if not text.strip() or not match or not any(match.groups()):
        raise UsageError(f"'{one_word(text)}' is not a duration: write for example 90s, 5m, 2h or 1d12h.")
    weeks, days, hours, minutes, seconds = (int((part or "0")[:_DIGITS]) for part in match.groups())
    total = (((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds
    if total > _CENTURY or any(len(part or "") > _DIGITS for part in match.groups()):
        raise UsageError(f"The duration '{one_word(text)}' is longer than a century.")
    return timedelta(seconds=total)


def one_word(text: str) -> str:
    """A bounded, printable form of a user's word for an error sentence."""
    return "".join(character if character.isprintable() else "?" for character in text)[:40]


def age(delta: timedelta) -> str:
    """kubectl's short ages: 45s, 12m, 3h, 2d."""
    seconds = max(0, int(delta.total_seconds()))
    for limit, unit, size in ((120, "s", 1), (7200, "m", 60), (172800, "h", 3600)):
        if seconds < limit:
            return f"{seconds // size}{unit}"
    return f"{seconds // 86400}d"
