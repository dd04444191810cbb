"""How far back and how much a question asks for: the last 30 minutes, the last 100 lines, 최근 한 시간."""

from __future__ import annotations

import re
from typing import NamedTuple

MOST_LINES = 5000
"""As the tool pods_log takes."""

_NUMBERS = {"": 1, "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "five": 5, "ten": 10, "한": 1, "두": 2, "세": 3}
_UNITS = {"s": "s", "m": "m", "h": "h", "d": "d", "초": "s", "분": "m", "시": "h", "일": "d"}
_NUMBER = r"(\d{1,4}|an?|one|two|three|five|ten)"
_UNIT = r"(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)\b"
_WINDOWS = (
    re.compile(rf"\b(?:(?:in|from|over|for|during|within) )?(?:the )?(?:last|past) (?:{_NUMBER} ?)?{_UNIT}"),
    re.compile(rf"\bsince {_NUMBER} ?{_UNIT}(?: ago)?"),
    re.compile(r"(?:최근|지난) ?(\d{1,4}|한|두|세) ?(초|분|시(?=간)|일)간?(?: ?동안)?(?:의|에)?"),
)
_LINES = (
    re.compile(r"\b(?:the )?last (\d{1,5}) (?:log )?lines?\b"),
    re.compile(r"(?:마지막|최근) ?(\d{1,5}) ?줄(?:만)?"),
)


class Amount(NamedTuple):
    """`since` as a duration (30m; "" where none is said), `lines` (0: none), and the words without both."""

    since: str
    lines: int
    rest: str


def amount(text: str) -> Amount | None:
    """What a question's first line says of it; None where it says nothing, or says it twice."""
    first, newline, data = text.partition("\n")
    folded = first.lower()
    if len(folded) != len(first):
        return None
    windows = [match for pattern in _WINDOWS for match in pattern.finditer(folded)]
    lines = [match for pattern in _LINES for match in pattern.finditer(folded)]
    if len(windows) > 1 or len(lines) > 1 or not (windows or lines):
        return None
    for match in sorted((*windows, *lines), key=lambda one: -one.start()):
        first = f"{first[: match.start()]} {first[match.end() :]}"
    since = _duration(*windows[0].groups()) if windows else ""
    return Amount(since, min(int(lines[0][1]), MOST_LINES) if lines else 0, f"{first}{newline}{data}")


def _duration(number: str | None, unit: str) -> str:
    said = number or ""
    return f"{_NUMBERS[said] if said in _NUMBERS else int(said)}{_UNITS[unit[0]]}"
