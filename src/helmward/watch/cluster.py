"""A live cluster brought into the world: one consistent snapshot, then watches, in small batches.

Each kind has a task of its own: list → watch from there → list again on 410 (with jitter) or after a gap. A kind that may
not be read is named in coverage and asked for again within a minute; the rest goes on. Nothing here judges: when a batch
has been applied, `on_batch` is called.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager, aclosing
from datetime import UTC, datetime
from types import TracebackType
from typing import NamedTuple

from helmward.core.cluster import ExactRefused, Forbidden, Gone, KubernetesError, NotFound
from helmward.core.errors import HelmwardError
from helmward.core.text import one_line
from helmward.watch.pace import Pace
from helmward.watch.reader import ClusterReader, Listing, WatchEvent
from helmward.watch.refusals import hopeless, nothing_may_be_read, reason_of
from helmward.world.kinds import Kind
from helmward.world.store import World

_ASK_AGAIN = 45.0  # seconds until a kind that was forbidden or is not served is asked for again
_SOONEST = 1.0  # seconds: the longest pause after a watch that the server ended in good order
_MIXED = "The API server does not list different kinds at one instant: the first snapshot may mix moments."
_UNWATCHED = "it may be listed but not watched, so it is read again every minute only"
_log = logging.getLogger(__name__)


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


class Failure(NamedTuple):
    """Why a kind is not current, and since when."""

    reason: str
    since: datetime


class ClusterWatch(AbstractAsyncContextManager["ClusterWatch"]):
    """Keeps `world` like the cluster. `on_batch()` runs on the event loop after each applied batch.

    `batch` is how long (seconds) changes gather before they are applied together, `ask_again` how long a kind that may
    not be read is left alone. `failures` names, by kind, what is wrong with its watch now; it is empty while the world
    is current.
    """

    def __init__(
        self,
        reader: ClusterReader,
        world: World,
        kinds: Iterable[Kind],
        on_batch: Callable[[], None],
        batch: float = 0.004,
        clock: Callable[[], datetime] = utc_now,
        ask_again: float = _ASK_AGAIN,
    ) -> None:
        self._reader = reader
        self._world = world
        self._kinds = list(kinds)
        self._on_batch = on_batch
        self._batch = batch
        self._clock = clock
        self._ask_again = ask_again
        self._pending: list[tuple[Kind, WatchEvent]] = []
        self._flush: asyncio.TimerHandle | None = None
        self._next_flush = 0.0  # on the loop's clock: a lone change is applied at once, a storm in batches
        self._tasks: list[asyncio.Task[None]] = []
        self._versions: dict[str, str] = {}
        self._behind: set[str] = set()  # kinds that have not caught up since a snapshot of mixed moments
        self.failures: dict[str, Failure] = {}
        self.events = 0

    async def snapshot(self) -> None:
        """List every kind, all at the first list's resourceVersion where the server grants that.

        Raises KubernetesError if the server does not answer, does not know us, or lets us read no kind at all.
        """
        version, consistent, errors = None, True, []
        for kind in self._kinds:
            try:
                version, consistent = await self._list(kind, version, consistent)
            except KubernetesError as error:
                if not self._versions and hopeless(error):
                    raise
                self._refused(kind, error)
                errors.append(error)
        if not consistent:
            self._world.coverage.problem(_MIXED, about=_MIXED)
            self._behind = set(self._versions)
        if errors and not self._versions:
            raise nothing_may_be_read(errors)

    async def __aenter__(self) -> ClusterWatch:
        """Start watching. Call `snapshot` first, or each kind is listed on its own."""
        for kind in self._kinds:
            task = asyncio.create_task(self._follow(kind), name=kind.name)
            task.add_done_callback(self._ended)
            self._tasks.append(task)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._flush is not None:
            self._flush.cancel()

    # ---- inside ----

    async def _list(self, kind: Kind, version: str | None, consistent: bool) -> tuple[str | None, bool]:
        exact = version is not None and consistent
        try:
            listing = await self._reader.list(kind.path, resource_version=version if exact else None, exact=exact)
            consistent = consistent and (listing.exact or not exact)
        except (ExactRefused, Gone):
            consistent = False
            listing = await self._reader.list(kind.path)
        self._accept(kind, listing, None)
        return version or listing.resource_version, consistent

    def _accept(self, kind: Kind, listing: Listing, now: datetime | None) -> None:
        self._world.coverage.mended(kind.path)
        self._world.replace(kind, listing.items, now)
        for problem in listing.problems:
            self._world.coverage.problem(problem, about=kind.path)
        self._versions[kind.name] = listing.resource_version
        self._current(kind)

    async def _follow(self, kind: Kind) -> None:
        pace = Pace()
        while True:
            pace.begin()
            try:
                await asyncio.sleep(await self._turn(kind, pace))
            except Gone:
                self._versions.pop(kind.name, None)
                # Jitter, so that many watchers do not list at once.
                await asyncio.sleep(pace.pause(least=random.uniform(0, 1)))  # noqa: S311
            except HelmwardError as error:
                self._fail(kind, str(error))
                await asyncio.sleep(pace.pause(least=getattr(error, "retry_after", None) or 0.0))

    async def _turn(self, kind: Kind, pace: Pace) -> float:
        """List if there is nothing to watch from, then watch to the end. The seconds to wait before the next turn."""
        if kind.name not in self._versions and not await self._relist(kind):
            return self._ask_again
        try:
            await self._watch(kind)
            if self._world.coverage.troubled(kind.path, kind.name):
                del self._versions[kind.name]  # a change was left out: only a list tells what stands there now
        except NotFound:
            del self._versions[kind.name]
        except Forbidden:
            if await self._relist(kind):
                self._fail(kind, _UNWATCHED)
            return self._ask_again
        return pace.pause(most=_SOONEST)

    async def _relist(self, kind: Kind) -> bool:
        """False if that is refused."""
        try:
            listing = await self._reader.list(kind.path)
        except (Forbidden, NotFound) as error:
            self._versions.pop(kind.name, None)
            self._refused(kind, error)
            self._on_batch()
            return False
        self._apply_pending()
        self._accept(kind, listing, self._clock())
        self._caught_up(kind)
        self._on_batch()
        return True

    async def _watch(self, kind: Kind) -> None:
        watching = self._reader.watch(kind.path, self._versions[kind.name], opened=lambda: self._opened(kind))
        async with aclosing(watching) as events:
            async for event in events:
                if event.resource_version:
                    self._versions[kind.name] = event.resource_version
                if event.type != "BOOKMARK":
                    self._pending.append((kind, event))
                    self.events += 1
                    if self._flush is None:
                        self._flush = asyncio.get_running_loop().call_at(self._next_flush, self._flush_now)

    def _flush_now(self) -> None:
        self._next_flush = asyncio.get_running_loop().time() + self._batch
        self._apply_pending()
        self._on_batch()

    def _apply_pending(self) -> None:
        if self._flush is not None:
            self._flush.cancel()
        self._flush = None
        pending, self._pending = self._pending, []
        now = self._clock()
        for kind, event in pending:
            self._apply(kind, event, now)

    def _apply(self, kind: Kind, event: WatchEvent, now: datetime) -> None:
        item = self._world.try_read(kind, event.raw)
        if item is None:
            return
        if event.type == "DELETED":
            self._world.remove(kind.name, item.namespace, item.name, now)
        else:
            self._world.put(item, now)

    def _refused(self, kind: Kind, error: KubernetesError) -> None:
        # What was read before stays: a lost right must not look like a healed cluster.
        self._world.set_unread(kind.name, reason_of(error))
        self._current(kind)

    def _fail(self, kind: Kind, reason: str) -> None:
        known = self.failures.get(kind.name)
        self.failures[kind.name] = Failure(one_line(reason), known.since if known else self._clock())

    def _opened(self, kind: Kind) -> None:
        self._current(kind)
        self._caught_up(kind)

    def _caught_up(self, kind: Kind) -> None:
        self._behind.discard(kind.name)
        if not self._behind:  # each kind is followed from its own list on: their moments have met
            self._world.coverage.mended(_MIXED)

    def _current(self, kind: Kind) -> None:
        self.failures.pop(kind.name, None)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Only an error of our own ends a watch before it is cancelled: it is said, and the other kinds go on."""
        if task.cancelled() or (error := task.exception()) is None:
            return
        _log.error("The watch of %s failed.", task.get_name(), exc_info=error)
        what = one_line(f"{type(error).__name__}: {error}", 200)
        reason = f"Helmward itself failed here ({what}); start it again, and report this with the log."
        self.failures[task.get_name()] = Failure(reason, self._clock())
