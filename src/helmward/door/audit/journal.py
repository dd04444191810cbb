"""The one writer of a log: takes up where it ended, and commits groups of records. Not for several threads."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from helmward.door.audit.durable import KillPoint, Reached, nothing, sync_folder, write_all
from helmward.door.audit.errors import AuditError, sentences
from helmward.door.audit.head import Head, HeadFile, head_path, read_head, signing_key
from helmward.door.audit.lines import genesis, group
from helmward.door.audit.record import time_text
from helmward.door.audit.resume import resume
from helmward.door.audit.segments import Segment, segment
from helmward.door.audit.walk import Position

SEGMENT_BYTES = 16 * 1024 * 1024
"""A segment that has grown to this is followed by a new one. What a start reads is about one segment."""


class Journal:
    """An open log. `recovered` is how many bytes of a torn, never acknowledged group were cut off when it was opened."""

    def __init__(
        self,
        folder: Path,
        key_dir: Path,
        clock: Callable[[], datetime],
        reached: Reached = nothing,
        segment_bytes: int = SEGMENT_BYTES,
    ) -> None:
        self._folder, self._clock, self._reached, self._limit = folder, clock, reached, segment_bytes
        self._unclean = False
        self._key = signing_key(key_dir)
        self._head_path = head_path(key_dir, folder)
        with sentences(folder, "opened"):
            _prepare(folder, key_dir, self._head_path.parent)
            resumed = resume(folder, self._head_path, self._key.public_key())
            # The head comes first, so that no record is ever without one.
            head = resumed.head or Head(secrets.token_hex(8), str(folder), 0, "")
            self._head = HeadFile(self._head_path, head)
            self.log = head.log
            self.position = resumed.position or Position(0, genesis(head.log))
            self.recovered = resumed.torn
            self._segment, self._size = resumed.segment or segment(folder, 1), resumed.size
            self._descriptor = self._open(self._segment)
            self._cut()
            if self.position.sequence > head.sequence:
                self._move_head()

    def commit(self, bodies: Sequence[bytes]) -> range:
        """Write encoded entries as one group; their sequence numbers, once that and the head are on the disk.

        Raises AuditError; then none of them counts as written, though they may stand in the log.
        """
        with sentences(self._folder, "written"):
            self._check()
            if self._size >= self._limit:
                self._roll()
            made = group(self.log, *self.position, time_text(self._clock()), bodies, self._key)
            self._write(made.data)
            before, self.position = self.position, Position(made.last, made.chain)
            try:
                self._move_head()
            except OSError:
                self._take_back(before, len(made.data))
                raise
        return range(before.sequence + 1, made.last + 1)

    def sync_head(self) -> None:
        """Where the log ends is on the disk. Raises AuditError."""
        with sentences(self._folder, "written"):
            self._head.sync()

    def close(self) -> None:
        """Release the files."""
        os.close(self._descriptor)
        self._head.close()

    def _open(self, one: Segment) -> int:
        descriptor = os.open(one.path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            sync_folder(self._folder)
        except OSError:
            os.close(descriptor)
            raise
        return descriptor

    def _check(self) -> None:
        """The file is still the one we opened, and as we left it: what was moved or added to gets no signature."""
        ours, there = os.fstat(self._descriptor), os.lstat(self._segment.path)
        if not os.path.samestat(ours, there) or ours.st_size < self._size:
            raise AuditError(
                f"{self._segment.path} was replaced or cut; stop Helmward and run `helmward audit verify`."
            )
        if ours.st_size > self._size:
            if not self._unclean:
                raise AuditError(f"Something else wrote to {self._segment.path}; run `helmward audit verify`.")
            self._cut()

    def _roll(self) -> None:
        following = segment(self._folder, self.position.sequence + 1)
        descriptor = self._open(following)
        if os.fstat(descriptor).st_size:
            os.close(descriptor)
            raise AuditError(f"Something else made {following.path}; run `helmward audit verify`.")
        os.close(self._descriptor)
        self._descriptor, self._segment, self._size = descriptor, following, 0
        self._reached(KillPoint.SEGMENT_MADE)

    def _write(self, data: bytes) -> None:
        self._reached(KillPoint.BEFORE_GROUP)
        self._unclean = True
        try:
            os.lseek(self._descriptor, self._size, os.SEEK_SET)
            half = 0 if self._reached is nothing else len(data) // 2
            if half:
                write_all(self._descriptor, data[:half])
                self._reached(KillPoint.HALF_GROUP)
            write_all(self._descriptor, data[half:])
            self._reached(KillPoint.GROUP_WRITTEN)
            os.fdatasync(self._descriptor)
        except OSError:
            with suppress(OSError):  # else before the next group
                self._cut()
            raise
        self._unclean = False
        self._size += len(data)
        self._reached(KillPoint.GROUP_SYNCED)

    def _take_back(self, before: Position, size: int) -> None:
        """A group whose head could not be moved counts for nobody, now or after a restart; unless the new head stands there
        all the same: without the group the next start would refuse."""
        try:
            head = read_head(self._head_path)
        except AuditError:  # which one stands is not known
            return
        if head is not None and head.sequence <= before.sequence:
            self.position, self._size, self._unclean = before, self._size - size, True
            with suppress(OSError):  # else before the next group
                self._cut()

    def _cut(self) -> None:
        """Take away what stands after the last commit: it was never acknowledged."""
        os.ftruncate(self._descriptor, self._size)
        os.fsync(self._descriptor)
        self._unclean = False

    def _move_head(self) -> None:
        head = Head(self.log, str(self._folder), self.position.sequence, self.position.chain.hex())
        self._head.move(head, self._reached)


def _prepare(folder: Path, key_dir: Path, heads: Path) -> None:
    if key_dir.resolve().is_relative_to(folder.parent.resolve()):
        raise AuditError(
            f"The key folder {key_dir} lies in the data folder, where whoever changes the audit log finds the key too; "
            "name another with HELMWARD_KEY_DIR."
        )
    if folder.is_symlink():
        raise AuditError(f"The audit log {folder} is a link; put the folder itself there.")
    for one in (folder, heads):
        one.mkdir(mode=0o700, exist_ok=True)
        sync_folder(one.parent)
