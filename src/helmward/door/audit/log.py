"""The audit log of a running house: many callers, one thread that writes their records in groups."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple, TypeAlias

import msgspec

from helmward.core.errors import HelmwardError
from helmward.door.audit.durable import Reached, nothing
from helmward.door.audit.errors import AuditError
from helmward.door.audit.journal import SEGMENT_BYTES, Journal
from helmward.door.audit.record import Clean, Entry, Outcome, encode

MOST_IN_GROUP = 4096
"""Records of one commit. While one group is on its way to the disk, the next one gathers."""

BUSY, GATHER_SECONDS = 8, 0.003
"""After a group of so many records the next one is waited for a little: a commit costs as much for one record as for many, and
while this thread works, the event loop's waits."""

HEAD_SECONDS = 0.1
"""How long where the log ends may stand in the system's memory before it is made durable; a process that dies loses nothing."""

_log = logging.getLogger(__name__)
_Answer: TypeAlias = "asyncio.Future[int] | Future[int]"


ROUTINE = frozenset({"model.call"})
"""Actions whose records come by the thousand; nobody looks up for one."""


class _Waiting(NamedTuple):
    body: bytes
    routine: bool
    loop: asyncio.AbstractEventLoop | None
    answer: _Answer


class AuditLog:
    """Open it once for each data folder, and close it. `failure`: why nothing can be audited now."""

    def __init__(
        self,
        folder: Path,
        key_dir: Path,
        clock: Callable[[], datetime],
        clean: Clean,
        reached: Reached = nothing,
        segment_bytes: int = SEGMENT_BYTES,
    ) -> None:
        """`clean` masks secrets. Raises AuditError where the log cannot be opened, or is not as it was acknowledged."""
        self.folder = folder
        self._clean = clean
        self._journal = Journal(folder, key_dir, clock, reached, segment_bytes)
        self.recovered = self._journal.recovered
        self.failure: str | None = None
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._watchers: list[tuple[asyncio.AbstractEventLoop, asyncio.Future[int]]] = []
        self._stirred: list[tuple[asyncio.AbstractEventLoop, asyncio.Future[int]]] = []
        self._lock, self._closed = threading.Lock(), False
        self._unsynced, self._head_due, self._last = False, 0.0, 0
        self._thread = threading.Thread(target=self._write, name="audit", daemon=True)
        self._thread.start()

    @property
    def sequence(self) -> int:
        """The last record's number."""
        return self._journal.position.sequence

    async def append(self, entry: Entry) -> int:
        """The record's sequence number, as soon as it is durable. Raises AuditError: then do not do it."""
        return await self.begin(entry)

    def begin(self, entry: Entry) -> asyncio.Future[int]:
        """The same to be awaited later. Raises AuditError for an entry that is none."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[int] = loop.create_future()
        self._put(_Waiting(encode(entry, self._clean), entry.action in ROUTINE, loop, answer))
        return answer

    def append_now(self, entry: Entry) -> int:
        """The same for a caller that is no coroutine; blocks."""
        answer: Future[int] = Future()
        self._put(_Waiting(encode(entry, self._clean), entry.action in ROUTINE, None, answer))
        return answer.result()

    @asynccontextmanager
    async def intent(self, entry: Entry) -> AsyncIterator[dict[str, Any]]:
        """The block is entered when the intent is durable; afterwards how it ended is recorded, with what the block put
        into the dictionary. Raises AuditError: then the block was not entered."""
        number, result = await self.append(_as(entry, "intended")), dict[str, Any]()
        try:
            yield result
        except BaseException as error:
            await self._note(_failed(entry, number, result, error))
            raise
        await self._note(_as(entry, "done", result | {"intent": number}))

    @contextmanager
    def intent_now(self, entry: Entry) -> Iterator[dict[str, Any]]:
        """The same for a caller that is no coroutine; blocks."""
        number, result = self.append_now(_as(entry, "intended")), dict[str, Any]()
        try:
            yield result
        except BaseException as error:
            self.note_now(_failed(entry, number, result, error))
            raise
        self.note_now(_as(entry, "done", result | {"intent": number}))

    def note_now(self, entry: Entry) -> None:
        """Record what has already happened: where that cannot be, it is said in the server's own log."""
        try:
            self.append_now(entry)
        except AuditError as error:
            _unrecorded(entry, error)

    async def _note(self, entry: Entry) -> None:
        try:
            await self.append(entry)
        except AuditError as error:
            _unrecorded(entry, error)

    async def beyond(self, sequence: int) -> int:
        """Wait until there are records after `sequence`; the last one's number."""
        loop = asyncio.get_running_loop()
        with self._lock:
            if self.sequence > sequence or self._closed:
                return self.sequence
            grown: asyncio.Future[int] = loop.create_future()
            self._watchers.append((loop, grown))
        return await grown

    async def stirred(self) -> int:
        """Wait for the next record that is not ROUTINE; the last record's number."""
        loop = asyncio.get_running_loop()
        with self._lock:
            if self._closed:
                return self.sequence
            noted: asyncio.Future[int] = loop.create_future()
            self._stirred.append((loop, noted))
        return await noted

    def close(self) -> None:
        """Write what waits, then release the file."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._queue.put(None)
        self._thread.join()
        self._journal.close()

    # ---- the thread ----

    def _put(self, waiting: _Waiting) -> None:
        with self._lock:
            if self._closed:
                raise AuditError("The audit log is closed: Helmward is stopping.")
            self._queue.put(waiting)

    def _write(self) -> None:
        while (first := self._next()) is not None:
            gathered, ends = self._gather(first)
            self._commit(gathered)
            if ends:
                break
        self._wake(stirred=True)

    def _next(self) -> _Waiting | None:
        """The next to be written. Where the log ends is made durable HEAD_SECONDS after it moved."""
        while self._unsynced:
            due = self._head_due - time.monotonic()
            if due > 0:
                with suppress(Empty):
                    return self._queue.get(timeout=due)
            self._sync()
        return self._queue.get()

    def _sync(self) -> None:
        self._unsynced = False
        try:
            self._journal.sync_head()
        except AuditError as error:
            _log.error("%s", error)

    def _gather(self, first: _Waiting) -> tuple[list[_Waiting], bool]:
        gathered = [first]
        if self._last >= BUSY:
            time.sleep(GATHER_SECONDS)
        with suppress(Empty):
            while len(gathered) < MOST_IN_GROUP:
                following = self._queue.get_nowait()
                if following is None:
                    return gathered, True
                gathered.append(following)
        return gathered, False

    def _commit(self, gathered: Sequence[_Waiting]) -> None:
        try:
            numbers = self._journal.commit([waiting.body for waiting in gathered])
        except Exception as error:  # noqa: BLE001 - whatever it is, nobody may wait forever and nothing may be done
            self.failure = str(error) if isinstance(error, AuditError) else f"The audit log failed ({error!r})."
            _log.error("Nothing can be audited: %s", self.failure)
            _settle([(waiting, AuditError(self.failure)) for waiting in gathered])
            return
        self.failure, self._last = None, len(gathered)
        if not self._unsynced:
            self._unsynced, self._head_due = True, time.monotonic() + HEAD_SECONDS
        _settle(list(zip(gathered, numbers, strict=True)))
        self._wake(stirred=not all(waiting.routine for waiting in gathered))

    def _wake(self, stirred: bool) -> None:
        with self._lock:
            woken, self._watchers = self._watchers, []
            if stirred:
                woken, self._stirred = woken + self._stirred, []
        for loop, grown in woken:
            _on(loop, [(grown, self.sequence)])


_Settled: TypeAlias = "tuple[asyncio.Future[int], int | AuditError]"


def _settle(results: Sequence[tuple[_Waiting, int | AuditError]]) -> None:
    """Answer everybody; a loop is woken once for all its callers."""
    loops: dict[asyncio.AbstractEventLoop, list[_Settled]] = {}
    for (_, _, loop, answer), result in results:
        if isinstance(answer, Future):
            _answer(answer, result)
        elif loop is not None:
            loops.setdefault(loop, []).append((answer, result))
    for loop, settled in loops.items():
        _on(loop, settled)


def _on(loop: asyncio.AbstractEventLoop, settled: list[_Settled]) -> None:
    def answers() -> None:
        for answer, result in settled:
            if not answer.done():  # its caller may have been cancelled
                _answer(answer, result)

    with suppress(RuntimeError):  # the loop is closed: nobody waits any more
        loop.call_soon_threadsafe(answers)


def _answer(answer: _Answer, result: int | AuditError) -> None:
    if isinstance(result, AuditError):
        answer.set_exception(result)
    else:
        answer.set_result(result)


def _as(entry: Entry, outcome: Outcome, more: dict[str, Any] | None = None) -> Entry:
    return msgspec.structs.replace(entry, outcome=outcome, details={**entry.details, **(more or {})})


def _failed(entry: Entry, intent: int, result: dict[str, Any], error: BaseException) -> Entry:
    what = str(error) if isinstance(error, HelmwardError) else type(error).__name__
    return _as(entry, "failed", result | {"intent": intent, "error": what})


def _unrecorded(entry: Entry, error: AuditError) -> None:
    _log.error("%s of %s is %s, but that could not be recorded: %s", entry.action, entry.target, entry.outcome, error)
