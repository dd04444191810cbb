"""Where a log that was left, perhaps in the middle of a commit, goes on."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from helmward.door.audit.errors import AuditError
from helmward.door.audit.head import Head, read_head
from helmward.door.audit.lines import after_commit, genesis, read_commit
from helmward.door.audit.segments import Segment, segments
from helmward.door.audit.walk import Position, Walker

_VERIFY = "`helmward audit verify` says what is wrong"


class Resumed(NamedTuple):
    """Where to go on: all None for a log that begins. `torn`: bytes after `size` that were never acknowledged."""

    head: Head | None
    position: Position | None
    segment: Segment | None
    size: int
    torn: int


def resume(folder: Path, head_path: Path, key: Ed25519PublicKey) -> Resumed:
    """Look at the end of the log. Raises AuditError where what was acknowledged is not there as it was."""
    head, found = read_head(head_path), segments(folder)
    if head is None:
        if found:
            raise AuditError(
                f"The audit log {folder} has no head in {head_path.parent}: if its data folder was moved, rename the head "
                f"that names the old folder to {head_path.name}; else move {folder} away to begin a new log."
            )
        return Resumed(None, None, None, 0, 0)
    if not found:
        return _emptied(folder, head, head_path)
    return _at_the_end(folder, head, found, key)


def _emptied(folder: Path, head: Head, head_path: Path) -> Resumed:
    if head.sequence == 0:
        return Resumed(head, None, None, 0, 0)
    raise AuditError(
        f"The audit log {folder} is gone, though {head.sequence} records were acknowledged: restore it; or, if it was "
        f"removed on purpose, remove {head_path} too, and a new log begins."
    )


def _at_the_end(folder: Path, head: Head, found: list[Segment], key: Ed25519PublicKey) -> Resumed:
    position, later = _start(folder, head, found, key)
    walker = Walker(head.log, key, head.sequence)
    marked = position.chain if position.sequence == head.sequence else None
    size = torn = 0
    for one in later:
        if one.first != position.sequence + 1 or torn:
            raise AuditError(f"{one.path} does not follow what stands before it; {_VERIFY}.")
        data = one.read()
        walked = walker.walk(data, position)
        position, size, torn = walked.position, walked.offset, len(data) - walked.offset
        marked = walked.marked or marked
    if head.sequence and (marked is None or marked.hex() != head.chain):
        raise AuditError(
            f"The audit log {folder} does not hold what was acknowledged up to record {head.sequence}; {_VERIFY}."
        )
    return Resumed(head, position, later[-1], size, torn)


def _start(folder: Path, head: Head, found: list[Segment], key: Ed25519PublicKey) -> tuple[Position, list[Segment]]:
    """The segment in which the head's record stands, or right after it, and what stands before that segment."""
    index = max((number for number, one in enumerate(found) if one.first <= head.sequence), default=0)
    if index == 0:
        return Position(0, genesis(head.log)), found
    before = found[index - 1].read().splitlines()[-1:]
    signed = read_commit(before[0]) if before else None
    first = found[index].first
    if signed is None or signed.commit.log != head.log or signed.commit.last != first - 1 or not signed.holds(key):
        raise AuditError(f"{found[index - 1].path} of the audit log {folder} does not end as it did; {_VERIFY}.")
    return Position(first - 1, after_commit(bytes.fromhex(signed.commit.chain), before[0])), found[index:]
