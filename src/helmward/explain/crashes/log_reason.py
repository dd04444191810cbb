"""Which line of a container's last log says why it ended.

The best tier that has a line counts, and in it the last line: what ended the program stands at the end of its log, what
it survived stands before. Python, Rust and Java print the reason at a known place of a longer block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_LONGEST_LINE = 2000
_MOST_LINES = 500

# Frames and frills of stack traces: never the reason.
_FRAME = re.compile(
    r"^\s+at |^\s+File \"|^\s*\.\.\. \d+ more|^goroutine \d+|^\s*Node\.js v\d|^exit status \d+$|^\s*\^+\s*$|^[^\w]*$"
    r"|^note: run with `RUST_BACKTRACE|^\[signal SIG|^\s+\S+\.go:\d+|^created by "
    r"|^Traceback \(most recent|^npm (?:ERR!|error) (?:A complete log|path|$)"
)
_DECISIVE = re.compile(
    r"^panic: |^fatal error: |^Caused by: |^Exception in thread |\[(?:emerg|alert|crit)\]"
    r"|\b(?:FATAL|CRITICAL|EMERG|PANIC)\b"
    r"|level[\"']?\s*[=:]\s*[\"']?(?:fatal|critical|panic|emerg)\b|^F\d{4} \d\d:\d\d:\d\d"
    r"|^(?:Uncaught )?(?:[\w.$]+\.)?[A-Z]\w*(?:Error|Exception)(?: \[\w+\])?(?::|$)|^Error: |: fatal: |^fatal: ",
)
_ERROR = re.compile(
    r"\b(?:ERROR|ERR|SEVERE)\b|\[error\]|level[\"']?\s*[=:]\s*[\"']?err(?:or)?\b"
    r"|^E\d{4} \d\d:\d\d:\d\d|\w+(?:Error|Exception): ",
)
_WORDS = re.compile(
    r"\berror\b|\bfail(?:ed|ure)?\b|\bcannot\b|can't|could not|couldn't|unable to|denied|refused|not found|no such"
    r"|\binvalid\b"
    r"|\bmissing\b|\brequired\b|not set|unknown host|timed? ?out|already in use|exception|abort",
    re.I,
)
_DENIAL = re.compile(r"\b(?:0|no|without) (?:errors?|failures?)\b|error[=:] ?(?:null|nil|none|\"\"|<nil>)", re.I)
_PYTHON_END = re.compile(r"^[A-Za-z_][\w.]*(?::|$)")
_RUST = re.compile(r"^thread '.*' (?:\(\d+\) )?panicked at .*:\d+:\d+:$")


def reason_line(lines: Sequence[str]) -> int | None:
    """The index of the line that says why the container ended; None for an empty log."""
    first = max(0, len(lines) - _MOST_LINES)
    best: tuple[int, int] | None = None
    for number, tier in _tiers([line[:_LONGEST_LINE] for line in lines[first:]]):
        if best is None or (tier, number) > best:
            best = (tier, number)
    return None if best is None else first + best[1]


def says_why(line: str) -> bool:
    """True if a line is more than the log's last: it speaks of an error."""
    return _tier(line) > 0


def _tiers(lines: list[str]) -> Iterator[tuple[int, int]]:
    traceback = False
    for number, line in enumerate(lines):
        if line.startswith("Traceback (most recent call last):"):
            traceback = True
        elif traceback and _PYTHON_END.match(line):
            traceback = False
            yield number, 3
        elif number and _RUST.match(lines[number - 1]) and line.strip():
            yield number, 3
        elif line.strip() and not _FRAME.search(line):
            yield number, _tier(line)


def _tier(line: str) -> int:
    if _DENIAL.search(line):
        return 0
    for tier, pattern in ((3, _DECISIVE), (2, _ERROR), (1, _WORDS)):
        if pattern.search(line):
            return tier
    return 0
