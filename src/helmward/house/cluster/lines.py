"""Lines of a log that comes in pieces: which of them are new, without a repetition or a gap, and masked as one text.

The API server tells times to the nanosecond and takes `sinceTime` in whole seconds, so each piece begins with lines that are
known. A place in the log is the time of a line and how many lines of that very time there were up to it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from helmward.core.errors import UsageError
from helmward.core.text import one_line
from helmward.core.times import parse_time
from helmward.tools.kubernetes.showing import masked_lines

LONGEST = 16 * 1024
"""Bytes of a line; more is cut."""

_CONTEXT = 128  # lines before; what a guard finds may span as many (a private key)
_PLACE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)(?:\+(\d{1,9}))?", re.ASCII)


class Place(NamedTuple):
    """Up to and with the `seen`-th line of this time."""

    time: str
    seen: int

    def __str__(self) -> str:
        return f"{self.time}+{self.seen}"


class Line(NamedTuple):
    """One line, masked; `time` is "" where the log tells none."""

    time: str
    text: str
    place: Place


def place_of(text: str) -> Place:
    """Reads `TIME+SEEN`, or a time alone: all lines of that time are known then. Raises UsageError."""
    found = _PLACE.fullmatch(text.strip())
    if found is None or parse_time(text.strip().rpartition("+")[0] if found[4] else text.strip()) is None:
        raise UsageError(f"Last-Event-ID: '{one_line(text, 60)}' is no place in a log; leave it out.")
    time = text.strip()[: found.end(3) - found.start(1)]
    return Place(time, int(found[4]) if found[4] else 10**9)


def second_of(place: Place) -> str:
    """The whole second to read from, RFC 3339 in UTC."""
    when = parse_time(place.time)
    assert when is not None
    return when.replace(microsecond=0, tzinfo=None).isoformat() + "Z"


class Piece(NamedTuple):
    """What is new in a piece; `known`: something of it was known, so that nothing is missing before."""

    lines: tuple[Line, ...]
    known: bool


class Joint:
    """Joins the pieces of one log. `place` is how far it has come (None: nothing yet)."""

    def __init__(self, place: Place | None) -> None:
        self.place = place
        self._before: list[str] = []

    def read(self, text: str) -> Piece:
        """The new lines of a piece; what follows its last line break is left for the next one. CPU-bound."""
        raw = text.split("\n")[:-1]
        times, words = _stamped(raw, self.place.time if self.place else "")
        start, known = _start(times, self.place)
        masked = masked_lines("\n".join((*self._before, *words)))[len(self._before) :] if words else []
        count: Counter[str] = Counter(times[:start])
        found = []
        for time, line in zip(times[start:], masked[start:], strict=True):
            count[time] += 1
            found.append(Line(time, line, Place(time, count[time])))
        if start < len(words):
            self._before = [*self._before, *words[start:]][-_CONTEXT:]
        if found and found[-1].time:
            self.place = found[-1].place
        return Piece(tuple(found), known)


def bounded(text: str) -> tuple[str, bool]:
    """A line of at most LONGEST bytes, and whether it was cut. After masking: half a secret is not found."""
    if len(text) <= LONGEST // 4:
        return text, False
    data = text.encode("utf-8", "replace")
    return (text, False) if len(data) <= LONGEST else (data[:LONGEST].decode("utf-8", "ignore") + "…", True)


def _stamped(raw: Sequence[str], before: str) -> tuple[list[str], list[str]]:
    """Times and words; a line without a time has that of the line before."""
    times, words = [], []
    for line in raw:
        time, _, rest = line.partition(" ")
        told = parse_time(time) is not None
        before = time if told else before
        times.append(before)
        words.append(rest if told else line)
    return times, words


def _start(times: Sequence[str], place: Place | None) -> tuple[int, bool]:
    """Where the lines after the place begin, and whether the place itself is there. In the order of the log: lines of
    two streams (stdout, stderr) are not always in the order of their times."""
    if place is None:
        return 0, True
    same = [number for number, time in enumerate(times) if time == place.time][: place.seen]
    if same:
        return same[-1] + 1, True
    then = _instant(place.time)
    return next((number for number, time in enumerate(times) if _instant(time) > then), len(times)), False


def _instant(time: str) -> tuple[float, int]:
    """Seconds and nanoseconds: texts of other precision or time zone do not sort."""
    when, found = parse_time(time), _PLACE.fullmatch(time)
    if when is None or found is None:
        return 0.0, 0
    return when.replace(microsecond=0).timestamp(), int((found[2] or "").ljust(9, "0"))
