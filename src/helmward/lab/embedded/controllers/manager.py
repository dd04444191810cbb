"""Runs the controllers: one queue of keys without duplicates, fed by the store's changes and by time."""

from __future__ import annotations

import asyncio
import heapq
import logging
from collections.abc import Callable, Iterable
from typing import ClassVar, Protocol

from helmward.lab.embedded.bodies import Key
from helmward.lab.embedded.controllers.deployment import DeploymentController
from helmward.lab.embedded.controllers.disruption import DisruptionController
from helmward.lab.embedded.controllers.endpointslice import EndpointSliceController
from helmward.lab.embedded.controllers.expiry import EventExpiry
from helmward.lab.embedded.controllers.garbage import GarbageCollector
from helmward.lab.embedded.controllers.job import JobController
from helmward.lab.embedded.controllers.namespace import NamespaceController
from helmward.lab.embedded.controllers.protection import ProtectionController
from helmward.lab.embedded.controllers.replicaset import ReplicaSetController
from helmward.lab.embedded.controllers.scheduler import Scheduler
from helmward.lab.embedded.failures import ApiFailure
from helmward.lab.embedded.objects.registry import Registry
from helmward.lab.embedded.storage.shelf import Change
from helmward.lab.embedded.storage.store import Subscription

_log = logging.getLogger(__name__)
# client-go's default rate limiter: 5 ms, doubled at each failure.
_FIRST_RETRY = 0.005
_LAST_RETRY = 30.0


class Controller(Protocol):
    """Watches kinds, turns a change into the keys it concerns, and makes one key right.

    `sync` reads and writes the store in one go (it never awaits) and returns the seconds after which the key is due
    again, None for never. It must come to rest: called again without a change, it writes nothing.
    """

    watches: ClassVar[tuple[str, ...]]

    def keys(self, change: Change) -> Iterable[Key]: ...

    def sync(self, key: Key) -> float | None: ...


Task = tuple[Controller, Key]

_ALL: tuple[Callable[[Registry], Controller], ...] = (
    GarbageCollector,
    NamespaceController,
    DeploymentController,
    ReplicaSetController,
    JobController,
    Scheduler,
    EndpointSliceController,
    DisruptionController,
    ProtectionController,
    EventExpiry,
)


class ControllerManager:
    """All controllers of one server, in one asyncio task."""

    def __init__(self, registry: Registry, controllers: Iterable[Controller] | None = None) -> None:
        controllers = [make(registry) for make in _ALL] if controllers is None else controllers
        self._store = registry.store
        self._controllers = list(controllers)
        self._queue: dict[Task, None] = {}
        self._later: list[tuple[float, int, Task]] = []
        self._due: dict[Task, float] = {}
        self._failures: dict[Task, int] = {}
        self._count = 0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, with everything that is there already."""
        kinds = {kind for controller in self._controllers for kind in controller.watches}
        subscription = self._store.subscribe(kinds)
        for kind in sorted(kinds):
            for item in self._store.shelf(kind).now():
                self._notice([Change("ADDED", kind, None, item)])
        self._task = asyncio.create_task(self._run(subscription), name="controllers")

    async def stop(self) -> None:
        """End the task."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _run(self, subscription: Subscription) -> None:
        try:
            while True:
                await subscription.wait(self._pause())
                self._notice(subscription.take())
                self._ripen()
                while self._queue:
                    self._sync(self._next())
                    self._notice(subscription.take())
                    # Requests go between the syncs: a large rollout must not hold the server up.
                    await asyncio.sleep(0)
        finally:
            self._store.unsubscribe(subscription)

    def _pause(self) -> float | None:
        return max(0.0, self._later[0][0] - _clock()) if self._later else None

    def _notice(self, changes: Iterable[Change]) -> None:
        for change in changes:
            for controller in self._controllers:
                if change.kind in controller.watches:
                    self._queue.update(dict.fromkeys((controller, key) for key in controller.keys(change)))

    def _ripen(self) -> None:
        while self._later and self._later[0][0] <= _clock():
            moment, _, task = heapq.heappop(self._later)
            if self._due.get(task) == moment:
                del self._due[task]
                self._queue[task] = None

    def _next(self) -> Task:
        task = next(iter(self._queue))
        del self._queue[task]
        return task

    def _sync(self, task: Task) -> None:
        controller, key = task
        try:
            again = controller.sync(key)
            self._failures.pop(task, None)
        except ApiFailure as failure:
            _log.debug("%s %s: %s", type(controller).__name__, key, failure.message)
            again = self._failed(task)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            # An object that no validation foresaw must not stop the other controllers.
            _log.exception("%s cannot handle %s", type(controller).__name__, key)
            again = self._failed(task)
        if again is not None:
            self._later_on(task, _clock() + again)

    def _failed(self, task: Task) -> float:
        count = self._failures[task] = self._failures.get(task, 0) + 1
        return min(_FIRST_RETRY * 2.0 ** min(count, 20), _LAST_RETRY)

    def _later_on(self, task: Task, moment: float) -> None:
        if self._due.get(task, moment + 1) > moment:
            self._due[task] = moment
            self._count += 1
            heapq.heappush(self._later, (moment, self._count, task))


def _clock() -> float:
    return asyncio.get_running_loop().time()
