"""When a log line was written, by its beginning or its time field."""

from __future__ import annotations

import re

_STAMP = re.compile(
    r"(?:^\W{0,2}|[\s{,]\"?(?:time|ts|timestamp|@timestamp)\"?[=:]\s?\"?|\s)"
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?\s?(Z|[+-]\d\d:\d\d)?"
)


def written_at(line: str) -> str | None:
    """RFC 3339; UTC where the line names no zone, which is enough to compare lines of one log."""
    found = _STAMP.search(line[:300])
    return f"{found[1]}T{found[2]}{found[4] or 'Z'}" if found else None
