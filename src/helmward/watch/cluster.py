"""A live cluster brought into the world: one consistent snapshot, then watches, in small batches.

Each kind has a task of its own: list → watch from there → list again on 410 (with jitter) or after a gap. A kind that may
not be read is named in coverage and asked again each minute; the rest goes on. Nothing here judges: when a batch has been
applied, `on_batch` is called.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager, aclosing
from datetime import UTC, datetime
from types import TracebackType

from helmward.core.cluster import ExactRefused, Forbidden, Gone, KubernetesError, NotFound
from helmward.core.text import one_line
from helmward.watch.reader import ClusterReader, WatchEvent
from helmward.world.kinds import Kind
from helmward.world.store import World

_RETRY_REFUSED = 60.0  # seconds until a kind that was forbidden or is not served is asked for again
_BACK_OFF = (0.2, 30.0)  # seconds: first and longest pause after a failure; full jitter in between


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


class ClusterWatch(AbstractAsyncContextManager["ClusterWatch"]):
    """Keeps `world` like the cluster. `on_batch()` runs on the event loop after each applied batch.

    `batch` is how long (seconds) changes gather before they are applied together. `failures` names, by kind, what is
    wrong with its watch now; it is empty while the world is current.
    """

    def __init__(
        self,
        reader: ClusterReader,
        world: World,
        kinds: Iterable[Kind],
        on_batch: Callable[[], None],
        batch: float = 0.01,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._reader = reader
        self._world = world
        self._kinds = list(kinds)
        self._on_batch = on_batch
        self._batch = batch
        self._clock = clock
        self._pending: list[tuple[Kind, WatchEvent]] = []
        self._flush: asyncio.TimerHandle | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._versions: dict[str, str] = {}
        self.failures: dict[str, str] = {}
        self.events = 0

    async def snapshot(self) -> None:
        """List every kind, all at the first list's resourceVersion where the server grants that.

        Raises KubernetesError if no kind at all can be read for another reason than a missing right.
        """
        version, consistent, errors = None, True, []
        for kind in self._kinds:
            try:
                version, consistent = await self._list(kind, version, consistent)
            except (Forbidden, NotFound) as error:
                self._refused(kind, error)
            except KubernetesError as error:
                self._refused(kind, error)
                errors.append(error)
        if not consistent:
            self._world.coverage.problem(
                "The API server does not list different kinds at one instant: the first snapshot may mix moments."
            )
        if len(errors) == len(self._kinds):
            raise errors[0]

    async def __aenter__(self) -> ClusterWatch:
        """Start watching. Call `snapshot` first, or each kind is listed on its own."""
        self._tasks = [asyncio.create_task(self._follow(kind), name=f"watch {kind.plural}") for kind in self._kinds]
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
        except (ExactRefused, Gone):
            consistent = False
            listing = await self._reader.list(kind.path)
        self._world.replace(kind, listing.items)
        self._versions[kind.name] = listing.resource_version
        self.failures.pop(kind.name, None)
        return version or listing.resource_version, consistent

    async def _follow(self, kind: Kind) -> None:
        pause = _BACK_OFF[0]
        while True:
            try:
                if kind.name not in self._versions:
                    await self._relist(kind)
                await self._watch(kind)
                pause = _BACK_OFF[0]
                continue
            except Gone:
                self._versions.pop(kind.name, None)
                wait = random.uniform(0, 1)  # noqa: S311 - jitter, so that many watchers do not list at once
            except (Forbidden, NotFound) as error:
                self._versions.pop(kind.name, None)
                self._refused(kind, error)
                self._on_batch()
                wait = _RETRY_REFUSED
            except KubernetesError as error:
                self.failures[kind.name] = str(error)
                wait = max(error.retry_after or 0.0, random.uniform(pause / 2, pause))  # noqa: S311 - jitter
                pause = min(pause * 2, _BACK_OFF[1])
            await asyncio.sleep(wait)

    async def _relist(self, kind: Kind) -> None:
        listing = await self._reader.list(kind.path)
        self._apply_pending()
        self._world.replace(kind, listing.items, self._clock())
        self._versions[kind.name] = listing.resource_version
        self.failures.pop(kind.name, None)
        self._on_batch()

    async def _watch(self, kind: Kind) -> None:
        async with aclosing(self._reader.watch(kind.path, self._versions[kind.name])) as events:  # type: ignore[type-var]
            async for event in events:
                if event.resource_version:
                    self._versions[kind.name] = event.resource_version
                self.failures.pop(kind.name, None)
                if event.type != "BOOKMARK":
                    self._pending.append((kind, event))
                    self.events += 1
                    if self._flush is None:
                        self._flush = asyncio.get_running_loop().call_later(self._batch, self._flush_now)

    def _flush_now(self) -> None:
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
        reason = "not served by this cluster" if isinstance(error, NotFound) else _reason(error)
        # What was read before stays: a lost right must not look like a healed cluster.
        self._world.set_unread(kind.name, reason)


def _reason(error: KubernetesError) -> str:
    word = "forbidden" if isinstance(error, Forbidden) else "unauthorized" if error.status == 401 else "failed"
    return word if word == "forbidden" else f"{word}: {one_line(str(error), 200)}"
