"""Checkpoints: the last signed commit, kept somewhere else. Who later holds it against the log sees a roll-back of everything,
the key folder included."""

from __future__ import annotations

from pathlib import Path

from helmward.core.errors import UnreadableError
from helmward.door.audit.head import public_key
from helmward.door.audit.lines import COMMIT, Signed, read_commit
from helmward.door.audit.segments import segments, since


def checkpoint(folder: Path) -> bytes:
    """The last commit's line, as it stands in the log. Raises UnreadableError where nothing was audited yet."""
    for one in reversed(segments(folder)):
        *lines, _unfinished = one.read().split(b"\n")
        for line in reversed(lines):
            if line.startswith(COMMIT):
                return line
    raise UnreadableError(f"Nothing is audited in {folder} yet; there is no checkpoint.")


def missing(folder: Path, key_dir: Path, line: bytes) -> str | None:
    """Why the log does not hold this checkpoint, in a sentence; None where it does.

    Raises UnreadableError for what is no checkpoint of ours, AuditError where the log cannot be read.
    """
    line = line.strip()
    signed = read_commit(line)
    if signed is None or not signed.holds(public_key(key_dir)):
        raise UnreadableError(
            "This is no checkpoint that was signed with our key; `helmward audit checkpoint` prints one."
        )
    return None if _stands(folder, line, signed) else _sentence(folder, signed)


def _stands(folder: Path, line: bytes, signed: Signed) -> bool:
    found = since(folder, signed.commit.last)
    return bool(found) and line in found[0].read().split(b"\n")


def _sentence(folder: Path, signed: Signed) -> str:
    last = signed.commit.last
    return f"The audit log {folder} does not hold the checkpoint after record {last}: it was rolled back or replaced since."
