"""Reads the records that give or take permissions back, proven: what the door believes after a start.

Everything is verified on the way. What sealed segments said is kept beside the key, outside the data folder, so that a start
reads only what is new: the first line of that file says up to where, the others are the records themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from helmward.core import typed
from helmward.door.audit.durable import replace
from helmward.door.audit.errors import AuditError
from helmward.door.audit.head import head_path, public_key, read_head
from helmward.door.audit.lines import COMMIT, genesis
from helmward.door.audit.read import decode
from helmward.door.audit.record import Record
from helmward.door.audit.segments import segments
from helmward.door.audit.walk import Position, Walker

_ACTION = b'"action":"'
_ACTION_WITHIN = 120  # bytes of a line in which its action begins: sequence and time stand before it


class _Mark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    log: str
    rooms: tuple[str, ...]
    sequence: int
    chain: str


def replay(folder: Path, key_dir: Path, rooms: Sequence[str]) -> Iterator[Record]:
    """The records whose action begins with one of `rooms` (`plan.`), oldest first.

    Raises AuditError at the first record that does not hold: then nothing may be believed.
    """
    head = read_head(head_path(key_dir, folder))
    if head is None or head.sequence == 0:
        return
    wanted = tuple(_ACTION + room.encode() for room in rooms)
    kept_path = head_path(key_dir, folder).with_suffix(".ledger")
    position, kept = _kept(kept_path, head.log, tuple(rooms))
    walker = Walker(head.log, public_key(key_dir), head.sequence)
    found = [one for one in segments(folder) if one.first > position.sequence]
    sealed = position
    for number, one in enumerate(found):
        if one.first != position.sequence + 1:
            raise AuditError(f"Record {position.sequence + 1} of the audit log {folder} is missing; {_VERIFY}.")
        data = one.read()
        walked = walker.walk(data, position)
        last = number == len(found) - 1
        if walked.fault is not None and not (last and walked.position.sequence >= head.sequence):
            raise AuditError(f"The audit log {folder} does not hold: {walked.fault.what}; {_VERIFY}.")
        kept += [line for line in data[: walked.offset].split(b"\n") if _is_wanted(line, wanted)]
        position = walked.position
        if not last:
            sealed, count = position, len(kept)
    if position.sequence < head.sequence:
        raise AuditError(f"Record {position.sequence + 1} of the audit log {folder} is missing; {_VERIFY}.")
    if len(found) > 1:
        _keep(kept_path, _Mark(head.log, tuple(rooms), sealed.sequence, sealed.chain.hex()), kept[:count])
    yield from map(decode, kept)


_VERIFY = "run `helmward audit verify`"


def _is_wanted(line: bytes, wanted: tuple[bytes, ...]) -> bool:
    if line.startswith(COMMIT):
        return False
    start = line.find(_ACTION, 0, _ACTION_WITHIN)
    return start >= 0 and line.startswith(wanted, start)


def _kept(path: Path, log: str, rooms: tuple[str, ...]) -> tuple[Position, list[bytes]]:
    """What an earlier start kept; from the beginning where it kept nothing, or other things."""
    begin = Position(0, genesis(log))
    try:
        first, *lines = path.read_bytes().splitlines()
        mark = typed.decode(first, _Mark)
        chain = bytes.fromhex(mark.chain)
    except (FileNotFoundError, ValueError, msgspec.DecodeError):
        return begin, []
    return (Position(mark.sequence, chain), lines) if (mark.log, mark.rooms) == (log, rooms) else (begin, [])


def _keep(path: Path, mark: _Mark, lines: Sequence[bytes]) -> None:
    replace(path, b"\n".join([msgspec.json.encode(mark), *lines]))
