"""One channel's queue: takes notifications without ever blocking, groups them, keeps to the limit, tries again.

What is lost (a full queue, a message nobody took) is counted, logged, and said in the next message.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import uuid4

import msgspec

from helmward.adapters.channels.channel import Channel, Refused, TryLater
from helmward.adapters.channels.pace import Limit, Patience
from helmward.core.notices import Message, Notification
from helmward.core.nouns import Owner, Severity
from helmward.core.settings_tree import ChannelSettings

_CAPACITY = 1000
_log = logging.getLogger(__name__)
Outcome = Literal["sent", "retried", "lost"]


@dataclass
class Counts:
    """What became of the notifications (offered, delivered, lost) and of the messages (sent, tries after the first)."""

    offered: int = 0
    delivered: int = 0
    lost: int = 0
    messages: int = 0
    retries: int = 0


class Sender:
    """Sends for one channel, in its own task: `start`, `offer` as often as wanted, `close`.

    `mask` takes the secrets out of every text before it leaves. Use from one event loop.
    """

    def __init__(
        self,
        channel: Channel,
        settings: ChannelSettings,
        mask: Callable[[str], str],
        patience: Patience = Patience(),  # noqa: B008 - frozen
        capacity: int = _CAPACITY,
    ) -> None:
        self.name = settings.name
        self.counts = Counts()
        self._channel = channel
        self._settings = settings
        self._mask = mask
        self._patience = patience
        self._limit = Limit(settings.per_minute)
        self._queue: deque[Notification] = deque()
        self._capacity = capacity
        self._unsaid = 0
        self._pending = 0
        self._arrived = asyncio.Event()
        self._closing = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to send."""
        self._task = asyncio.create_task(self._run(), name=f"channel {self.name}")

    def offer(self, notification: Notification) -> None:
        """Take it, unless the channel does not want it. Returns at once; a full queue loses its oldest."""
        if not self._wants(notification):
            return
        self.counts.offered += 1
        if self._closing.is_set():
            self._lose(1)
            return
        if len(self._queue) >= self._capacity:
            self._queue.popleft()
            self._lose(1)
        self._queue.append(notification)
        self._arrived.set()

    def snapshot(self) -> Mapping[str, int]:
        """The counters by name, and how many still wait."""
        counts = msgspec.to_builtins(self.counts)
        return {**counts, "waiting": len(self._queue) + self._pending}

    async def close(self, deadline: float = 5.0) -> None:
        """Send what waits, without grouping or limits, for at most `deadline` seconds; the rest is lost, counted."""
        self._closing.set()
        self._arrived.set()
        if self._task is not None:
            done, _ = await asyncio.wait({self._task}, timeout=deadline)
            if not done:
                self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if left := len(self._queue) + self._pending:
            self._lose(left)
            self._queue.clear()
            self._pending = 0
            _log.warning("Channel %s: %d notifications were not delivered before the end.", self.name, left)

    # ---- inside ----

    def _wants(self, notification: Notification) -> bool:
        settings = self._settings
        severe = notification.severity.rank <= Severity(settings.min_severity).rank
        return severe and (not settings.namespaces or notification.namespace in settings.namespaces)

    def _lose(self, number: int) -> None:
        self.counts.lost += number
        self._unsaid += number

    async def _run(self) -> None:
        while await self._something():
            await self._unless_closing(self._settings.group_seconds)
            loop = asyncio.get_running_loop()
            while wait := self._limit.wait(loop.time()):
                if not await self._unless_closing(wait):
                    break
            self._limit.passed(loop.time())
            await self._deliver()

    async def _something(self) -> bool:
        """Wait for a notification; False once the sender is closed and nothing is left."""
        while not self._queue and not self._closing.is_set():
            self._arrived.clear()
            await self._arrived.wait()
        return bool(self._queue)

    async def _unless_closing(self, seconds: float) -> bool:
        """Wait so long, or until the sender is closed: then False."""
        try:
            async with asyncio.timeout(seconds):
                await self._closing.wait()
        except TimeoutError:
            return True
        return False

    async def _deliver(self) -> None:
        self._pending = len(self._queue)
        message = self._message(latest(self._queue))
        self._queue.clear()
        if await self._tried(message):
            self.counts.messages += 1
            self.counts.delivered += self._pending
            self._unsaid -= message.lost
        else:
            self._lose(self._pending)
        self._pending = 0

    def _message(self, notifications: list[Notification]) -> Message:
        notifications.sort(key=lambda one: (one.event == "resolved", one.severity.rank, one.opened, one.incident))
        shown = tuple(masked(one, self._mask) for one in notifications[: self._channel.most])
        more = len(notifications) - len(shown)
        return Message(id=f"msg-{uuid4().hex}", notifications=shown, more=more, lost=self._unsaid)

    async def _tried(self, message: Message) -> bool:
        reason = ""
        for tried in range(1, self._patience.tries + 1):
            try:
                await self._channel.send(message)
                return True
            except TryLater as error:
                reason = str(error)
                if tried < self._patience.tries:
                    self.counts.retries += 1
                    await asyncio.sleep(self._patience.wait(tried, error.after))
            except Refused as error:
                reason = str(error)
                break
            except Exception:  # noqa: BLE001 - a plugin's own fault is logged and counted, and the channel goes on
                _log.exception("Channel %s failed.", self.name)
                return False
        _log.warning("Channel %s: a message was given up (%s); it is counted as lost.", self.name, reason)
        return False


def latest(notifications: deque[Notification]) -> list[Notification]:
    """One for each incident, its last; what opened and worsened within one group has opened, as bad as it is now."""
    found: dict[str, Notification] = {}
    for one in notifications:
        before = found.pop(one.incident, None)
        opened = before is not None and before.event == "open" and one.event == "worsened"
        found[one.incident] = msgspec.structs.replace(one, event="open") if opened else one
    return list(found.values())


def masked(notification: Notification, mask: Callable[[str], str]) -> Notification:
    """Without secrets in any text that came from outside."""
    owner = notification.owner
    return msgspec.structs.replace(
        notification,
        title=mask(notification.title),
        cause=mask(notification.cause),
        remedy=mask(notification.remedy),
        namespace=mask(notification.namespace),
        owner=owner and Owner(kind=owner.kind, namespace=mask(owner.namespace), name=mask(owner.name)),
    )
