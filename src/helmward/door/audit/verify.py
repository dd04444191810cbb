"""Proves that a log holds exactly what was acknowledged, or names the first record that does not. Also while it is written."""

from __future__ import annotations

import time
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from helmward.core.errors import UnreadableError
from helmward.core.nouns import Noun
from helmward.door.audit.head import Head, head_path, public_key, read_head
from helmward.door.audit.lines import COMMIT, genesis, read_commit
from helmward.door.audit.segments import Segment, segments, strangers
from helmward.door.audit.walk import Fault, Position, Walked, Walker

PATIENCE = 1.0
"""Seconds without progress after which an unsigned end is no commit on its way."""

_PAUSE = 0.05


class Verdict(Noun, frozen=True, kw_only=True):
    """`records` hold; `complete`: the head beside the key proves that none is missing after them. `first_bad` is the first
    record that does not hold, and `sentence` says it all."""

    ok: bool
    complete: bool
    records: int
    first_bad: int | None
    sentence: str


_LOOKS = 10


def verify(folder: Path, key_dir: Path, patience: float = PATIENCE) -> Verdict:
    """Verify the log in `folder` with the keys and the head in `key_dir`.

    Segments that are begun while we read can look missing: a fault counts once it is found twice with nothing written
    in between, or again and again. What was tampered with stays so.

    Raises UnreadableError where there is no log, AuditError where there is no key or a file cannot be read.
    """
    for _ in range(_LOOKS):
        before = read_head(head_path(key_dir, folder))
        verdict = _look(folder, key_dir, patience)
        if verdict.ok or read_head(head_path(key_dir, folder)) == before:
            break
    return verdict


def _look(folder: Path, key_dir: Path, patience: float) -> Verdict:
    head = read_head(head_path(key_dir, folder))  # first: what is written while we read comes after it
    found = segments(folder)
    if head is None and not found:
        raise UnreadableError(f"There is no audit log in {folder}; name its data folder with --data-dir.")
    key = public_key(key_dir)
    position, fault = _strange(folder) if strangers(folder) else _through(folder, found, head, key, patience)
    return _verdict(folder, head, position, fault)


def _strange(folder: Path) -> tuple[Position, Fault]:
    name = ascii(strangers(folder)[0])
    return Position(0, b""), Fault(
        1, f"the file {name[:80]} in it is none of the log's, which may hold or hide any record"
    )


def _through(
    folder: Path, found: list[Segment], head: Head | None, key: Ed25519PublicKey, patience: float
) -> tuple[Position, Fault | None]:
    log = head.log if head else _log_of(found[0])
    walker = Walker(log, key, head.sequence if head else 0)
    position, marked = Position(0, genesis(log)), None
    while found:
        for number, one in enumerate(found):
            if one.first != position.sequence + 1:
                return position, _gap(position.sequence + 1, one)
            walked = _settled(walker, one, position, patience if number == len(found) - 1 else 0.0)
            position, marked = walked.position, walked.marked or marked
            if walked.fault is not None:
                return position, _unless_known(walked.fault, head, position, marked)
        found = [one for one in segments(folder) if one.first > found[-1].first]  # made while we read
    return position, _against(head, position, marked)


def _settled(walker: Walker, one: Segment, start: Position, patience: float) -> Walked:
    """Walk a segment; at the end of the last one wait for a commit that may be on its way."""
    walked = walker.walk(one.read(), start)
    deadline = time.monotonic() + patience
    while walked.fault is not None and time.monotonic() < deadline:
        time.sleep(_PAUSE)
        rest = walker.walk(one.read()[walked.offset :], walked.position)
        if rest.position != walked.position:
            deadline = time.monotonic() + patience
        walked = Walked(rest.position, walked.offset + rest.offset, rest.marked or walked.marked, rest.fault)
    return walked


def _unless_known(fault: Fault, head: Head | None, position: Position, marked: bytes | None) -> Fault:
    """What comes after all that was acknowledged: remains of a crash, or somebody's addition."""
    earlier = _against(head, position, marked) if head and position.sequence >= head.sequence else None
    if earlier or head is None or position.sequence < head.sequence:
        return earlier or fault
    return Fault(
        fault.record, f"{fault.what}, which was never acknowledged (a crash leaves such; the next start removes it)"
    )


def _against(head: Head | None, position: Position, marked: bytes | None) -> Fault | None:
    if head is None or head.sequence == 0:
        return None
    if position.sequence < head.sequence:
        missing = position.sequence + 1
        return Fault(
            missing, f"record {missing} is missing: it was cut or rolled back, {head.sequence} were acknowledged"
        )
    if marked is None or marked.hex() != head.chain:
        return Fault(head.sequence, f"record {head.sequence} is not the one that was acknowledged")
    return None


def _gap(expected: int, one: Segment) -> Fault:
    return Fault(expected, f"record {expected} is missing: {one.path.name} stands in its place")


def _log_of(first: Segment) -> str:
    lines = (line for line in first.read().split(b"\n") if line.startswith(COMMIT))
    signed = read_commit(next(lines, b""))
    return signed.commit.log if signed else ""


def _verdict(folder: Path, head: Head | None, position: Position, fault: Fault | None) -> Verdict:
    count, bad = position.sequence, None
    if fault is not None:
        bad, sentence = (
            fault.record,
            f"The audit log {folder} does not hold from record {fault.record} on: {fault.what}.",
        )
    elif head is None:
        sentence = (
            f"{count} records hold, but the key folder has no head for this log: "
            f"that more was cut off after record {count} cannot be excluded."
        )
    else:
        sentence = f"{count} records hold, and none is missing."
    return Verdict(
        ok=bad is None, complete=bad is None and head is not None, records=count, first_bad=bad, sentence=sentence
    )
