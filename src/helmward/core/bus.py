"""A bus with bounded queues: a slow subscriber loses its own oldest messages, counted, and nobody else waits."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Subscription(Generic[T]):
    """One reader's queue. `lost` counts messages dropped because the reader was slow; readers report it."""

    def __init__(self, bus: Bus[T], capacity: int) -> None:
        self._bus = bus
        self._queue: deque[T] = deque(maxlen=capacity)
        self._ready = asyncio.Event()
        self.lost = 0

    def _put(self, message: T) -> None:
        if len(self._queue) == self._queue.maxlen:
            self.lost += 1
        self._queue.append(message)
        self._ready.set()

    async def get(self) -> T:
        """The next message, in order; waits for one."""
        while not self._queue:
            self._ready.clear()
            await self._ready.wait()
        return self._queue.popleft()

    def drain(self) -> list[T]:
        """Everything that is waiting now."""
        waiting = list(self._queue)
        self._queue.clear()
        return waiting

    def close(self) -> None:
        """Stop receiving."""
        self._bus._subscriptions.discard(self)


class Bus(Generic[T]):
    """Publishes to every subscription without ever blocking. Use from one event loop."""

    def __init__(self) -> None:
        self._subscriptions: set[Subscription[T]] = set()

    def subscribe(self, capacity: int = 1024) -> Subscription[T]:
        """A new queue that receives everything published from now on; holds at most `capacity` unread messages."""
        subscription = Subscription(self, capacity)
        self._subscriptions.add(subscription)
        return subscription

    def publish(self, message: T) -> None:
        """Hand `message` to every subscription."""
        for subscription in self._subscriptions:
            subscription._put(message)

    @property
    def lost(self) -> int:
        """Messages lost by the current subscriptions together."""
        return sum(subscription.lost for subscription in self._subscriptions)
