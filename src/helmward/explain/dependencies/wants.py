"""What the log of a container that runs says it wants and does not get, now: at its end, and again and again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from helmward.core.times import parse_time
from helmward.explain.clues.log_times import written_at
from helmward.explain.codes import Code
from helmward.explain.crashes.log_hosts import STAMP, Unreached, located, unreached
from helmward.explain.crashes.log_reason import says_why
from helmward.explain.dependencies.codes import UNREACHABLE
from helmward.explain.dependencies.database_words import SILENT, refused
from helmward.world.logs import Log

_MOST_LINES = 400
_RECENT = timedelta(minutes=5)
# A call that fails once or twice is tried again; what a program meets while others start is over soon.
_OFTEN = 3
_PAIR = re.compile(r"(?<![\w.])[A-Za-z0-9][-.\w]*:\d{2,5}(?![\w.])")
_FEW = 10


class Want(NamedTuple):
    """`number` is the last line that says so. `failure` is what could not be reached, None for a database's refusal."""

    number: int
    code: Code
    failure: Unreached | None


def wants(log: Log) -> Iterator[Want]:
    """Each thing that the log's end complains of, its last line."""
    first = max(0, len(log.lines) - _MOST_LINES)
    found: dict[tuple[str, str, int | None], list[Want]] = {}
    for number in range(first, len(log.lines)):
        want = _want(number, log.lines[number][:2000])
        if want is not None:
            host, port = (want.failure.host, want.failure.port) if want.failure else ("", None)
            found.setdefault((want.code.id, host, port), []).append(want)
    for each in found.values():
        often = each[-1].failure is None or len(each) >= _OFTEN
        if often and _is_now([want.number for want in each], log) and not _came_back(each[-1], log):
            yield each[-1]


def _want(number: int, line: str) -> Want | None:
    code = refused(line)
    if code is not None:
        return Want(number, code, None)
    if SILENT.search(line):
        return Want(number, UNREACHABLE, unreached(line) or located(line, "refused"))
    failure = unreached(line)
    return Want(number, UNREACHABLE, failure) if failure is not None and failure.host else None


def _is_now(numbers: list[int], log: Log) -> bool:
    """It goes on: by the lines since, counted in its own rhythm, and by time where the log tells it."""
    last = numbers[-1]
    rhythm = (last - numbers[0]) / (len(numbers) - 1) if len(numbers) > 1 else 1.0
    if len(log.lines) - 1 - last > max(_FEW, 3 * rhythm):
        return False
    ends = next((when for line in reversed(log.lines[-_FEW:]) if (when := parse_time(written_at(line)))), None)
    when = parse_time(written_at(log.lines[last]))
    return ends is None or when is None or ends - when <= _RECENT


def _came_back(want: Want, log: Log) -> bool:
    """A later line names the same host and port and speaks of no failure."""
    if want.failure is None:
        return False
    asked = set(_PAIR.findall(STAMP.sub("", log.lines[want.number])))
    return any(
        not asked.isdisjoint(_PAIR.findall(STAMP.sub("", line))) and not says_why(line)
        for line in log.lines[want.number + 1 :]
    )
