"""Goes through the lines of a segment, from one commit to the next, as far as they hold."""

from __future__ import annotations

import re
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from helmward.door.audit.lines import (
    COMMIT,
    after_commit,
    after_record,
    commit_start,
    is_commit,
    is_signed,
    read_commit,
)

_SEQUENCE = re.compile(rb'\{"sequence":([0-9]{1,18}),')


class Position(NamedTuple):
    """A place right after a commit: the last record before it, and the chain there."""

    sequence: int
    chain: bytes


class Fault(NamedTuple):
    """The first thing that does not hold: the record it is about, in words."""

    record: int
    what: str


class Walked(NamedTuple):
    """How far it holds: the last good commit, the bytes up to its end, the chain at `mark`, and what came then."""

    position: Position
    offset: int
    marked: bytes | None
    fault: Fault | None


class Walker:
    """Walks segments of one log. `mark`: a record whose chain is to be noted if a commit ends there."""

    def __init__(self, log: str, key: Ed25519PublicKey, mark: int = 0) -> None:
        self._log, self._key, self._mark = log, key, mark

    def walk(self, data: bytes, start: Position) -> Walked:
        """The last signature vouches for all before it; only where it does not hold is each looked at."""
        walked, last = self._through(data, start, each=False)
        if last is not None and not is_signed(last, self._key):
            walked, _ = self._through(data, start, each=True)
        return walked

    def _through(self, data: bytes, start: Position, each: bool) -> tuple[Walked, bytes | None]:
        good, chain, sequence = start, start.chain, start.sequence
        offset = end = 0
        marked, last = None, None
        *lines, rest = data.split(b"\n")
        for line in lines:
            offset += len(line) + 1
            if not line.startswith(COMMIT):
                after = after_record(chain, line) if line.startswith(b'{"sequence":%d,' % (sequence + 1)) else None
                if after is None:
                    return Walked(good, end, marked, _bad_record(line, sequence + 1)), last
                chain, sequence = after, sequence + 1
                continue
            fault = self._misfit(line, good.sequence + 1, sequence, chain, each)
            if fault is not None:
                return Walked(good, end, marked, fault), last
            chain = after_commit(chain, line)
            good, end, last = Position(sequence, chain), offset, line
            if sequence == self._mark:
                marked = chain
        return Walked(good, end, marked, _unsigned(good.sequence + 1, sequence, rest)), last

    def _misfit(self, line: bytes, first: int, last: int, chain: bytes, each: bool) -> Fault | None:
        if first <= last and is_commit(commit_start(self._log, first, last, chain), line):
            unsigned = each and not is_signed(line, self._key)
            return Fault(first, f"{_range(first, last)} not signed with our key") if unsigned else None
        signed = read_commit(line)
        if signed is None:
            return Fault(first, f"the commit that should sign record {first} and what follows cannot be read")
        if signed.commit.log != self._log:
            return Fault(first, f"record {first} and what follows belong to another log")
        return Fault(first, f"the commit after record {last} does not fit the records before it, from {first} on")


def _bad_record(line: bytes, expected: int) -> Fault:
    found = _SEQUENCE.match(line)
    if found is None:
        return Fault(expected, f"record {expected} cannot be read")
    if int(found[1]) != expected:
        return Fault(expected, f"record {expected} is missing: record {int(found[1])} stands in its place")
    return Fault(expected, f"record {expected} was changed, or what stood right before it")


def _unsigned(first: int, last: int, rest: bytes) -> Fault | None:
    if last >= first:
        return Fault(first, f"{_range(first, last)} not signed")
    return Fault(first, f"after record {first - 1} stands what is no whole line") if rest else None


def _range(first: int, last: int) -> str:
    return f"record {first} is" if first == last else f"records {first} to {last} are"
